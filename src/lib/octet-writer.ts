/** A new chunk is at least so long. */
const CHUNK = 256 * 1024;
/** An octet becomes six at most, as in \u0000. */
const MOST_OF_ONE = 6;
const HEX = "0123456789abcdef";
const [QUOTE, BACKSLASH, ZERO, POINT, U, MANY] = [0x22, 0x5c, 0x30, 0x2e, 0x75, 1];
/** Fast numbers are at most a hundredth of this, and so long. */
const [MOST_HUNDREDTHS, MOST_DIGITS] = [0x7fff_ffff, 11];
/** Of more octets it is counted how long they become: what is reserved and not needed may be the rest of a chunk. */
const ROUGH = 2048;
/** Longer texts are encoded by the platform, which takes longer to begin. */
const LONG = 48;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * What an octet becomes in a string of JSON (RFC 8259 §7). 0: it stands for itself; U: it is written as a number; MANY: it is a part
 * of a character of many octets; all others: what stands behind a backslash.
 */
const ESCAPES = new Uint8Array(256).fill(U, 0, 0x20).fill(MANY, 0x80);
for (const [text, letter] of ['""', "\\\\", "\bb", "\ff", "\nn", "\rr", "\tt"])
  ESCAPES[text?.charCodeAt(0) ?? 0] = letter?.charCodeAt(0) ?? 0;

/**
 * Writes texts as octets (UTF-8), where most of their pieces are octets already: a string would be copied for each piece and once
 * more to be sent, and V8 would move it about as long as it is kept. What `take` gave does not change; it lies behind what was taken
 * before, mostly in the same memory.
 */
export class OctetWriter {
  #chunk = new Uint8Array(0);
  #from = 0;
  #at = 0;

  /** As it is; short pieces of ASCII are fast. */
  text(text: string): this {
    this.#reserve(text.length * 3);
    if (text.length > LONG) return this.#encoded(text, this.#at);
    const [chunk, begins] = [this.#chunk, this.#at];
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return this.#encoded(text.slice(index), begins + index);
      chunk[begins + index] = code;
    }
    this.#at = begins + text.length;
    return this;
  }

  /** As they are, from there to there. */
  octets(octets: Uint8Array, from = 0, to = octets.length): this {
    this.#reserve(to - from);
    this.#chunk.set(octets.subarray(from, to), this.#at);
    this.#at += to - from;
    return this;
  }

  /** As JSON has it; a finite one. Those of at most two decimals are fast. */
  number(value: number): this {
    const hundredths = Math.round(value * 100);
    if (
      hundredths / 100 !== value ||
      !(hundredths <= MOST_HUNDREDTHS) ||
      hundredths < 0 ||
      Object.is(value, -0)
    )
      return this.text(JSON.stringify(value));
    this.#reserve(MOST_DIGITS);
    const whole = Math.floor(hundredths / 100);
    const rest = hundredths - whole * 100;
    this.#digits(whole);
    if (rest === 0) return this;
    const tenths = Math.floor(rest / 10);
    this.#chunk[this.#at++] = POINT;
    this.#chunk[this.#at++] = ZERO + tenths;
    if (rest !== tenths * 10) this.#chunk[this.#at++] = ZERO + rest - tenths * 10;
    return this;
  }

  /** What these octets say, from there to there, as a string in JSON; what is no UTF-8 in it becomes U+FFFD. */
  quoted(octets: Uint8Array, from = 0, to = octets.length): this {
    this.#reserve(2 + (to - from > ROUGH ? lengthOf(octets, from, to) : (to - from) * MOST_OF_ONE));
    const chunk = this.#chunk;
    let at = this.#at;
    chunk[at++] = QUOTE;
    for (let index = from; index < to; index += 1) {
      const octet = octets[index] ?? 0;
      const escape = ESCAPES[octet] ?? 0;
      if (escape === 0) chunk[at++] = octet;
      else if (escape === MANY) return this.text(JSON.stringify(decoder.decode(octets.subarray(from, to))));
      else at = escaped(chunk, at, octet, escape);
    }
    chunk[at++] = QUOTE;
    this.#at = at;
    return this;
  }

  /** What was written since the last time. */
  take(): Uint8Array {
    const taken = this.#chunk.subarray(this.#from, this.#at);
    this.#from = this.#at;
    return taken;
  }

  /** Forgets what was written since then. */
  drop(): this {
    this.#at = this.#from;
    return this;
  }

  /** Of a whole number that is not negative. */
  #digits(value: number): void {
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits += 1;
    let rest = value;
    for (let place = this.#at + digits - 1; place >= this.#at; place -= 1) {
      const more = Math.floor(rest / 10);
      this.#chunk[place] = ZERO + rest - more * 10;
      rest = more;
    }
    this.#at += digits;
  }

  #encoded(text: string, at: number): this {
    this.#at = at + encoder.encodeInto(text, this.#chunk.subarray(at)).written;
    return this;
  }

  /** There is room for so many more; what is being written moves along. */
  #reserve(length: number): void {
    if (this.#at + length <= this.#chunk.length) return;
    const begun = this.#chunk.subarray(this.#from, this.#at);
    // Twice as much, so that a long text is not copied for each piece.
    const chunk = new Uint8Array(Math.max(CHUNK, 2 * begun.length + length));
    chunk.set(begun);
    this.#chunk = chunk;
    this.#from = 0;
    this.#at = begun.length;
  }
}

/** How long these become, at most; without what is no ASCII. */
function lengthOf(octets: Uint8Array, from: number, to: number): number {
  let length = to - from;
  for (let index = from; index < to; index += 1) {
    const escape = ESCAPES[octets[index] ?? 0] ?? 0;
    if (escape !== 0) length += escape === U ? MOST_OF_ONE - 1 : 1;
  }
  return length;
}

/** Gives where to go on. */
function escaped(chunk: Uint8Array, begins: number, octet: number, escape: number): number {
  let at = begins;
  chunk[at++] = BACKSLASH;
  chunk[at++] = escape;
  if (escape !== U) return at;
  chunk[at++] = ZERO;
  chunk[at++] = ZERO;
  chunk[at++] = HEX.charCodeAt(octet >> 4);
  chunk[at++] = HEX.charCodeAt(octet & 15);
  return at;
}
