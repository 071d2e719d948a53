import type { TraceArgs } from "../dialplan/trace.ts";
import type { Said } from "../lib/said.ts";
import type { CallRecord, Moment, SipTrace, StoryEvent } from "./call-record.ts";
import { type EntryRun, entriesIn, eventOf, messageOf, sizeAt, u32 } from "./record-entries.ts";
import { anySentence } from "./story-words.ts";

// How the story and the SIP messages of a call are stored. The messages, some 8 KiB a call, are copied as the octets
// that were on the wire, without looking at their characters:
//
//   1204 96 813              lengths in bytes: story, table, octets
//   [{"atMs":0,…            the story as JSON
//   0.4 A in udp:127.0.0.1:5090 512 1      time, leg, way, peer, length, number in the call
//   1.2 A out udp:127.0.0.1:5090 301 4
//   INVITE sip:…             the octets of all messages in a row
//
// Such pieces can be put one behind the other. Calls are stored in another kind of piece, since they are written down while
// they happen: an octet 1, a u32 (little-endian) with the length of what follows, and entries (record-entries.ts) in a row.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NEWLINE = 10;

const ENTRIES = 1;
const ENTRIES_HEAD = 5;

/** Gives room for so many octets. */
export type RoomFor = (length: number) => Uint8Array;

const OWN_ROOM: RoomFor = (length) => new Uint8Array(length);

/** Entries as a piece. */
export function packEntries(runs: readonly EntryRun[], roomFor: RoomFor = OWN_ROOM): Uint8Array {
  let length = 0;
  for (const { places } of runs)
    for (let index = 0; index < places.length; index += 2)
      length += (places[index + 1] ?? 0) - (places[index] ?? 0);
  const bytes = roomFor(ENTRIES_HEAD + length);
  bytes[0] = ENTRIES;
  for (let octet = 0; octet < 4; octet += 1) bytes[1 + octet] = length >>> (8 * octet);
  let at = ENTRIES_HEAD;
  for (const { octets, places } of runs) {
    for (let index = 0; index < places.length; index += 2) {
      const entry = octets.subarray(places[index], places[index + 1]);
      bytes.set(entry, at);
      at += entry.length;
    }
  }
  return bytes;
}

/** Where the entries of a piece that `packEntries` made begin. */
export function* entryPlaces(piece: Uint8Array): Generator<number> {
  for (let at = ENTRIES_HEAD; ; ) {
    const size = sizeAt(piece, at);
    if (size === undefined) return;
    yield at;
    at += size;
  }
}

/** One piece with all that the record holds. */
export function encodeTrace(record: Pick<CallRecord, "story" | "sip">): Uint8Array {
  const story = utf8(JSON.stringify(record.story));
  const octets: Uint8Array[] = [];
  let table = "";
  let total = 0;
  for (const message of record.sip) {
    const bytes = message.octets ?? encoder.encode(message.text);
    const number = message.seq === undefined ? "" : ` ${message.seq}`;
    table += `${message.atMs} ${word(message.leg)} ${message.direction} ${word(message.peer)} ${bytes.length}${number}\n`;
    total += bytes.length;
    octets.push(bytes);
  }
  const head = `${story.length} ${table.length} ${total}\n`;
  const bytes = new Uint8Array(head.length + story.length + table.length + total);
  let at = encoder.encodeInto(head, bytes).written;
  bytes.set(story, at);
  at += story.length;
  at += encoder.encodeInto(table, bytes.subarray(at)).written;
  for (const message of octets) {
    bytes.set(message, at);
    at += message.length;
  }
  return bytes;
}

/** Where texts are encoded before their length is known; only within one call of `utf8` and what follows it at once. */
let scratch = new Uint8Array(16 * 1024);

/** A text in UTF-8, until the next one is asked for. */
function utf8(text: string): Uint8Array {
  // RFC 3629 §3: three octets for each 16-bit unit at most.
  if (scratch.length < text.length * 3) scratch = new Uint8Array(text.length * 3);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Printable ASCII only and no space, so that nothing in a name can change where the octets begin. */
function word(text: string): string {
  return /^[!-~]+$/.test(text) ? text : `_${text.replace(/[^!-~]/g, "_")}`;
}

/** What one or several pieces hold; damage ends the reading, it never throws. */
export function decodeTrace(bytes: Uint8Array): Pick<CallRecord, "story" | "sip"> {
  const story: StoryEvent[] = [];
  const sip: SipTrace[] = [];
  const seen = new Set<number>();
  for (const piece of piecesOf(bytes)) {
    if (piece.entries !== undefined) {
      readEntries(piece.entries, seen, story, sip);
      continue;
    }
    story.push(...readStory(decoder.decode(piece.story)).filter((event) => isNew(event, seen)));
    const messages = readMessages(decoder.decode(piece.table), piece.octets);
    sip.push(...messages.filter((message) => isNew(message, seen)));
  }
  return { story, sip };
}

/** The story alone, as it was written: no message becomes a text, and no code a sentence. */
export function decodeStory(bytes: Uint8Array): readonly StoryEvent[] {
  const story: StoryEvent[] = [];
  const seen = new Set<number>();
  for (const piece of piecesOf(bytes)) {
    const events =
      piece.entries === undefined ? readStory(decoder.decode(piece.story)) : eventsIn(piece.entries);
    for (const event of events) if (isNew(event, seen)) story.push(event);
  }
  return story;
}

function* eventsIn(entries: Uint8Array): Iterable<StoryEvent> {
  for (const entry of entriesIn(entries)) {
    const event = eventOf(entry);
    if (event !== undefined) yield event;
  }
}

/** How the parts of a trace that a person reads are changed. */
export interface TraceChange {
  /** Of every text in the story's events. */
  story(text: string): string;
  /** Of the messages in a row; it may not change their length. */
  octets(octets: Uint8Array): Uint8Array;
}

/** The trace with its texts changed, but for entries, which are changed one by one; what is damaged ends it. */
export function mapTrace(bytes: Uint8Array, change: TraceChange): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { story, table, octets, entries } of piecesOf(bytes)) {
    if (entries !== undefined) {
      parts.push(packEntries([{ octets: entries, places: [0, entries.length] }]));
      continue;
    }
    const events: readonly StoryEvent[] = readStory(decoder.decode(story));
    const changed = encoder.encode(
      JSON.stringify(events, (_key, value: unknown) =>
        typeof value === "string" ? change.story(value) : value,
      ),
    );
    const head = encoder.encode(`${changed.length} ${table.length} ${octets.length}\n`);
    parts.push(head, changed, table, change.octets(octets));
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

interface Piece {
  readonly story: Uint8Array;
  readonly table: Uint8Array;
  readonly octets: Uint8Array;
  /** Undefined: it is of the first kind. */
  readonly entries?: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** What was written twice, because nobody knew that it had been, is there once. */
function isNew({ seq }: Moment, seen: Set<number>): boolean {
  if (seq === undefined) return true;
  const known = seen.has(seq);
  seen.add(seq);
  return !known;
}

function readEntries(entries: Uint8Array, seen: Set<number>, story: StoryEvent[], sip: SipTrace[]): void {
  for (const entry of entriesIn(entries)) {
    if (!isNew(entry, seen)) continue;
    const message = messageOf(entry);
    if (message !== undefined) sip.push(message);
    const event = eventOf(entry);
    if (event !== undefined) story.push(withSentence(event));
  }
}

function piecesOf(bytes: Uint8Array): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === ENTRIES) {
      const end = at + ENTRIES_HEAD + u32(bytes, at + 1);
      if (at + ENTRIES_HEAD > bytes.length || end > bytes.length) break;
      const entries = bytes.subarray(at + ENTRIES_HEAD, end);
      pieces.push({ story: NOTHING, table: NOTHING, octets: NOTHING, entries });
      at = end;
      continue;
    }
    const end = bytes.indexOf(NEWLINE, at);
    const lengths = end < 0 ? [] : decoder.decode(bytes.subarray(at, end)).split(" ").map(Number);
    const [storyLength = Number.NaN, tableLength = Number.NaN, octetsLength = Number.NaN] = lengths;
    const tableAt = end + 1 + storyLength;
    const octetsAt = tableAt + tableLength;
    if (!(octetsAt + octetsLength <= bytes.length)) break;
    pieces.push({
      story: bytes.subarray(end + 1, tableAt),
      table: bytes.subarray(tableAt, octetsAt),
      octets: bytes.subarray(octetsAt, octetsAt + octetsLength),
    });
    at = octetsAt + octetsLength;
  }
  return pieces;
}

function readStory(text: string): readonly StoryEvent[] {
  try {
    const events: unknown = JSON.parse(text);
    return Array.isArray(events) ? (events as StoryEvent[]).map(withSentence) : [];
  } catch {
    return [];
  }
}

/** What was decided and noted is stored as a code with arguments; records of older releases hold the sentence. */
export function withSentence(event: StoryEvent): StoryEvent {
  switch (event.type) {
    case "step": {
      const entry: Partial<typeof event.entry> | null | undefined = event.entry;
      if (entry?.code === undefined || entry.text !== undefined) return event;
      const { code, args, text } = saidAgain(entry.code, entry.args);
      const { step = "", type = "", label = "" } = entry;
      return { ...event, entry: { ...entry, step, type, label, code, text, args } };
    }
    case "note": {
      const stored: Partial<typeof event> = event;
      if (stored.text !== undefined || stored.code === undefined) return event;
      return { ...event, ...saidAgain(stored.code, stored.args) };
    }
    case "legEvent": {
      const stored: Partial<typeof event> = event;
      if (stored.detail !== undefined || stored.code === undefined) return event;
      const { code, args, text } = saidAgain(stored.code, stored.args);
      return { ...event, code, args, detail: text };
    }
    default:
      return event;
  }
}

/** How deep a sentence may be in others; ours are in two at the most. */
const MAX_NESTED = 4;

/** The sentence of a code, those in its arguments first; without words of ours the code stands for it. */
export function saidAgain(code: string, stored: TraceArgs | null | undefined, depth = 0): Said {
  const own = stored ?? {};
  const args = Object.values(own).some(isSaid) ? nested(own, depth) : own;
  return { code, args, text: anySentence(code, args) ?? `(${code})` };
}

function nested(stored: TraceArgs, depth: number): TraceArgs {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, isSaid(value) ? again(value, depth) : value]),
  );
}

function again({ code, args, text }: Stored, depth: number): Said {
  return text === undefined && depth < MAX_NESTED
    ? saidAgain(code, args, depth + 1)
    : { code, args: args ?? {}, text: text ?? `(${code})` };
}

type Stored = Pick<Said, "code"> & Partial<Said>;

function isSaid(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}

function readMessages(table: string, octets: Uint8Array): readonly SipTrace[] {
  const messages: SipTrace[] = [];
  let at = 0;
  for (const line of table.split("\n")) {
    const [atMs, leg, direction, peer, length, number] = line.split(" ");
    const size = Number(length);
    const seq = Number(number);
    if (leg === undefined || peer === undefined || !Number.isInteger(size) || size < 0) break;
    if (direction !== "in" && direction !== "out") break;
    messages.push({
      atMs: Number(atMs),
      ...(Number.isSafeInteger(seq) ? { seq } : undefined),
      leg,
      direction,
      peer,
      text: decoder.decode(octets.subarray(at, at + size)),
    });
    at += size;
  }
  return messages;
}
