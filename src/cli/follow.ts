import { printable } from "../lib/printable.ts";
import { atTime, describeEvent, eventDetails, renderStory, summarise } from "../model/story.ts";
import { type Entry, timeline } from "../model/timeline.ts";
import { systemClock } from "../runtime/clock.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import type { Installation } from "./installation-port.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

/** How often a call is looked at: the API answers ten requests a second. */
const EVERY_MS = 200;
/** How often the list is. */
const LIST_EVERY_MS = 500;
const MOST_CALLS = 100;

export interface CallFollowOptions {
  readonly data: string;
}

/** `switchhook calls follow [ID]`: what happens in one call while it happens; without an id, calls as they begin and end. */
export async function runCallFollow(
  id: string | undefined,
  options: CallFollowOptions,
  output: Output,
): Promise<number> {
  const installation = findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  return id === undefined ? followAll(installation.value, output) : followOne(id, installation.value, output);
}

/** Until the call is over. */
async function followOne(id: string, installation: Installation, output: Output): Promise<number> {
  for (let told = 0, begun = false; ; await pause(EVERY_MS)) {
    const read = await installation.call(id);
    if (!read.ok) return printFailure(read.error, output);
    const record = read.value;
    if (record === undefined) {
      output.err(`There is no call ${printable(id)}, or several begin so. switchhook calls lists them.`);
      return ExitCode.refused;
    }
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!begun) for (const line of renderStory({ ...record, story: [] }, zone).slice(0, 1)) output.out(line);
    begun = true;
    for (const entry of timeline(record)) {
      if (entry.seq <= told) continue;
      told = entry.seq;
      for (const line of entryLines(entry)) output.out(line);
    }
    if (record.result === "ongoing") continue;
    output.out(summarise(record, zone));
    return ExitCode.ok;
  }
}

/** Until it is interrupted. */
async function followAll(installation: Installation, output: Output): Promise<number> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const newest = { limit: MOST_CALLS, before: undefined, result: undefined, party: undefined };
  /** How each call of the list was shown. */
  let shown: Map<string, string> | undefined;
  for (;;) {
    const page = await installation.calls(newest);
    if (!page.ok) return printFailure(page.error, output);
    const now = new Map<string, string>();
    for (const call of page.value.items.toReversed()) {
      const state = `${call.result} ${call.answeredAt ?? ""}`;
      now.set(call.id, state);
      // What was over before is not told.
      if (shown === undefined ? call.result !== "ongoing" : shown.get(call.id) === state) continue;
      output.out(summarise({ ...call, story: [], sip: [] }, zone));
    }
    shown = now;
    await pause(LIST_EVERY_MS);
  }
}

function entryLines(entry: Entry): readonly string[] {
  const at = atTime(entry.atMs);
  if (entry.type !== "sip")
    return [
      `${at}  ${describeEvent(entry)}`,
      ...eventDetails(entry).map((detail) => `${" ".repeat(15)}${detail}`),
    ];
  const arrow = entry.direction === "in" ? "->" : "<-";
  const first = entry.text.slice(0, 512).split(/\r?\n/, 1)[0] ?? "";
  return [printable(`${at}  ${entry.leg} ${arrow} ${first}`)];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    systemClock.after(ms, resolve);
  });
}
