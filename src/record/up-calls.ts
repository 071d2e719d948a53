import { Registry } from "../lib/registry.ts";
import type { CallEnd, CallHead } from "../model/call-record.ts";
import { rowOf } from "../model/call-row.ts";
import {
  atMsAt,
  ENTRY_HEAD,
  EntryKind,
  type EntryRun,
  entryAt,
  eventOf,
  jsonOf,
  kindAt,
  type RawEntry,
  sizeAt,
  u32,
} from "../model/record-entries.ts";
import type { CallRow, CallSummary } from "../model/repositories.ts";
import { HANDLE, type OpenCall, type Portion } from "./portion.ts";
import { SlabMirrors } from "./slab-mirrors.ts";
import { TraceRoom } from "./trace-room.ts";
import { type GrowingRun, UpCall } from "./up-call.ts";

/** Takes secrets out of what arrives, before anybody sees or keeps it. */
export interface EntryMasker {
  /** For these octets, which hold many entries; undefined: there is nothing secret in them. */
  in(octets: Uint8Array): ((entry: RawEntry) => Uint8Array) | undefined;
  row(row: CallRow): CallRow;
}

/** What is to be written, and the oldest portion that it comes from. Once all jobs are written its trace's memory is used anew. */
export interface Job {
  readonly row: CallRow;
  readonly since: number;
}

/** Hears of each call of which something has come. */
export interface UpListener {
  /** Nobody listens: it need not hear. */
  readonly hasReaders: boolean;
  /** Entries in octets that stay only until this returns; `end`: it is over. */
  onEntries(call: UpCall, entries: readonly EntryRun[], end: CallEnd | undefined): void;
}

/** A call that is up for so long, and has so long not been written, is written as far as it is known. */
export const SPILL_AFTER_MS = 2000;

/** The calls that are up: made of the portions that the signalling thread hands over, and turned into rows. */
export class UpCalls {
  readonly #masker: () => EntryMasker;
  readonly #mirrors = new SlabMirrors();
  readonly #room = new TraceRoom();
  readonly #calls = new Registry<number, UpCall>();
  /** Calls with something that is not written, the oldest first. */
  readonly #unsaved = new Registry<number, UpCall>();
  #jobs: Job[] = [];
  #last = 0;
  listener: UpListener | undefined;

  /** `masker`: the one in force when it is asked. */
  constructor(masker: () => EntryMasker) {
    this.#masker = masker;
  }

  /** A keeper that begins anew is told which calls there are; what it has not written comes again in portions. */
  restore(calls: readonly OpenCall[]): void {
    for (const { handle, head, answered } of calls) {
      const call = this.#call(handle, head, undefined);
      if (answered !== undefined) call.answered(answered.atMs, answered.target);
    }
  }

  take(portion: Portion, nowMs: number): void {
    if (portion.number <= this.#last) return;
    this.#last = portion.number;
    const { octets, at: begins } = this.#mirrors.copied(portion);
    const length = portion.to - portion.from;
    // The masker gets a Buffer, which is searched four times as fast; views of a plain array are cheaper to make.
    const mask = this.#masker().in(Buffer.from(octets.buffer, begins, length));
    const news = this.listener?.hasReaders === true ? new News() : undefined;
    for (let at = begins; at < begins + length; ) {
      const size = sizeAt(octets, at + HANDLE);
      if (size === undefined) break;
      const entry = { octets, at: at + HANDLE, end: at + HANDLE + size };
      this.#take(u32(octets, at), mask === undefined ? entry : masked(entry, mask), news, nowMs);
      at = entry.end;
    }
    for (const [call, entries] of news?.calls ?? []) this.listener?.onEntries(call, entries, undefined);
  }

  /** What has to be written now, at most so many; what has been up for long is among it. */
  jobs(nowMs: number, most: number): readonly Job[] {
    for (const call of this.#unsaved.values()) {
      if (nowMs - call.sinceMs < SPILL_AFTER_MS) break;
      this.#unsaved.delete(call.handle);
      this.#jobs.push({ row: call.soFar(this.#room.take), since: call.since });
    }
    return this.#jobs.slice(0, most);
  }

  /** These have been written. */
  written(jobs: readonly Job[]): void {
    this.#jobs = this.#jobs.slice(jobs.length);
    if (this.#jobs.length === 0) this.#room.clear();
  }

  /** All up to this portion is written. */
  get settled(): number {
    const [oldest] = this.#unsaved.values();
    let since = oldest?.since ?? this.#last + 1;
    for (const job of this.#jobs) since = Math.min(since, job.since);
    return since - 1;
  }

  get all(): readonly UpCall[] {
    return [...this.#calls.values()];
  }

  list(): readonly CallSummary[] {
    return this.all.map((call) => call.summary());
  }

  /** Rows of calls that are over and not in the store yet, the newest state of each. */
  get unwritten(): ReadonlyMap<string, CallRow> {
    const over = new Map<string, CallRow>();
    for (const { row } of this.#jobs) if (row.result !== "ongoing") over.set(row.id, row);
    return over;
  }

  /** All of a call that is to be written now: what was when it had been up for long, and what came since. */
  unwrittenTrace(id: string): Uint8Array {
    return Buffer.concat(this.#jobs.flatMap(({ row }) => (row.id === id ? [row.trace] : [])));
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

  #take(handle: number, entry: Place, news: News | undefined, nowMs: number): void {
    const { octets, at, end } = entry;
    const kind = kindAt(octets, at);
    if (kind === EntryKind.row) return this.#row(octets.subarray(at + ENTRY_HEAD, end));
    const call =
      this.#calls.get(handle) ?? (kind === EntryKind.begin ? this.#begun(handle, entry) : undefined);
    if (call === undefined || kind === EntryKind.begin) return;
    if (kind === EntryKind.end) return this.#end(call, entry, news);
    if (kind === EntryKind.answered) this.#answered(call, entry);
    if (call.add(octets, at, end) && !this.#unsaved.has(call.handle)) {
      call.since = this.#last;
      call.sinceMs = nowMs;
      this.#unsaved.set(call.handle, call);
    }
    news?.add(call, entry);
  }

  #answered(call: UpCall, { octets, at }: Place): void {
    const entry = entryAt(octets, at);
    const event = entry && eventOf(entry);
    call.answered(atMsAt(octets, at), event?.type === "answered" ? event.target : "");
  }

  #begun(handle: number, { octets, at, end }: Place): UpCall | undefined {
    const head = jsonOf(octets.subarray(at + ENTRY_HEAD, end));
    return head === undefined ? undefined : this.#call(handle, head as CallHead, 1);
  }

  #call(handle: number, head: CallHead, nextSeq: number | undefined): UpCall {
    const call = new UpCall(handle, head, nextSeq);
    this.#calls.set(handle, call);
    return call;
  }

  #end(call: UpCall, { octets, at, end: to }: Place, news: News | undefined): void {
    const end = jsonOf(octets.subarray(at + ENTRY_HEAD, to)) as CallEnd | undefined;
    if (end === undefined) return;
    call.reached(u32(octets, at + 4));
    const since = this.#unsaved.delete(call.handle) ? call.since : this.#last;
    this.#calls.delete(call.handle);
    this.#jobs.push({ row: call.whole(end, this.#room.take), since });
    if (news !== undefined) this.listener?.onEntries(call, news.taken(call), end);
  }

  #row(payload: Uint8Array): void {
    const length = u32(payload, 0);
    const summary = jsonOf(payload.subarray(4, 4 + length));
    if (summary === undefined) return;
    const row = rowOf(summary as CallSummary, payload.subarray(4 + length));
    this.#jobs.push({ row: this.#masker().row(row), since: this.#last });
  }
}

/** An entry: from where to where in these octets. */
interface Place {
  readonly octets: Uint8Array;
  readonly at: number;
  readonly end: number;
}

/** What readers are told of a portion: new entries of each call. */
class News {
  readonly calls = new Map<UpCall, GrowingRun[]>();

  add(call: UpCall, { octets, at, end }: Place): void {
    const runs = this.calls.get(call);
    const last = runs?.at(-1);
    // What was masked has octets of its own.
    if (last?.octets === octets) last.places.push(at, end);
    else if (runs !== undefined) runs.push({ octets, places: [at, end] });
    else this.calls.set(call, [{ octets, places: [at, end] }]);
  }

  /** Those of a call that is over. */
  taken(call: UpCall): readonly EntryRun[] {
    const runs = this.calls.get(call) ?? [];
    this.calls.delete(call);
    return runs;
  }
}

function masked(place: Place, mask: (entry: RawEntry) => Uint8Array): Place {
  const entry = entryAt(place.octets, place.at);
  // Whole records are masked by their parts.
  if (entry === undefined || entry.kind === EntryKind.row) return place;
  const octets = mask(entry);
  return octets === entry.octets ? place : { octets, at: 0, end: octets.length };
}
