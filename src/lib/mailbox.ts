/**
 * A run-to-completion queue: an event that is sent while another is being handled waits its turn, so that
 * a state machine never sees itself half way through a transition.
 */
export class Mailbox<Owner, E> {
  readonly #owner: Owner;
  readonly #handle: (owner: Owner, event: E) => void;
  #queue: E[] | undefined;

  /** `handle`: one function for all owners of a kind. */
  constructor(owner: Owner, handle: (owner: Owner, event: E) => void) {
    this.#owner = owner;
    this.#handle = handle;
  }

  /** Handles the event now, or after the one in progress. */
  send(event: E): void {
    if (this.#queue !== undefined) {
      this.#queue.push(event);
      return;
    }
    const queue: E[] = [event];
    this.#queue = queue;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        this.#handle(this.#owner, next);
    } finally {
      this.#queue = undefined;
    }
  }
}
