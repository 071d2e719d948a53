/**
 * An owner. What a call, a listener or a request starts is registered here, and closing the scope ends all
 * of it once, newest first. A scope that is already closed ends a late arrival at once.
 */
export class Scope {
  readonly #endings = new Set<() => void>();
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
    this.#endings.add(end);
    return () => this.#endings.delete(end);
  }

  /** Ends everything once. An ending that throws does not keep the others from running; the first error is rethrown. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const errors: unknown[] = [];
    for (const end of [...this.#endings].reverse()) {
      try {
        end();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#endings.clear();
    if (errors.length > 0) throw errors[0];
  }
}
