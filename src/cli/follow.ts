import { printable } from "../lib/printable.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { CallRecord } from "../model/call-record.ts";
import { atTime, describeEvent, eventDetails, renderStory, summarise } from "../model/story.ts";
import { type Entry, timeline } from "../model/timeline.ts";
import { systemClock } from "../runtime/clock.ts";
import { printFailure } from "./apply.ts";
import type { Failure } from "./failure.ts";
import { findInstallation } from "./installation.ts";
import type { Installation } from "./installation-port.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { patiently } from "./patience.ts";
import { zoneLine, zoneOf } from "./times.ts";

/** A call is asked for again so much later, and answered when something has come: the API takes five requests a second. */
const APART_MS = 200;
/** How often the list is looked at. */
const LIST_EVERY_MS = 500;
const MOST_CALLS = 100;

export interface CallFollowOptions {
  readonly data: string;
  readonly utc: boolean;
}

/** `switchhook calls follow [ID]`: what happens in one call while it happens; without an id, calls as they begin and end. */
export async function runCallFollow(
  id: string | undefined,
  options: CallFollowOptions,
  output: Output,
): Promise<number> {
  const installation = await findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const zone = zoneOf(await installation.value.home(), options.utc);
  if (id === undefined && !installation.value.isRunning) {
    output.err(
      `No server runs in ${options.data}, so that no call begins. Start it: switchhook start --data ${options.data}`,
    );
    return ExitCode.unavailable;
  }
  return id === undefined
    ? followAll(installation.value, zone, output)
    : followOne(id, installation.value, zone, output);
}

async function followOne(
  id: string,
  installation: Installation,
  zone: string,
  output: Output,
): Promise<number> {
  const told = await tellCall(id, installation, output, { tells: "messages", zone });
  return told.ok ? ExitCode.ok : printFailure(told.error, output);
}

/**
 * Tells what happens in a call until it is over, and its summary; the value is its record. `tells`: with the first line of each SIP
 * message, or the story alone.
 */
export async function tellCall(
  id: string,
  installation: Installation,
  output: Output,
  how: { readonly tells: "messages" | "story"; readonly zone: string; readonly patienceMs?: number },
): Promise<Result<CallRecord, Failure>> {
  const { tells, zone, patienceMs } = how;
  let whole = id;
  for (let told = 0, begun = false; ; await pause(APART_MS)) {
    const behind = begun ? told : undefined;
    const read = await patiently(() => installation.call(whole, behind), output, patienceMs);
    if (!read.ok) return read;
    const record = read.value;
    if (record === undefined) {
      const sentence = `There is no call ${id}, or several begin so. switchhook calls lists them.`;
      return err({ type: "rejected", sentence });
    }
    if (!begun) for (const line of renderStory({ ...record, story: [] }, zone).slice(0, 1)) output.out(line);
    begun = true;
    whole = record.id;
    for (const entry of timeline(record)) {
      if (entry.seq <= told) continue;
      for (const line of gapLines(entry, told)) output.out(line);
      told = entry.type === "leftOut" ? entry.seq + entry.entries - 1 : entry.seq;
      if (tells === "story" && entry.type === "sip") continue;
      for (const line of entryLines(entry)) output.out(line);
    }
    if (record.result === "ongoing" && installation.isRunning) continue;
    output.out(summarise(record, zone));
    return ok(record);
  }
}

/** Until it is interrupted. */
async function followAll(installation: Installation, zone: string, output: Output): Promise<number> {
  output.err(zoneLine(zone));
  const newest = { limit: MOST_CALLS };
  /** How each call of the list was shown. */
  let shown: Map<string, string> | undefined;
  for (;;) {
    const page = await patiently(() => installation.calls(newest), output);
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

/** Of a long call the newest entries are kept, and more of them may have come than that since it was last looked at. */
function gapLines({ atMs, seq, type }: Entry, told: number): readonly string[] {
  const entries = seq - told - 1;
  if (entries === 0 || type === "leftOut") return [];
  return entryLines({ type: "leftOut", entries, atMs, seq: told + 1 });
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
