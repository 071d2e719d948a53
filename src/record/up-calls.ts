import type { CallEnd, CallHead } from "../model/call-record.ts";
import { rowOf } from "../model/call-row.ts";
import { EntryKind, entryAt, eventOf, jsonOf, type RawEntry, u32 } from "../model/record-entries.ts";
import type { CallRow, CallSummary } from "../model/repositories.ts";
import { HANDLE, type OpenCall, type Portion } from "./portion.ts";
import { UpCall } from "./up-call.ts";

/** Takes secrets out of what arrives, before anybody sees or keeps it. */
export interface EntryMasker {
  /** For these octets, which hold many entries; undefined: there is nothing secret in them. */
  in(octets: Uint8Array): ((entry: RawEntry) => Uint8Array) | undefined;
  row(row: CallRow): CallRow;
}

/** What is to be written, and the oldest portion that it comes from. */
export interface Job {
  readonly row: CallRow;
  readonly since: number;
}

/** Hears of each call of which something has come. */
export interface UpListener {
  /** `end`: it is over. */
  onEntries(call: UpCall, entries: readonly Uint8Array[], end: CallEnd | undefined): void;
}

/** A call that is up for so long, and has so long not been written, is written as far as it is known. */
export const SPILL_AFTER_MS = 2000;

/** The calls that are up: made of the portions that the signalling thread hands over, and turned into rows. */
export class UpCalls {
  readonly #masker: () => EntryMasker;
  readonly #calls = new Map<number, UpCall>();
  /** Calls with something that is not written, the oldest first. */
  readonly #unsaved = new Set<UpCall>();
  #jobs: Job[] = [];
  #last = 0;
  listener: UpListener | undefined;

  /** `masker`: the one in force when it is asked. */
  constructor(masker: () => EntryMasker) {
    this.#masker = masker;
  }

  /** A keeper that begins anew is told which calls there are; what it has not written comes again in portions. */
  restore(calls: readonly OpenCall[]): void {
    for (const { handle, head } of calls) this.#call(handle, head);
  }

  take(portion: Portion, nowMs: number): void {
    if (portion.number <= this.#last) return;
    this.#last = portion.number;
    // A copy: entries are kept for longer than the slab.
    const octets = new Uint8Array(portion.memory, portion.from, portion.to - portion.from).slice();
    const mask = this.#masker().in(octets);
    const touched = new Map<UpCall, Uint8Array[]>();
    for (let at = 0; at < octets.length; ) {
      const entry = entryAt(octets, at + HANDLE);
      if (entry === undefined) break;
      this.#take(u32(octets, at), mask === undefined ? entry : masked(entry, mask), touched, nowMs);
      at += HANDLE + entry.octets.length;
    }
    if (this.listener === undefined) return;
    for (const [call, entries] of touched) this.listener.onEntries(call, entries, undefined);
  }

  /** What has to be written now, at most so many; what has been up for long is among it. */
  jobs(nowMs: number, most: number): readonly Job[] {
    for (const call of this.#unsaved) {
      if (nowMs - call.sinceMs < SPILL_AFTER_MS) break;
      this.#unsaved.delete(call);
      this.#jobs.push({ row: call.soFar(), since: call.since });
    }
    return this.#jobs.slice(0, most);
  }

  /** These have been written. */
  written(jobs: readonly Job[]): void {
    this.#jobs = this.#jobs.slice(jobs.length);
  }

  /** All up to this portion is written. */
  get settled(): number {
    const [oldest] = this.#unsaved;
    let since = oldest?.since ?? this.#last + 1;
    for (const job of this.#jobs) since = Math.min(since, job.since);
    return since - 1;
  }

  list(): readonly CallSummary[] {
    return [...this.#calls.values()].map((call) => call.summary());
  }

  /** So many rows are to be written now. */
  get jobCount(): number {
    return this.#jobs.length;
  }

  /** Something of a call that is up is not written. */
  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  /** By id, or by the beginning of an id when only one call has it. */
  find(idOrPrefix: string): UpCall | undefined {
    let found: UpCall | undefined;
    for (const call of this.#calls.values()) {
      if (call.head.id === idOrPrefix) return call;
      if (!call.head.id.startsWith(idOrPrefix)) continue;
      if (found !== undefined) return undefined;
      found = call;
    }
    return found;
  }

  #take(handle: number, entry: RawEntry, touched: Map<UpCall, Uint8Array[]>, nowMs: number): void {
    if (entry.kind === EntryKind.row) return this.#row(entry);
    const call = this.#calls.get(handle) ?? this.#begun(handle, entry);
    if (call === undefined || entry.kind === EntryKind.begin) return;
    if (entry.kind === EntryKind.end) return this.#end(call, entry, touched);
    if (entry.kind === EntryKind.answered) {
      const event = eventOf(entry);
      call.answered(entry.atMs, event?.type === "answered" ? event.target : "");
    }
    if (call.add(entry.octets, entry) && !this.#unsaved.has(call)) {
      call.since = this.#last;
      call.sinceMs = nowMs;
      this.#unsaved.add(call);
    }
    const told = touched.get(call);
    if (told === undefined) touched.set(call, [entry.octets]);
    else told.push(entry.octets);
  }

  #begun(handle: number, entry: RawEntry): UpCall | undefined {
    if (entry.kind !== EntryKind.begin) return undefined;
    const head = jsonOf(entry.payload);
    return head === undefined ? undefined : this.#call(handle, head as CallHead);
  }

  #call(handle: number, head: CallHead): UpCall {
    const call = new UpCall(handle, head);
    this.#calls.set(handle, call);
    return call;
  }

  #end(call: UpCall, entry: RawEntry, touched: Map<UpCall, Uint8Array[]>): void {
    const end = jsonOf(entry.payload) as CallEnd | undefined;
    if (end === undefined) return;
    const since = this.#unsaved.delete(call) ? call.since : this.#last;
    this.#calls.delete(call.handle);
    this.#jobs.push({ row: call.whole(end), since });
    const entries = touched.get(call) ?? [];
    touched.delete(call);
    this.listener?.onEntries(call, entries, end);
  }

  #row({ payload }: RawEntry): void {
    const length = u32(payload, 0);
    const summary = jsonOf(payload.subarray(4, 4 + length));
    if (summary === undefined) return;
    const row = rowOf(summary as CallSummary, payload.subarray(4 + length));
    this.#jobs.push({ row: this.#masker().row(row), since: this.#last });
  }
}

function masked(entry: RawEntry, mask: (entry: RawEntry) => Uint8Array): RawEntry {
  // Whole records are masked by their parts.
  if (entry.kind === EntryKind.row) return entry;
  const octets = mask(entry);
  return octets === entry.octets ? entry : (entryAt(octets, 0) ?? entry);
}
