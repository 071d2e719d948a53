import type { Result } from "../lib/result.ts";
import type { Ban, PhoneStatus } from "../model/access.ts";
import { printFailure } from "./apply.ts";
import type { Failure } from "./failure.ts";
import { findInstallation } from "./installation.ts";
import type { Installation } from "./installation-port.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { timeIn, zoneLine, zoneOf } from "./times.ts";

export interface AccessOptions {
  readonly data: string;
  readonly utc: boolean;
  readonly json: boolean;
}

/** `switchhook phones`: every phone, where it is registered, and its last failed login. */
export function runPhones(options: AccessOptions, output: Output): Promise<number> {
  const ask = (installation: Installation) => installation.phones();
  return runList(options, output, { ask, lines: phoneLines, none: "No phones are configured." });
}

/** What a list is made of. */
export interface List<One> {
  readonly ask: (installation: Installation) => Promise<Result<readonly One[], Failure>>;
  /** Of one of them, its times in this zone. */
  readonly lines: (one: One, zone: string) => readonly string[];
  /** Said where there are none. */
  readonly none: string;
}

/** A list of what a running server has, as lines or as JSON. */
export async function runList<One>(
  options: AccessOptions,
  output: Output,
  { ask, lines, none }: List<One>,
): Promise<number> {
  const installation = await findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const all = await ask(installation.value);
  if (!all.ok) return printFailure(all.error, output);
  if (options.json) {
    output.json(all.value);
    return ExitCode.ok;
  }
  if (all.value.length === 0) output.err(none);
  const zone = await saidZone(installation.value, options.utc, all.value.length, output);
  for (const one of all.value) for (const line of lines(one, zone)) output.out(line);
  return ExitCode.ok;
}

/** One line for the phone, one for each contact, one for the last failure. */
export function phoneLines(
  { extension, name, contacts, lastFailure }: PhoneStatus,
  zone: string,
): readonly string[] {
  const time = (at: number): string => timeIn(zone, at);
  const before = lastFailure !== undefined && contacts.some(({ since }) => since > lastFailure.at);
  const state = contacts.length === 0 ? "not registered" : "registered";
  return [
    `${extension}  ${name}  ${state}`,
    ...contacts.map(({ uri, source, since, until, device, reachable }) => {
      const lost = reachable ? "" : "; its connection is closed, so it cannot be reached";
      return `    ${uri} from ${source}, since ${time(since)} until ${time(until)}, ${device ?? "device unknown"}${lost}`;
    }),
    ...(lastFailure === undefined
      ? []
      : [
          `    last failed login${before ? " before that" : ""} ${time(lastFailure.at)} from ${lastFailure.address}: ${lastFailure.reason}`,
        ]),
  ];
}

/** `switchhook bans`: who is slowed down or banned, since when, why, until when. */
export function runBans(options: AccessOptions, output: Output): Promise<number> {
  const ask = (installation: Installation) => installation.bans();
  const lines = (ban: Ban, zone: string) => [banLine(ban, zone)];
  return runList(options, output, { ask, lines, none: "Nobody is banned or slowed down." });
}

/** One line: who, what kind, since and until when, why. */
export function banLine({ kind, what, since, until, why }: Ban, zone: string): string {
  const began = since === undefined ? "" : `since ${timeIn(zone, since)} `;
  return `${what}  ${kind}  ${began}until ${timeIn(zone, until)}  ${why}`;
}

/** The time zone of a list, which says so where it has anything to say. */
async function saidZone(
  installation: Pick<Installation, "home">,
  utc: boolean,
  entries: number,
  output: Output,
): Promise<string> {
  const zone = zoneOf(await installation.home(), utc);
  if (entries > 0) output.err(zoneLine(zone));
  return zone;
}

/** `switchhook bans lift WHAT`, or `--all`. */
export async function runLiftBans(
  what: string | undefined,
  options: { readonly data: string; readonly all: boolean },
  output: Output,
): Promise<number> {
  if ((what === undefined) !== options.all) {
    output.err("Name what to lift, as switchhook bans shows it, or say --all.");
    return ExitCode.usage;
  }
  const installation = await findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const before = await installation.value.bans();
  const lifted = await installation.value.liftBans(what);
  if (!lifted.ok) return printFailure(lifted.error, output);
  if (lifted.value === 0 && what !== undefined) {
    output.err(`${what} is neither banned nor slowed down; switchhook bans lists who is.`);
    return ExitCode.refused;
  }
  const after = await installation.value.bans();
  const still = after.ok ? after.value : [];
  const gone = before.ok ? before.value.filter((ban) => !still.some((one) => one.what === ban.what)) : [];
  output.out(`Lifted: ${gone.length === 0 ? lifted.value : named(gone)}.`);
  if (still.length > 0) output.out(`Still slowed or banned: ${named(still)} (switchhook bans).`);
  return ExitCode.ok;
}

const MAX_NAMED = 10;

/** `phone 201, 192.0.2.7`; many are cut. */
function named(bans: readonly Ban[]): string {
  const names = bans.slice(0, MAX_NAMED).map(({ what }) => (/^\d+$/.test(what) ? `phone ${what}` : what));
  const more = bans.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
