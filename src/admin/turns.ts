/** Work that is done one after the other, in the order it came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when the work that has been taken so far is done; never rejects. */
  get last(): Promise<unknown> {
    return this.#last;
  }

  /** Does the work in its turn; the result is the work's own, a failure keeps nobody else from theirs. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
