import type { Happening, Moment, SipTrace, StoryEvent } from "./call-record.ts";

// One entry of a call's record as octets: what the signalling thread writes while a call happens, what the control thread
// keeps of calls that are up, and what is stored. Numbers are little-endian:
//
//   u32  octets of the payload; the kind in the highest 8 bits
//   u32  its number in the call
//   u32  when, in units of 10 µs since the call began: the low part
//   u16  the high part
//   u8   leg: 0 is the caller's, n is Bn
//   u8   1: came in, 2: went out, 0: no message
//   …    the payload

/** Octets before the payload. */
export const ENTRY_HEAD = 16;
/** More than this no payload can have. */
export const MAX_PAYLOAD = 0xff_ffff;

/** What an entry is, and what its payload holds. */
export const EntryKind = {
  /** u8 length of the peer's name, the name, the octets of the message. */
  message: 1,
  /** An event of the story as JSON, without its time. */
  event: 2,
  /** A call begins: `CallHead` as JSON. */
  begin: 3,
  /** It is over: `CallEnd` as JSON. */
  end: 4,
  /** A record that is whole: u32 length of its summary, the summary as JSON, its trace (trace-bytes.ts). */
  row: 5,
  /** As `event`: that the call was answered. */
  answered: 6,
} as const;

/** Entries in octets that they share with others. */
export interface EntryRun {
  readonly octets: Uint8Array;
  /** From where to where each is, two numbers an entry: objects for each of them would outlive the young generation. */
  readonly places: readonly number[];
}

/** An entry, its payload still octets. */
export interface RawEntry extends Required<Moment> {
  readonly kind: number;
  readonly leg: string;
  readonly direction: "in" | "out";
  readonly payload: Uint8Array;
  /** Head and payload. */
  readonly octets: Uint8Array;
}

const decoder = new TextDecoder();
const UNITS_PER_MS = 100;
const LOW = 0x1_0000_0000;

/** The two parts of an entry's time. */
export function timeLow(atMs: number): number {
  return Math.round(atMs * UNITS_PER_MS) % LOW;
}

export function timeHigh(atMs: number): number {
  return Math.min(0xffff, Math.floor(Math.round(atMs * UNITS_PER_MS) / LOW));
}

/** The entries in these octets, one after the other; what is damaged ends them, it never throws. */
export function* entriesIn(octets: Uint8Array): Generator<RawEntry> {
  for (let at = 0; ; ) {
    const entry = entryAt(octets, at);
    if (entry === undefined) return;
    yield entry;
    at += entry.octets.length;
  }
}

/** The entry that begins here; undefined where none does. */
export function entryAt(octets: Uint8Array, at: number): RawEntry | undefined {
  const size = sizeAt(octets, at);
  if (size === undefined) return undefined;
  const end = at + size;
  return {
    kind: kindAt(octets, at),
    seq: u32(octets, at + 4),
    atMs: atMsAt(octets, at),
    leg: legAt(octets, at),
    direction: directionAt(octets, at),
    payload: octets.subarray(at + ENTRY_HEAD, end),
    octets: octets.subarray(at, end),
  };
}

/** Octets of the entry that begins here, its head included; undefined where none does. */
export function sizeAt(octets: Uint8Array, at: number): number | undefined {
  if (at + ENTRY_HEAD > octets.length) return undefined;
  const size = ENTRY_HEAD + (u32(octets, at) & MAX_PAYLOAD);
  return at + size > octets.length ? undefined : size;
}

/** What it is: one of `EntryKind`. */
export function kindAt(octets: Uint8Array, at: number): number {
  return octets[at + 3] ?? 0;
}

/** When it was, in milliseconds since the call began. */
export function atMsAt(octets: Uint8Array, at: number): number {
  const high = (octets[at + 12] ?? 0) + 256 * (octets[at + 13] ?? 0);
  return (u32(octets, at + 8) + LOW * high) / UNITS_PER_MS;
}

/** Whose: the caller's is A, those that it led to are B1, B2, … */
export function legAt(octets: Uint8Array, at: number): string {
  const leg = octets[at + 14] ?? 0;
  return leg === 0 ? "A" : `B${leg}`;
}

/** Which way a message went. */
export function directionAt(octets: Uint8Array, at: number): "in" | "out" {
  return octets[at + 15] === 2 ? "out" : "in";
}

/** Little-endian; by hand, for a DataView would have to be made for each entry. */
export function u32(octets: Uint8Array, at: number): number {
  const low = (octets[at] ?? 0) | ((octets[at + 1] ?? 0) << 8);
  return (low | ((octets[at + 2] ?? 0) << 16) | ((octets[at + 3] ?? 0) << 24)) >>> 0;
}

/** The message of an entry; undefined: it is none. */
export function messageOf({ kind, seq, atMs, leg, direction, payload }: RawEntry): SipTrace | undefined {
  if (kind !== EntryKind.message) return undefined;
  const peerEnd = 1 + (payload[0] ?? 0);
  const peer = decoder.decode(payload.subarray(1, peerEnd));
  return { atMs, seq, leg, direction, peer, text: decoder.decode(payload.subarray(peerEnd)) };
}

/** The event of an entry as it was written; undefined: it is none, or damaged. */
export function eventOf({ kind, seq, atMs, payload }: RawEntry): StoryEvent | undefined {
  const isEvent = kind === EntryKind.event || kind === EntryKind.answered;
  const event = isEvent ? jsonOf(payload) : undefined;
  return event === undefined ? undefined : ({ ...event, atMs, seq } as StoryEvent);
}

/** Those of the entries that begin here, which all are events; read in one go, unless one of them is damaged. */
export function eventsAt(octets: Uint8Array, begins: readonly number[]): readonly StoryEvent[] {
  try {
    const events = JSON.parse(decoder.decode(listOf(octets, begins))) as Told[];
    if (events.length === begins.length) {
      // In place: a copy of each costs more than reading it.
      for (const [index, event] of events.entries()) {
        const at = begins[index] ?? 0;
        event.atMs = atMsAt(octets, at);
        event.seq = u32(octets, at + 4);
      }
      return events as unknown as readonly StoryEvent[];
    }
  } catch {
    // One by one.
  }
  return begins.flatMap((at) => {
    const entry = entryAt(octets, at);
    const event = entry && eventOf(entry);
    return event === undefined ? [] : [event];
  });
}

interface Told {
  atMs: number;
  seq: number;
}

const [LIST, COMMA, LIST_END] = [0x5b, 0x2c, 0x5d];

/** Where lists are put together; only within one call of `listOf` and what follows it at once. */
let scratch = new Uint8Array(16 * 1024);

/** The payloads of entries as one list in JSON, until the next one is asked for. */
function listOf(octets: Uint8Array, begins: readonly number[]): Uint8Array {
  let size = 1 + Number(begins.length === 0);
  for (const at of begins) size += (u32(octets, at) & MAX_PAYLOAD) + 1;
  if (scratch.length < size) scratch = new Uint8Array(size);
  scratch[0] = LIST;
  let at = 1;
  for (const begin of begins) {
    const length = u32(octets, begin) & MAX_PAYLOAD;
    scratch.set(octets.subarray(begin + ENTRY_HEAD, begin + ENTRY_HEAD + length), at);
    at += length;
    scratch[at] = COMMA;
    at += 1;
  }
  scratch[size - 1] = LIST_END;
  return scratch.subarray(0, size);
}

/** An object in JSON; undefined: something else, or damaged. */
export function jsonOf(payload: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(payload));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();

/** Another payload in place of an entry's. */
export function withPayload({ octets }: RawEntry, payload: Uint8Array): Uint8Array {
  const made = new Uint8Array(ENTRY_HEAD + payload.length);
  made.set(octets.subarray(0, ENTRY_HEAD));
  made.set(payload, ENTRY_HEAD);
  const view = new DataView(made.buffer);
  view.setUint32(0, ((view.getUint32(0, true) & ~MAX_PAYLOAD) | payload.length) >>> 0, true);
  return made;
}

/** An event as an entry. */
export function eventEntry({ atMs, seq }: Required<Moment>, event: Happening): Uint8Array {
  const payload = encoder.encode(JSON.stringify(event));
  const made = new Uint8Array(ENTRY_HEAD + payload.length);
  const view = new DataView(made.buffer);
  view.setUint32(0, ((EntryKind.event << 24) | payload.length) >>> 0, true);
  view.setUint32(4, seq, true);
  view.setUint32(8, timeLow(atMs), true);
  view.setUint16(12, timeHigh(atMs), true);
  made.set(payload, ENTRY_HEAD);
  return made;
}
