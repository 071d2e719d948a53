import type { Ids } from "../../src/runtime/ids.ts";

/** Pieces that parsers stumble over. */
const PIECES = [
  "\r\n",
  "\r\n\r\n",
  "\r\n ",
  "\r",
  "\n",
  "\0",
  " ",
  "\t",
  '"',
  '\\"',
  "\\",
  "<",
  ">",
  ";",
  ",",
  ":",
  "=",
  "@",
  "?",
  "%",
  "%00",
  "%41",
  "[",
  "]",
  "(",
  "--",
  "é",
  "\u{1f4de}",
  "__proto__",
  "constructor",
  "4294967296",
  "-1",
  "9".repeat(400),
  "sip:",
  "SIP/2.0",
  "z9hG4bK",
  "Via: SIP/2.0/UDP h\r\n",
  "Content-Length: 5\r\n",
  "Contact: *\r\n",
  ";tag=1",
  "*",
].map((piece) => Buffer.from(piece));

/** An input never grows beyond what a message may have, plus a little. */
const MAX_LENGTH = 70_000;

/** A changed copy of `input`, with a few changes drawn from `ids`, mostly one; `other` is a second seed to splice from. */
export function mutate(input: Buffer, other: Buffer, ids: Ids): Buffer {
  let result = input;
  do result = change(result, other, ids);
  while (ids.integer(2) === 0);
  return result.subarray(0, MAX_LENGTH);
}

function change(input: Buffer, other: Buffer, ids: Ids): Buffer {
  const at = ids.integer(input.length + 1);
  const end = Math.min(input.length, at + ids.integer(64));
  switch (ids.integer(16)) {
    case 0:
      return replace(input, at, Math.min(at + 1, input.length), Buffer.from([ids.integer(256)]));
    case 1:
      return replace(input, at, end, Buffer.alloc(0));
    case 2:
      return replace(input, at, at, input.subarray(at, end));
    case 3:
      return input.subarray(0, at);
    case 4: {
      const from = ids.integer(other.length + 1);
      return replace(input, at, end, other.subarray(from, from + ids.integer(200)));
    }
    case 5:
      return replace(input, at, at, repeated(pick(ids), ids));
    default:
      return replace(input, at, ids.integer(2) === 0 ? at : end, pick(ids));
  }
}

function pick(ids: Ids): Buffer {
  return PIECES[ids.integer(PIECES.length)] ?? Buffer.alloc(0);
}

/** The piece a few times over, and once in a while so often that what is not linear shows. */
function repeated(piece: Buffer, ids: Ids): Buffer {
  const most = ids.integer(50) === 0 ? 60_000 : 300;
  return Buffer.alloc(Math.min(most, piece.length * (1 + ids.integer(most))), piece);
}

function replace(input: Buffer, from: number, to: number, by: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, from), by, input.subarray(to)]);
}
