import { understandNumber } from "../dialplan/number.ts";
import { printable } from "../lib/printable.ts";
import { capital, withStop } from "../lib/sentence.ts";
import { readZonedTime } from "../lib/zoned-time.ts";
import { type FixName, fixesOf } from "../model/call-fixes.ts";
import type { CallResult } from "../model/call-record.ts";
import type { CallFilter, CallSummary, RefusedCounts } from "../model/repositories.ts";
import { renderStory, summarise } from "../model/story.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import { renderLadder, renderMessages } from "./ladder.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { userPart } from "./sip-address.ts";
import { zoneLine, zoneOf } from "./times.ts";

export interface CallListOptions {
  readonly data: string;
  readonly limit: number;
  readonly before?: string;
  /** `now` are those that are up. */
  readonly result?: CallResult | "missed" | "now";
  readonly missed: boolean;
  readonly party?: string;
  readonly plan?: string;
  readonly webhook?: string;
  readonly phone?: string;
  /** Any part of a number or a name. */
  readonly find?: string;
  /** On the clocks of the company, or of UTC where `utc` says so. */
  readonly from?: string;
  readonly to?: string;
  /** What strangers tried, instead of calls. */
  readonly refused: boolean;
  readonly utc: boolean;
  readonly json: boolean;
}

/** `switchhook calls`: the newest calls, one a line. */
export async function runCallList(options: CallListOptions, output: Output): Promise<number> {
  const installation = await findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const { refused } = options;
  const home = await installation.value.home();
  const zone = zoneOf(home, options.utc);
  const page = await installation.value.calls(filterOf(options, home?.country, zone));
  if (!page.ok) return printFailure(page.error, output);
  const { items: calls } = page.value;
  if (options.json) {
    output.json(calls);
    return ExitCode.ok;
  }
  if (calls.length === 0) output.err(refused ? "Nothing was refused." : "No calls.");
  if (calls.length > 0) output.err(zoneLine(zone));
  for (const call of calls) {
    output.out(summarise({ ...call, story: [], sip: [] }, zone));
    if (!FINE.has(call.result) && call.reason !== "") output.out(`    Why: ${whyOf(call)}`);
  }
  if (!refused) tellRefused(page.value.refused, output);
  return ExitCode.ok;
}

/** Whoever looks for what went wrong need not read why these went as they should. */
const FINE: ReadonlySet<CallResult> = new Set(["completed", "handled", "ongoing"]);

function filterOf(
  { limit, before, result, missed, party, plan, webhook, phone, find, from, to, refused }: CallListOptions,
  country: string | undefined,
  zone: string,
): CallFilter {
  return {
    limit,
    before,
    results:
      result === undefined || result === "missed" ? undefined : [result === "now" ? "ongoing" : result],
    missed: missed || result === "missed" ? true : undefined,
    party: party === undefined ? undefined : asKept(party, country),
    plan,
    webhook,
    phone,
    q: find,
    from: from === undefined ? undefined : readZonedTime(from, zone),
    to: to === undefined ? undefined : readZonedTime(to, zone),
    kinds: refused ? ["stranger", "registration"] : ["call"],
  };
}

/**
 * A number as records have it: `06 12345678` and `0031612345678` are `+31612345678`, and so is `sip:0612345678@carrier.example`
 * as a trace shows it; an extension is what it is.
 */
function asKept(party: string, country: string | undefined): string {
  const text = userPart(party.trim());
  if (/^\d{1,6}$/.test(text)) return text;
  const number = understandNumber(text, country ?? "");
  return number.ok ? number.value : text;
}

/** The reason as a sentence, safe to print, and what would let it through. */
function whyOf(call: CallSummary): string {
  const ways = fixesOf(call).map(({ fix }) => WAYS[fix]);
  return [printable(withStop(capital(call.reason))), ...ways].join(" ");
}

const WAYS: Readonly<Record<FixName, string>> = {
  givePlan: "Fix: give the number a dial plan.",
  trustAddress: "If it is your provider: add the address to the acceptFrom of its trunk.",
  newPassword: "If it is your phone: give it another password.",
};

/** One line about what a list of calls leaves out. */
function tellRefused({ calls, registrations }: RefusedCounts, output: Output): void {
  if (calls + registrations === 0) return;
  const number = (count: number, one: string): string =>
    `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
  const what = [
    ...(calls === 0 ? [] : [number(calls, "call")]),
    ...(registrations === 0 ? [] : [number(registrations, "login")]),
  ].join(" and ");
  output.err(
    `Not listed: ${what} of strangers, refused in the last 24 hours; switchhook calls --refused tells.`,
  );
}

export interface CallShowOptions {
  readonly data: string;
  readonly json: boolean;
  /** The SIP messages in full, after the ladder. */
  readonly messages: boolean;
  readonly ascii: boolean;
  readonly utc: boolean;
}

/** `switchhook calls show ID`: the story of one call in plain words, with its SIP ladder. */
export async function runCallShow(id: string, options: CallShowOptions, output: Output): Promise<number> {
  const installation = await findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const record = await installation.value.call(id);
  if (!record.ok) return printFailure(record.error, output);
  if (record.value === undefined) {
    output.err(`There is no call ${printable(id)}, or several begin so. switchhook calls lists them.`);
    return ExitCode.refused;
  }
  if (options.json) {
    output.json(record.value);
    return ExitCode.ok;
  }
  const zone = zoneOf(await installation.value.home(), options.utc);
  for (const line of renderStory(record.value, zone)) output.out(line);
  output.out("");
  for (const line of renderLadder(record.value, { width: output.width, ascii: options.ascii }))
    output.out(line);
  if (options.messages) for (const line of ["", ...renderMessages(record.value)]) output.out(line);
  return ExitCode.ok;
}
