import type { CallEnd, CallHead, Moment } from "../model/call-record.ts";
import { facetsOfEntries, rowOfEntries } from "../model/call-row.ts";
import { endReason } from "../model/end-words.ts";
import { atMsAt, type EntryRun, eventEntry, u32 } from "../model/record-entries.ts";
import type { CallFacets, CallRow, CallSummary } from "../model/repositories.ts";
import type { RoomFor } from "../model/trace-bytes.ts";

/** Of a call that is longer than that, the first entries are kept, and the newest. */
export const KEPT = { first: 1200, firstBytes: 1024 * 1024, newest: 200, newestBytes: 256 * 1024 } as const;

/** A run that grows. */
export interface GrowingRun extends EntryRun {
  readonly places: number[];
}

/** Of most calls, most of the time: nothing, and one list for all of them. Never added to. */
const NONE: never[] = [];

/** A call that is up, as the keeper of records sees it: what is not in the store yet, and little else. */
export class UpCall {
  readonly handle: number;
  readonly head: CallHead;
  /** The oldest portion with something of this call that is not in the store. */
  since = 0;
  /** When the keeper got that, by its own clock. */
  sinceMs = 0;
  #answeredAt: number | undefined;
  #answeredBy: string | undefined;
  #lastMs = 0;
  #first: GrowingRun[] = NONE;
  #newest: Uint8Array[] = NONE;
  #firstCount = 0;
  #firstBytes = 0;
  #newestBytes = 0;
  /** The number that comes next; undefined: the call was up before this keeper began. */
  #nextSeq: number | undefined;
  /** Of the first entry that was left out. */
  #leftOutAt: Required<Moment> | undefined;

  /** `nextSeq`: 1, unless some of it has come already. */
  constructor(handle: number, head: CallHead, nextSeq: number | undefined) {
    this.handle = handle;
    this.head = head;
    this.#nextSeq = nextSeq;
  }

  /** Takes an entry: what is there in these octets, which do not change. False: nothing has to be written because of it. */
  add(octets: Uint8Array, at: number, end: number): boolean {
    const seq = u32(octets, at + 4);
    this.reached(seq);
    this.#nextSeq = seq + 1;
    this.#lastMs = atMsAt(octets, at);
    return this.#keep(octets, at, end);
  }

  /** The entry of this number has come; where others before it have not, there was no room for them, and that is told. */
  reached(seq: number): void {
    const missing = seq - (this.#nextSeq ?? seq);
    if (missing <= 0) return;
    const at = { atMs: this.#lastMs, seq: seq - missing };
    const told = eventEntry(at, { type: "leftOut", entries: missing, why: "noRoom" });
    this.#keep(told, 0, told.length);
  }

  #keep(octets: Uint8Array, at: number, end: number): boolean {
    if (this.#firstCount < KEPT.first && this.#firstBytes < KEPT.firstBytes && this.#newest.length === 0) {
      this.#firstCount += 1;
      this.#firstBytes += end - at;
      const last = this.#first.at(-1);
      if (last?.octets === octets) last.places.push(at, end);
      else if (last === undefined) this.#first = [{ octets, places: [at, end] }];
      else this.#first.push({ octets, places: [at, end] });
      return true;
    }
    // A copy: the memory in which it came is that of many calls.
    if (this.#newest === NONE) this.#newest = [];
    this.#newest.push(octets.slice(at, end));
    this.#newestBytes += end - at;
    while (this.#newest.length > KEPT.newest || this.#newestBytes > KEPT.newestBytes) this.#leaveOut();
    return false;
  }

  /** `target`: who answered. */
  answered(atMs: number, target: string): void {
    this.#answeredAt ??= this.head.startedAt + Math.round(atMs);
    this.#answeredBy ??= target;
  }

  /** What there is of it that is not in the store. */
  get entries(): readonly EntryRun[] {
    if (this.#newest.length === 0 && this.#leftOutAt === undefined) return this.#first;
    const rest = [...this.#told(), ...this.#newest];
    return [...this.#first, ...rest.map((octets) => ({ octets, places: [0, octets.length] }))];
  }

  get hasUnsaved(): boolean {
    return this.#first.length > 0;
  }

  /** What it has had to do with, as far as that is not in the store. */
  facets(): CallFacets {
    return facetsOfEntries(this.summary(), this.#first);
  }

  /** The row of a call that is up: what is new goes behind what the store has. */
  soFar(roomFor: RoomFor): CallRow {
    const first = this.#first;
    this.#first = NONE;
    return rowOfEntries(this.summary(), first, roomFor);
  }

  /** The row of a call that is over. */
  whole(end: CallEnd, roomFor: RoomFor): CallRow {
    return rowOfEntries(this.summary(end), this.entries, roomFor);
  }

  summary(end: CallEnd = UP): CallSummary {
    const { id, kind, startedAt, caller, callerName, called, origin, plan } = this.head;
    const { result, reason, said, missed, answeredBy, endedAtMs } = end;
    return {
      id,
      kind,
      attempts: 1,
      startedAt,
      answeredAt: this.#answeredAt,
      endedAt: startedAt + Math.round(endedAtMs ?? this.#lastMs),
      caller,
      callerName,
      called,
      origin,
      plan,
      result,
      reason,
      said,
      missed: missed && this.#answeredAt === undefined,
      answeredBy: answeredBy ?? this.#answeredBy,
    };
  }

  #leaveOut(): void {
    const gone = this.#newest.shift();
    if (gone === undefined) return;
    this.#newestBytes -= gone.length;
    this.#leftOutAt ??= { atMs: atMsAt(gone, 0), seq: u32(gone, 4) };
  }

  #told(): readonly Uint8Array[] {
    const at = this.#leftOutAt;
    if (at === undefined) return [];
    const [next] = this.#newest;
    const upTo = next === undefined ? (this.#nextSeq ?? at.seq) : u32(next, 4);
    return [eventEntry(at, { type: "leftOut", entries: upTo - at.seq })];
  }
}

const { reason: IS_UP, ...SAID } = endReason("end.isUp", {});
const UP: CallEnd = {
  result: "ongoing",
  reason: IS_UP,
  said: SAID,
  missed: true,
  answeredBy: undefined,
  endedAtMs: undefined,
};
