import { Spending } from "../../lib/spending.ts";
import { followsOnSomething } from "../message/follows.ts";
import { Account } from "./accounts.ts";
import type { Guard, GuardRefusal, Idle } from "./guard.ts";
import type { HostPort, Target } from "./transport.ts";

/** Whose a stream is; one that we opened has a target. */
export interface StreamOwner {
  readonly transport: "tcp" | "tls";
  readonly remote: HostPort;
  readonly target: Target | undefined;
}

/** What one stream may bring, by the guard: on its own account where we opened it, else on its source's. */
export class StreamCredit {
  readonly #guard: Guard;
  readonly #owner: StreamOwner;
  /** Of a stream that we opened ourselves. */
  readonly #account: Account | undefined;
  /** What this stream alone has brought. */
  readonly #own = { message: new Spending(), keepAlive: new Spending(), piece: new Spending() };

  constructor(guard: Guard, owner: StreamOwner) {
    this.#guard = guard;
    this.#owner = owner;
    this.#account = owner.target === undefined ? undefined : new Account();
  }

  /** A stream that we opened leads to a trunk, one that came in is known by whose it is. */
  get isKnown(): boolean {
    const { transport, remote } = this.#owner;
    return this.#account !== undefined || this.#guard.isKnown(transport, remote);
  }

  /** Whether it may bring this message too; undefined: it may. */
  message(bytes: Buffer): GuardRefusal | undefined {
    const { transport, remote } = this.#owner;
    const follows = followsOnSomething(bytes);
    return this.#account === undefined
      ? this.#guard.admit(transport, remote, follows, this.#own.message)
      : this.#guard.admitOurs(this.#account, follows);
  }

  /** Whether it may bring one more keep-alive, lone CRLF or piece of a message. */
  idle(what: Idle): boolean {
    const { transport, remote } = this.#owner;
    return this.#account === undefined
      ? this.#guard.admitIdle(transport, remote, what, this.#own[what])
      : what === "piece" || this.#guard.admitOurs(this.#account, false) === undefined;
  }
}
