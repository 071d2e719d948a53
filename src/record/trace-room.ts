/** A piece of the room; larger traces have a memory of their own. */
const PIECE = 256 * 1024;
/** So much is kept: what 400 calls are written in. More wait only while the store is slow. */
const MOST_PIECES = 16;

/**
 * Where the traces of rows stand until they are written: memory that is used again and again. A memory of its own for each, or
 * for a few, would have become old by then, and V8 would go over all objects every few seconds to be rid of it.
 */
export class TraceRoom {
  readonly #pieces: Uint8Array[] = [];
  /** The piece that is being filled, and how far. */
  #piece = 0;
  #used = 0;

  /** Octets that nobody else has until `clear`; what is in them is any. */
  readonly take = (length: number): Uint8Array => {
    if (length > PIECE) return new Uint8Array(length);
    if (this.#used + length > PIECE) {
      this.#piece += 1;
      this.#used = 0;
    }
    if (this.#piece >= MOST_PIECES) return new Uint8Array(length);
    this.#pieces[this.#piece] ??= new Uint8Array(PIECE);
    this.#used += length;
    return this.#pieces[this.#piece]?.subarray(this.#used - length, this.#used) ?? new Uint8Array(length);
  };

  /** Nobody needs what was taken any more. */
  clear(): void {
    this.#piece = 0;
    this.#used = 0;
  }
}
