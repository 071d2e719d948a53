import { printable } from "../lib/printable.ts";
import { capital, withStop } from "../lib/sentence.ts";
import { type FixName, fixesOf } from "../model/call-fixes.ts";
import type { CallResult } from "../model/call-record.ts";
import type { CallSummary, RefusedCounts } from "../model/repositories.ts";
import { renderStory, summarise } from "../model/story.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import { renderLadder, renderMessages } from "./ladder.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

export interface CallListOptions {
  readonly data: string;
  readonly limit: number;
  readonly before?: string;
  readonly result?: CallResult;
  readonly party?: string;
  readonly plan?: string;
  readonly webhook?: string;
  readonly phone?: string;
  /** Any part of a number or a name. */
  readonly find?: string;
  /** What strangers tried, instead of calls. */
  readonly refused: boolean;
  readonly json: boolean;
}

/** `switchhook calls`: the newest calls, one a line. */
export async function runCallList(options: CallListOptions, output: Output): Promise<number> {
  const installation = findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const { limit, before, result, party, plan, webhook, phone, find, refused } = options;
  const kinds = refused ? (["stranger", "registration"] as const) : (["call"] as const);
  const results = result === undefined ? undefined : [result];
  const page = await installation.value.calls({
    limit,
    before,
    results,
    party,
    plan,
    webhook,
    phone,
    q: find,
    kinds,
  });
  if (!page.ok) return printFailure(page.error, output);
  const { items: calls } = page.value;
  if (options.json) {
    output.json(calls);
    return ExitCode.ok;
  }
  if (calls.length === 0) output.err(refused ? "Nothing was refused." : "No calls.");
  const zone = localTimeZone();
  for (const call of calls) {
    output.out(summarise({ ...call, story: [], sip: [] }, zone));
    if (call.result === "refused" && call.reason !== "") output.out(`    Why: ${whyOf(call)}`);
  }
  if (!refused) tellRefused(page.value.refused, output);
  return ExitCode.ok;
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
}

/** `switchhook calls show ID`: the story of one call in plain words, with its SIP ladder. */
export async function runCallShow(id: string, options: CallShowOptions, output: Output): Promise<number> {
  const installation = findInstallation(options.data, false);
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
  for (const line of renderStory(record.value, localTimeZone())) output.out(line);
  output.out("");
  for (const line of renderLadder(record.value, { width: output.width, ascii: options.ascii }))
    output.out(line);
  if (options.messages) for (const line of ["", ...renderMessages(record.value)]) output.out(line);
  return ExitCode.ok;
}

function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
