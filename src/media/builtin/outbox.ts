/**
 * Messages to another thread that are sent in one turn go over in one piece: what a message costs is mostly the crossing,
 * and a call sends several at a time.
 */
export class Outbox<Message> {
  readonly #post: (messages: readonly Message[]) => void;
  #waiting: Message[] = [];

  constructor(post: (messages: readonly Message[]) => void) {
    this.#post = post;
  }

  /** Goes over at the end of this turn, behind what was put before. */
  put(message: Message): void {
    if (this.#waiting.push(message) === 1) queueMicrotask(() => this.flush());
  }

  /** Now, for who is about to leave. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const messages = this.#waiting;
    this.#waiting = [];
    this.#post(messages);
  }
}
