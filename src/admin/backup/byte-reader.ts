/** Reads lines and numbers of octets from what comes in pieces of any size. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #ended: () => Error;
  #rest = Buffer.alloc(0);

  /** `ended`: what is thrown where more is asked for than there is. */
  constructor(source: AsyncIterable<Uint8Array>, ended: () => Error) {
    this.#source = source[Symbol.asyncIterator]();
    this.#ended = ended;
  }

  /** Without its end; undefined: there is none within so many octets. */
  async line(longest: number): Promise<string | undefined> {
    for (;;) {
      const at = this.#rest.indexOf(0x0a);
      if (at >= 0) {
        const text = this.#rest.subarray(0, at).toString("utf8");
        this.#rest = this.#rest.subarray(at + 1);
        return at <= longest ? text : undefined;
      }
      if (this.#rest.length > longest || !(await this.#more())) return undefined;
    }
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#rest.length < count) if (!(await this.#more())) throw this.#ended();
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  /** So many octets, in the pieces in which they come. */
  async *pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw this.#ended();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#more());
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      this.#rest = Buffer.concat([this.#rest, next.value]);
      return true;
    }
  }
}
