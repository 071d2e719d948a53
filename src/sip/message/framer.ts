import { CR, LF, NUL } from "./chars.ts";
import { parseContentLength } from "./header.ts";
import { headerName } from "./header-names.ts";
import { defaultLimits, type MessageLimits } from "./limits.ts";
import { refuse } from "./parser.ts";
import type { ParseFault, ParseRefusal } from "./refusal.ts";

/** What comes out of a stream. After a fault nothing more comes: the boundary of the next message is lost. */
export type Frame =
  | { readonly kind: "message"; readonly bytes: Buffer }
  | { readonly kind: "keepAlive" }
  | { readonly kind: "fault"; readonly fault: ParseFault; readonly fatal: true };

const HEAD_END = Buffer.from("\r\n\r\n");
const FIRST_CAPACITY = 2048;

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §18.3) and reports double CRLFs, which ask for a
 * single one in reply (RFC 5626 §3.5.1). However the octets are split over chunks, the frames are the same. Holds
 * at most one message beyond the last chunk, so take all frames with `next` after each `push`.
 */
export class StreamFramer {
  readonly #limits: MessageLimits;
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** Where the search for the end of the header fields goes on. */
  #searched = 0;
  /** Octets of the message that begins at #start, once known. */
  #length: number | undefined;
  #loneCrlf = false;
  #dead = false;

  constructor(limits: MessageLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Whether octets of an unfinished message are waiting. */
  get midMessage(): boolean {
    return this.#end > this.#start;
  }

  /** How many octets the framer keeps room for. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** Takes octets from the stream. They are copied. */
  push(chunk: Buffer): void {
    if (this.#dead) return;
    this.#makeRoom(chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** The next frame, or undefined until more octets come. */
  next(): Frame | undefined {
    if (this.#dead) return undefined;
    if (this.#length === undefined) {
      if (this.#skipEmptyLines()) return { kind: "keepAlive" };
      const refusal = this.#findLength();
      if (refusal !== undefined) return this.#fail(refusal);
    }
    const length = this.#length;
    if (length === undefined || this.#end - this.#start < length) return undefined;
    const bytes = Buffer.from(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    this.#searched = this.#start;
    this.#length = undefined;
    return { kind: "message", bytes };
  }

  /**
   * Ends the stream with a message unfinished: by its peer, or because it took too long. The fault says what to answer
   * before closing; undefined if nothing was waiting.
   */
  giveUp(reason: string): Frame | undefined {
    return this.#dead || !this.midMessage ? undefined : this.#fail({ status: 400, reason });
  }

  /** Steps over empty lines between messages, and over the NUL that some clients end theirs with (S12); true after each second one. */
  #skipEmptyLines(): boolean {
    while (this.#start < this.#end && this.#buffer[this.#start] === NUL) this.#searched = this.#start += 1;
    while (
      this.#start + 1 < this.#end &&
      this.#buffer[this.#start] === CR &&
      this.#buffer[this.#start + 1] === LF
    ) {
      this.#start += 2;
      while (this.#start < this.#end && this.#buffer[this.#start] === NUL) this.#start += 1;
      this.#searched = this.#start;
      this.#loneCrlf = !this.#loneCrlf;
      if (!this.#loneCrlf) return true;
    }
    if (this.#start < this.#end && this.#buffer[this.#start] !== CR) this.#loneCrlf = false;
    return false;
  }

  #findLength(): ParseRefusal | undefined {
    const { maxBytes } = this.#limits;
    const within = this.#buffer.subarray(0, this.#end);
    const at = within.indexOf(HEAD_END, this.#searched);
    if (at < 0) {
      this.#searched = Math.max(this.#start, this.#end - 3);
      return this.#end - this.#start > maxBytes ? tooLong(maxBytes) : undefined;
    }
    const head = at + 4 - this.#start;
    if (head > maxBytes) return tooLong(maxBytes);
    const body = bodyLength(this.#buffer.toString("latin1", this.#start, at + 2), this.#limits);
    if (typeof body !== "number") return body;
    if (head + body > maxBytes) return tooLong(maxBytes);
    this.#length = head + body;
    return undefined;
  }

  #fail(refusal: ParseRefusal): Frame {
    const seen = Math.min(this.#end, this.#start + this.#limits.maxBytes);
    const headEnd = this.#buffer.subarray(0, seen).indexOf(HEAD_END, this.#start);
    const head = this.#buffer.toString("latin1", this.#start, headEnd < 0 ? seen : headEnd + 2);
    this.#dead = true;
    this.#buffer = Buffer.alloc(0);
    return { kind: "fault", fault: refuse(head, refusal, this.#limits).fault, fatal: true };
  }

  #makeRoom(length: number): void {
    const held = this.#end - this.#start;
    if (this.#end + length <= this.#buffer.length) return;
    const needed = held + length;
    const target =
      needed <= this.#buffer.length
        ? this.#buffer
        : Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2, FIRST_CAPACITY));
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = held;
  }
}

function tooLong(maxBytes: number): ParseRefusal {
  return { status: 513, reason: `The message is longer than ${maxBytes} octets.` };
}

/**
 * What the header fields say of the body's length. DEVIATION(RFC 3261 §18.3): none at all is read as 0; what
 * follows without a start line then ends the connection.
 */
function bodyLength(head: string, limits: MessageLimits): number | ParseRefusal {
  let found: number | undefined;
  let at = head.indexOf("\r\n") + 2;
  while (at < head.length) {
    const end = head.indexOf("\r\n", at);
    const line = head.slice(at, end);
    at = end + 2;
    const colon = line.indexOf(":");
    if (colon <= 0 || headerName(line.slice(0, colon).trimEnd()).id !== "content-length") continue;
    if (found !== undefined)
      return { status: 400, reason: "The Content-Length header field comes more than once." };
    const read = parseContentLength(foldedValue(head, line.slice(colon + 1), at));
    if (!read.ok)
      return { status: 400, reason: `The Content-Length header field is malformed: ${read.error}.` };
    found = read.value;
  }
  if (found === undefined) return 0;
  if (found > limits.maxBodyBytes)
    return { status: 413, reason: `The body is longer than ${limits.maxBodyBytes} octets.` };
  return found;
}

function foldedValue(head: string, first: string, next: number): string {
  let value = first;
  let at = next;
  while (head[at] === " " || head[at] === "\t") {
    const end = head.indexOf("\r\n", at);
    value += ` ${head.slice(at, end)}`;
    at = end + 2;
  }
  return value.trim();
}
