import type { OctetWriter } from "../lib/octet-writer.ts";
import {
  atMsAt,
  directionAt,
  ENTRY_HEAD,
  EntryKind,
  type EntryRun,
  entryAt,
  eventOf,
  kindAt,
  legAt,
  u32,
} from "../model/record-entries.ts";
import { withSentence } from "../model/trace-bytes.ts";

/** Writes these entries as readers get them (model/timeline.ts), a list in JSON; without notes that are damaged. */
export function writeEntries(out: OctetWriter, runs: readonly EntryRun[]): void {
  let before = "[";
  for (const { octets, places } of runs)
    for (let index = 0; index < places.length; index += 2)
      if (isWritten(out, before, octets, places[index] ?? 0, places[index + 1] ?? 0)) before = ",";
  out.text(before === "[" ? "[]" : "]");
}

/** Writes an entry, and what stands before it. False: it is nothing for readers. */
function isWritten(out: OctetWriter, before: string, octets: Uint8Array, at: number, end: number): boolean {
  const kind = kindAt(octets, at);
  if (kind === EntryKind.message) {
    writeMessage(out.text(before), octets, at, end);
    return true;
  }
  if (kind !== EntryKind.event && kind !== EntryKind.answered) return false;
  if (isAsWritten(octets, at + ENTRY_HEAD, end)) {
    out.text(before).octets(octets, at + ENTRY_HEAD, end - 1);
    out.text(',"atMs":').number(atMsAt(octets, at));
    out
      .text(',"seq":')
      .number(u32(octets, at + 4))
      .text("}");
    return true;
  }
  const entry = entryAt(octets, at);
  const event = entry && eventOf(entry);
  if (event === undefined) return false;
  out.text(before).text(JSON.stringify(withSentence(event)));
  return true;
}

function writeMessage(out: OctetWriter, octets: Uint8Array, at: number, end: number): void {
  const peer = at + ENTRY_HEAD + 1;
  const text = Math.min(end, peer + (octets[peer - 1] ?? 0));
  out.text('{"type":"sip","atMs":').number(atMsAt(octets, at));
  out.text(',"seq":').number(u32(octets, at + 4));
  out.text(',"leg":"').text(legAt(octets, at));
  out.text('","direction":"').text(directionAt(octets, at));
  out.text('","peer":').quoted(octets, peer, text);
  out.text(',"text":').quoted(octets, text, end).text("}");
}

const BEGINNING = octetsOf('{"type":"');
/** Of these a sentence is made (`withSentence`); all others are what readers get. */
const WITH_SENTENCE = ['step"', 'note"', 'legEvent"'].map(octetsOf);
const END = 0x7d;

/** Whether the object that the recorder wrote is what readers get, but for its time. */
function isAsWritten(octets: Uint8Array, at: number, end: number): boolean {
  const type = at + BEGINNING.length;
  return (
    octets[end - 1] === END &&
    isAt(octets, at, BEGINNING) &&
    !WITH_SENTENCE.some((word) => isAt(octets, type, word))
  );
}

function isAt(octets: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index += 1) if (octets[at + index] !== word[index]) return false;
  return true;
}

function octetsOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
