import type { SipTrace } from "./call-record.ts";

// How the SIP messages of a call are stored: one line each with the length of its text, an empty line, and all
// the texts in a row. Unlike JSON it copies the texts (some 8 KiB a call) without looking at their characters.
//
//   0.4 A in udp:127.0.0.1:5090 512
//   1.2 A out udp:127.0.0.1:5090 301
//
//   INVITE sip:…

/** Writes messages as one text. A peer has no spaces or line breaks; where one has, they become `_`. */
export function packSipTraces(traces: readonly SipTrace[]): string {
  let head = "";
  let texts = "";
  for (const { atMs, leg, direction, peer, text } of traces) {
    head += `${atMs} ${word(leg)} ${direction} ${word(peer)} ${text.length}\n`;
    texts += text;
  }
  return `${head}\n${texts}`;
}

const WHITE = /\s/g;

function word(text: string): string {
  return text.replace(WHITE, "_");
}

/** Reads what `packSipTraces` wrote; damaged text gives the messages before the damage. */
export function unpackSipTraces(packed: string): SipTrace[] {
  const end = packed.startsWith("\n") ? 0 : packed.indexOf("\n\n") + 1;
  if (end === 0) return [];
  const traces: SipTrace[] = [];
  let at = end + 1;
  for (const line of packed.slice(0, end - 1).split("\n")) {
    const [atMs, leg, direction, peer, length] = line.split(" ");
    const size = Number(length);
    if (leg === undefined || peer === undefined || !Number.isInteger(size) || size < 0) break;
    if (direction !== "in" && direction !== "out") break;
    traces.push({ atMs: Number(atMs), leg, direction, peer, text: packed.slice(at, at + size) });
    at += size;
  }
  return traces;
}
