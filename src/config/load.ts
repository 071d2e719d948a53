import { fstatSync } from "node:fs";
import { didYouMean } from "../lib/did-you-mean.ts";
import { parseHostPort } from "../lib/host-port.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { addressFamily, isOnesAddress, listenersOf } from "./listeners.ts";
import type { Settings } from "./schema.ts";
import { settings } from "./schema.ts";
import type { Setting } from "./setting.ts";

export { parseHostPort };

/** Flags as the command line gives them, by the key of the setting. */
export type Flags = { readonly [Key in keyof Settings]?: string | readonly string[] | undefined };

const PREFIX = "SWITCHHOOK_";
/** Names with our prefix that other parts of the project read (see tools/); they are not settings. */
const OTHER_NAMES = /^SWITCHHOOK_(TEST|SKIP|BENCH)_/;

/** The environment of this process: the only place that reads it. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Whether standard output leads to systemd's journal (systemd.exec(5), JOURNAL_STREAM). */
export function writesToJournal(
  { JOURNAL_STREAM }: Readonly<Record<string, string | undefined>> = process.env,
  output: () => { readonly dev: number; readonly ino: number } = () => fstatSync(1),
): boolean {
  if (JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = output();
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    // Whoever started us has closed it.
    return false;
  }
}

/**
 * The settings: a flag beats the environment, which beats the default. Every wrong one comes back as a sentence
 * that names the flag or variable; a misspelt SWITCHHOOK_ variable is wrong too.
 */
export function loadSettings(
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Settings, string[]> {
  const problems = unknownVariables(environment);
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting>(settings)) {
    const flag = flags[key as keyof Settings];
    const variable = environment[setting.env];
    const [given, source] =
      flag !== undefined
        ? ([flag, `--${setting.flag}`] as const)
        : ([blankAsUnset(variable), setting.env] as const);
    if (given === undefined) {
      values[key] = setting.default;
      continue;
    }
    const value = parseSetting(setting, given);
    if (value.ok) values[key] = value.value;
    else problems.push(`${source}: ${value.error}`);
  }
  const loaded = values as unknown as Settings;
  if (problems.length === 0) problems.push(...crossChecks(loaded));
  return problems.length > 0 ? err(problems) : ok(loaded);
}

/** The value of a variable; one that is there and blank sets nothing. */
export function blankAsUnset(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.values<Setting>(settings).map((setting) => setting.env));
  const problems: string[] = [];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(PREFIX) || known.has(name) || OTHER_NAMES.test(name)) continue;
    const meant = didYouMean(name, known);
    problems.push(
      `${name}: there is no such setting.${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    );
  }
  return problems;
}

function parseSetting(setting: Setting, given: string | readonly string[]): Result<unknown, string> {
  if (setting.kind === "list") {
    const entries = typeof given === "string" ? given.split(/[\s,]+/).filter((entry) => entry !== "") : given;
    if (setting.placeholder !== "HOST:PORT") return ok(entries);
    const wrong = entries.find((entry) => parseHostPort(entry) === undefined);
    return wrong === undefined
      ? ok(entries)
      : err(`"${wrong}" is not HOST:PORT, as in 0.0.0.0:5060 or [::1]:5060.`);
  }
  const text = typeof given === "string" ? given : (given.at(-1) ?? "");
  if (setting.kind === "integer") {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= setting.min && number <= setting.max) return ok(number);
    return err(`"${text}" is not a whole number of ${setting.unit} from ${setting.min} to ${setting.max}.`);
  }
  if (setting.kind === "choice") {
    if (setting.choices.includes(text)) return ok(text);
    const meant = didYouMean(text, setting.choices);
    return err(
      `"${text}" is not one of ${setting.choices.join(", ")}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    );
  }
  if (text.trim() === "" && setting.placeholder === "FILE") return err("the name of the file is missing.");
  if (setting.placeholder === "HOST:PORT" && parseHostPort(text) === undefined) {
    return err(`"${text}" is not HOST:PORT, as in 127.0.0.1:8088 or [::1]:8088.`);
  }
  return ok(text);
}

function crossChecks(loaded: Settings): string[] {
  const problems: string[] = [];
  if (loaded.sips.length > 0 && (loaded.tlsCert === undefined || loaded.tlsKey === undefined)) {
    problems.push("--sips needs a certificate: give --tls-cert FILE and --tls-key FILE.");
  }
  if (loaded.tlsClientCa !== undefined && loaded.sips.length === 0) {
    problems.push("--tls-client-ca is for callers over TLS, and without --sips HOST:PORT there are none.");
  }
  if (!/^[A-Za-z0-9.-]{1,253}$/.test(loaded.realm)) {
    problems.push("--realm: a realm is letters, digits, dots and dashes only.");
  }
  if (loaded.rtpMax - loaded.rtpMin < 3) {
    problems.push(
      `--rtp-max: from ${loaded.rtpMin} to ${loaded.rtpMax} there is no room for a call; it takes four ports.`,
    );
  }
  for (const proxy of loaded.httpProxies)
    if (addressFamily(proxy) === undefined)
      problems.push(`--http-proxy: "${proxy}" is no IP address, as 127.0.0.1 is one.`);
  const listeners = listenersOf(loaded);
  if (!listeners.ok) problems.push(...listeners.error);
  return [...problems, ...checkRtpAddresses(loaded.rtpAddress)];
}

function checkRtpAddresses(addresses: readonly string[]): string[] {
  const problems = addresses.flatMap((text) => {
    if (addressFamily(text) === undefined)
      return [`--rtp-address: "${text}" is no IP address; a name cannot stand in its place.`];
    return isOnesAddress(text) ? [] : [`--rtp-address: "${text}" is no address that others can reach.`];
  });
  for (const family of [4, 6] as const) {
    const [first, second] = addresses.filter((text) => addressFamily(text) === family);
    if (second !== undefined)
      problems.push(
        `--rtp-address: "${first}" and "${second}" are both for IPv${family}; one of them has to go.`,
      );
  }
  return problems;
}
