import { Registry } from "../lib/registry.ts";
import type { CallEnd, CallHead, CallRecord, Happening } from "../model/call-record.ts";
import { ENTRY_HEAD, EntryKind, MAX_PAYLOAD, timeHigh, timeLow } from "../model/record-entries.ts";
import type { RecordTape, Stamp } from "../model/record-tape.ts";
import { encodeTrace } from "../model/trace-bytes.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { type Answered, HANDLE, type OpenCall, type Portion } from "./portion.ts";

/** Size and pace of what is written. */
export interface SlabLimits {
  readonly slabBytes: number;
  /** So many slabs may wait until what is in them is on disk; beyond that entries are dropped, and counted. */
  readonly maxSlabs: number;
  /** What is written waits so long, that one wake-up serves many calls … */
  readonly idleMs: number;
  /** … and so long while somebody reads calls live: what is new has to be with readers after 250 ms. */
  readonly liveMs: number;
}

/**
 * Reliability F3 (docs/adr/0076): 64 MiB wait for a store that is down. What is a second old has to be on disk; each portion wakes the
 * control thread, so it waits a good part of that second.
 */
export const SLAB_LIMITS: SlabLimits = { slabBytes: 256 * 1024, maxSlabs: 256, idleMs: 400, liveMs: 150 };

interface Slab {
  /** Undefined: it goes once it is settled. */
  readonly number: number | undefined;
  readonly memory: SharedArrayBuffer;
  readonly octets: Buffer;
  readonly view: DataView;
  /** Portions of it that are not settled. */
  waiting: number;
  /** Whoever gets portions has it. */
  isKnown: boolean;
}

interface Open {
  readonly head: CallHead;
  isWritten: boolean;
  answered: Answered | undefined;
}

interface Waiting {
  readonly portion: Portion;
  readonly slab: Slab;
  readonly records: number;
}

/** UTF-8 has three octets for each 16-bit unit at most (RFC 3629 §3). */
const MOST_PER_UNIT = 3;
const MAX_PEER = 255;
/** Slabs that stay: as many as wait for the disk at 600 calls/s. */
const LASTING = 24;
/** A slab with less room than this is not begun with again. */
const TAIL = 4096;

/**
 * Writes the records of all calls while they happen, into slabs of memory that the control thread sees too. Octets are copied
 * at once, so that no call keeps its messages and no object outlives the turn in which it was made. What is written leaves in
 * portions, each of which is kept until it is settled: on disk. Writing never waits and never throws.
 */
export class SlabWriter implements RecordTape {
  readonly #clock: Clock;
  readonly #limits: SlabLimits;
  readonly #hand: (portion: Portion) => void;
  readonly #open = new Registry<number, Open>();
  readonly #free: Slab[] = [];
  readonly #settled: (() => void)[] = [];
  #slabs = 0;
  #lasting = 0;
  #slab: Slab | undefined;
  /** Where the next entry goes, and where the portion began that it is in. */
  #at = 0;
  #from = 0;
  #waiting: Waiting[] = [];
  /** Ends of calls and whole records in the portion that is being written. */
  #records = 0;
  #portions = 0;
  #handles = 0;
  #timer: Timer | undefined;
  #paceMs: number;
  readonly #dropped = { entries: 0, records: 0 };
  /** Ends that found no room, of calls whose beginning is told: at most one for each call that was up then. */
  readonly #late: { readonly stamp: Stamp; readonly end: CallEnd }[] = [];

  /** `hand` gets each portion as it leaves. */
  constructor(clock: Clock, hand: (portion: Portion) => void, limits: SlabLimits = SLAB_LIMITS) {
    this.#clock = clock;
    this.#hand = hand;
    this.#limits = limits;
    this.#paceMs = limits.idleMs;
  }

  /** Entries, and ends of calls or whole records, that found no room. */
  get dropped(): { readonly entries: number; readonly records: number } {
    return this.#dropped;
  }

  /** Octets of memory that are in use. */
  get bytes(): number {
    return (this.#slabs - this.#free.length) * this.#limits.slabBytes;
  }

  /** Records that are complete, and not on disk. */
  get records(): number {
    return this.#waiting.reduce((sum, { records }) => sum + records, this.#records + this.#late.length);
  }

  /** Calls that are not over, for a keeper that has to begin anew: what is settled does not come again. */
  get openCalls(): readonly OpenCall[] {
    return [...this.#open.entries()].map(([handle, { head, answered }]) => ({ handle, head, answered }));
  }

  open(head: CallHead): number {
    this.#handles = (this.#handles + 1) >>> 0;
    this.#open.set(this.#handles, { head, isWritten: false, answered: undefined });
    return this.#handles;
  }

  message(stamp: Stamp, peer: string, octets: Uint8Array): void {
    const name = peer.length > MAX_PEER ? peer.slice(0, MAX_PEER) : peer;
    const size = 1 + name.length + octets.length;
    const slab = this.#room(stamp.call, size);
    if (slab === undefined) {
      this.#dropped.entries += 1;
      return;
    }
    const at = this.#head(slab, stamp, EntryKind.message, size);
    slab.octets[at] = name.length;
    slab.octets.write(name, at + 1, "latin1");
    slab.octets.set(octets, at + 1 + name.length);
  }

  event(stamp: Stamp, event: Happening): void {
    let kind: number = EntryKind.event;
    if (event.type === "answered") {
      kind = EntryKind.answered;
      const open = this.#open.get(stamp.call);
      if (open !== undefined) open.answered ??= { atMs: stamp.atMs, target: event.target };
    }
    if (!this.#json(stamp, kind, event)) this.#dropped.entries += 1;
  }

  close(stamp: Stamp, end: CallEnd): void {
    if (this.#writeEnd(stamp, end)) return;
    // It comes when there is room: whoever knows of the call would have it up for ever. What no slab has room for never comes,
    // and all that came behind it would wait too.
    const mayCome = this.#open.get(stamp.call)?.isWritten === true && this.#fits(byteLength(end));
    if (mayCome) this.#late.push({ stamp: { ...stamp }, end });
    else {
      this.#dropped.records += 1;
      this.#dropped.entries += 1;
      this.#open.delete(stamp.call);
    }
  }

  put(record: CallRecord): void {
    const { story: _story, sip: _sip, ...summary } = record;
    const text = Buffer.from(JSON.stringify(summary));
    const trace = encodeTrace(record);
    const size = 4 + text.length + trace.length;
    const slab = this.#room(0, size);
    if (slab === undefined) {
      this.#dropped.records += 1;
      this.#dropped.entries += 1;
      return;
    }
    this.#records += 1;
    const at = this.#head(slab, WHOLE, EntryKind.row, size);
    slab.view.setUint32(at, text.length, true);
    slab.octets.set(text, at + 4);
    slab.octets.set(trace, at + 4 + text.length);
  }

  /** Hands over what has been written since. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const slab = this.#slab;
    if (slab === undefined || this.#at === this.#from) return;
    const memory = slab.isKnown ? undefined : slab.memory;
    const portion = { number: ++this.#portions, slab: slab.number, memory, from: this.#from, to: this.#at };
    slab.isKnown = slab.number !== undefined;
    this.#from = this.#at;
    slab.waiting += 1;
    this.#waiting.push({ portion, slab, records: this.#records });
    this.#records = 0;
    if (this.#limits.slabBytes - this.#at < TAIL) this.#slab = undefined;
    this.#hand(portion);
  }

  /** Whether somebody reads calls live. */
  pace(live: boolean): void {
    this.#paceMs = live ? this.#limits.liveMs : this.#limits.idleMs;
    if (live) this.flush();
  }

  /** All portions up to this one are on disk. */
  settle(upTo: number): void {
    let count = 0;
    for (const { portion, slab } of this.#waiting) {
      if (portion.number > upTo) break;
      count += 1;
      slab.waiting -= 1;
      if (slab.waiting === 0 && slab !== this.#slab) this.#release(slab);
    }
    if (count > 0) this.#waiting = this.#waiting.slice(count);
    if (this.#late.length > 0) this.#writeLate();
    if (this.#waiting.length > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  /** Hands over again all that is not settled: whoever had it is gone. */
  resend(): void {
    for (const slab of this.#free) slab.isKnown = false;
    if (this.#slab !== undefined) this.#slab.isKnown = false;
    for (const { portion, slab } of this.#waiting) {
      slab.isKnown = slab.number !== undefined;
      this.#hand({ ...portion, memory: slab.memory });
    }
  }

  /** Hands over what there is; resolves when all is settled. */
  drained(): Promise<void> {
    this.flush();
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  #writeEnd(stamp: Stamp, end: CallEnd): boolean {
    if (!this.#json(stamp, EntryKind.end, end)) return false;
    this.#records += 1;
    this.#open.delete(stamp.call);
    return true;
  }

  #writeLate(): void {
    const waiting = this.#late.length;
    for (let next = this.#late[0]; next !== undefined; next = this.#late[0]) {
      if (!this.#writeEnd(next.stamp, next.end)) break;
      this.#late.shift();
    }
    // A portion is not cut where nothing has come into it.
    if (this.#late.length < waiting) this.flush();
  }

  #json(stamp: Stamp, kind: number, value: object): boolean {
    const text = JSON.stringify(value);
    const most = text.length * MOST_PER_UNIT;
    // Only where it may not fit is it counted.
    const size = this.#left >= 2 * most + HEADROOM ? most : Buffer.byteLength(text);
    const slab = this.#room(stamp.call, size);
    if (slab === undefined) return false;
    const at = this.#at + HANDLE + ENTRY_HEAD;
    this.#head(slab, stamp, kind, slab.octets.write(text, at));
    return true;
  }

  get #left(): number {
    return this.#slab === undefined ? 0 : this.#limits.slabBytes - this.#at;
  }

  /** The slab with room for an entry of this call; undefined: there is none. */
  #room(call: number, size: number): Slab | undefined {
    const open = this.#open.get(call);
    if (open?.isWritten === false) {
      open.isWritten = true;
      const stamp = { call, seq: 0, atMs: 0, leg: 0, isOut: false };
      // Later on, when there is room again, the call is told of all the same.
      open.isWritten = this.#json(stamp, EntryKind.begin, open.head);
      if (!open.isWritten) return undefined;
    }
    if (this.#left < HANDLE + ENTRY_HEAD + size && !this.#next(size)) return undefined;
    return this.#slab;
  }

  /** Whether an empty slab has room for a payload of so many octets. */
  #fits(size: number): boolean {
    return HANDLE + ENTRY_HEAD + size <= this.#limits.slabBytes && size <= MAX_PAYLOAD;
  }

  #next(size: number): boolean {
    if (!this.#fits(size)) return false;
    this.flush();
    const before = this.#slab;
    const next = this.#free.pop() ?? this.#more();
    if (next === undefined) return false;
    if (before?.waiting === 0) this.#release(before);
    this.#slab = next;
    this.#at = 0;
    this.#from = 0;
    return true;
  }

  #more(): Slab | undefined {
    if (this.#slabs >= this.#limits.maxSlabs) return undefined;
    this.#slabs += 1;
    const memory = new SharedArrayBuffer(this.#limits.slabBytes);
    const number = this.#lasting < LASTING ? this.#lasting++ : undefined;
    const octets = Buffer.from(memory);
    return { number, memory, octets, view: new DataView(memory), waiting: 0, isKnown: false };
  }

  #release(slab: Slab): void {
    if (slab.number !== undefined) this.#free.push(slab);
    else this.#slabs -= 1;
  }

  /** Writes what is before the payload, of which there is room; gives where that goes. */
  #head({ view }: Slab, { call, seq, atMs, leg, isOut }: Stamp, kind: number, size: number): number {
    const at = this.#at;
    view.setUint32(at, call, true);
    view.setUint32(at + 4, ((kind << 24) | size) >>> 0, true);
    view.setUint32(at + 8, seq, true);
    view.setUint32(at + 12, timeLow(atMs), true);
    view.setUint16(at + 16, timeHigh(atMs), true);
    view.setUint8(at + 18, leg);
    view.setUint8(at + 19, isOut ? 2 : 1);
    this.#at = at + HANDLE + ENTRY_HEAD + size;
    this.#timer ??= this.#clock.after(this.#paceMs, () => this.flush());
    return at + HANDLE + ENTRY_HEAD;
  }
}

function byteLength(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** So much that a call's begin fits before its first event too. */
const HEADROOM = 4096;
/** Of a record that belongs to no call that is written. */
const WHOLE: Stamp = { call: 0, seq: 0, atMs: 0, leg: 0, isOut: false };
