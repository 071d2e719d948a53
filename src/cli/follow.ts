import { printable } from "../lib/printable.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { CallFilter, CallSummary } from "../model/repositories.ts";
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
/** So much later for each request where it takes more: below the five a second. */
const REQUEST_EVERY_MS = 250;
const NEWEST: CallFilter = { limit: 100 };
const UP: CallFilter = { limit: 1000, results: ["ongoing"] };
/** Calls asked for by their ids each time. */
const MOST_ASKED = 4;

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

/** Until it is interrupted, or nobody reads it any more. */
export async function followAll(installation: Installation, zone: string, output: Output): Promise<number> {
  output.err(zoneLine(zone));
  /** How each call was told that may change, or is in the list. */
  let told: ReadonlyMap<string, string> | undefined;
  while (output.isHeard()) {
    const seen = await look(installation, told, output);
    if (!seen.ok) return printFailure(seen.error, output);
    const { calls, notAsked, requests } = seen.value;
    const now = new Map<string, string>(notAsked.map((id) => [id, told?.get(id) ?? ""]));
    for (const call of calls) {
      const state = `${call.result} ${call.answeredAt ?? ""}`;
      now.set(call.id, state);
      // What was over before is not told.
      if (told === undefined ? call.result !== "ongoing" : told.get(call.id) === state) continue;
      output.out(summarise({ ...call, story: [], sip: [] }, zone));
    }
    told = now;
    await pause(Math.max(LIST_EVERY_MS, requests * REQUEST_EVERY_MS));
  }
  return ExitCode.ok;
}

interface Seen {
  /** In the order in which they began. */
  readonly calls: readonly CallSummary[];
  /** Calls that were up and are to be asked for the next time. */
  readonly notAsked: readonly string[];
  /** So many it took. */
  readonly requests: number;
}

/**
 * The newest calls, and those that were up and have left that list, by others that began since; the first time all that are up. The
 * end of one that is not up any more is asked for by its id, few at a time.
 */
async function look(
  installation: Installation,
  told: ReadonlyMap<string, string> | undefined,
  output: Output,
): Promise<Result<Seen, Failure>> {
  const found = new Map<string, CallSummary>();
  let requests = 0;
  const wereUp = [...(told ?? [])].filter(([, state]) => state.startsWith("ongoing")).map(([id]) => id);
  const left = (): readonly string[] => wereUp.filter((id) => !found.has(id));
  for (const filter of [NEWEST, UP]) {
    if (filter === UP && told !== undefined && left().length === 0) break;
    requests += 1;
    const page = await patiently(() => installation.calls(filter), output);
    if (!page.ok) return page;
    for (const call of page.value.items) found.set(call.id, call);
  }
  const gone = left();
  for (const id of gone.slice(0, MOST_ASKED)) {
    requests += 1;
    const read = await patiently(() => installation.call(id), output);
    if (!read.ok) return read;
    if (read.value !== undefined) found.set(id, read.value);
  }
  const calls = [...found.values()].toSorted((one, other) => one.startedAt - other.startedAt);
  return ok({ calls, notAsked: gone.slice(MOST_ASKED), requests });
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
