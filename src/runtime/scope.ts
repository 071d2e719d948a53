/** How to end something; a chain, for a Set of two is twice as large, and every call that is up has one. */
interface Owned {
  readonly end: () => void;
  older: Owned | undefined;
}

/**
 * An owner. What a call, a listener or a request starts is registered here, and closing the scope ends all
 * of it once, newest first. A scope that is already closed ends a late arrival at once.
 */
export class Scope {
  #newest: Owned | undefined;
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** Registers how to end something; the returned function forgets it again (it ended by itself). */
  own(end: () => void): () => void {
    if (this.#closed) {
      end();
      return () => {};
    }
    const owned = { end, older: this.#newest };
    this.#newest = owned;
    return () => this.#forget(owned);
  }

  /** Ends everything once. An ending that throws does not keep the others from running; the first error is rethrown. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const errors: unknown[] = [];
    for (let owned = this.#newest; owned !== undefined; owned = owned.older) {
      try {
        owned.end();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#newest = undefined;
    if (errors.length > 0) throw errors[0];
  }

  #forget(owned: Owned): void {
    if (this.#newest === owned) this.#newest = owned.older;
    for (let newer = this.#newest; newer !== undefined; newer = newer.older)
      if (newer.older === owned) newer.older = owned.older;
  }
}
