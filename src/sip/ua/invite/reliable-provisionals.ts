import type { Timer } from "../../../runtime/clock.ts";
import type { SipRequest, SipResponse } from "../../message/message.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import { T1, type UaContext } from "../context.ts";

interface Waiting {
  /** To tag of its early dialog. */
  readonly tag: string;
  readonly make: (rseq: number) => SipResponse;
  /** It carried SDP: no 2xx before its PRACK (RFC 3262 §5). */
  readonly hasBody: boolean;
}

/**
 * Reliable provisional responses of one INVITE (RFC 3262 §3): one at a time, each repeated from T1 by doubling
 * without the T2 cap until its PRACK, given up after 64*T1.
 */
export class ReliableProvisionals {
  readonly #context: UaContext;
  readonly #transaction: ServerTransaction;
  readonly #onGivenUp: () => void;
  readonly #queue: Waiting[] = [];
  /** Last RSeq by To tag: each early dialog numbers without gaps (RFC 3262 §4). */
  readonly #rseq = new Map<string, number>();
  #current:
    | {
        readonly response: SipResponse;
        readonly tag: string;
        readonly rseq: number;
        readonly hasBody: boolean;
      }
    | undefined;
  #timer: Timer | undefined;
  #afterwards: (() => void) | undefined;

  constructor(context: UaContext, transaction: ServerTransaction, onGivenUp: () => void) {
    this.#context = context;
    this.#transaction = transaction;
    this.#onGivenUp = onGivenUp;
  }

  /** Sends now, or once the PRACK for the one before has come. `make` gets the RSeq to put in. */
  send(tag: string, make: (rseq: number) => SipResponse, hasBody: boolean): void {
    this.#queue.push({ tag, make, hasBody });
    this.#next();
  }

  /** Runs `accept` now, or after the PRACKs that a 2xx has to wait for. */
  whenAcceptable(accept: () => void): void {
    const waits = this.#current?.hasBody === true || this.#queue.some((one) => one.hasBody);
    if (waits) this.#afterwards = accept;
    else {
      this.stop();
      accept();
    }
  }

  /** True if the PRACK acknowledges the response in flight: To tag, and in RAck its RSeq, CSeq number and method (§3). */
  acknowledge(prack: SipRequest): boolean {
    const [rseq, cseq, method] = (prack.headers.get("rack") ?? "").trim().split(/[ \t]+/, 4);
    const current = this.#current;
    if (current === undefined || prack.to.tag !== current.tag) return false;
    if (Number(rseq) !== current.rseq) return false;
    if (Number(cseq) !== this.#transaction.request.cseq.number || method !== "INVITE") return false;
    this.#timer?.cancel();
    this.#current = undefined;
    this.#next();
    const afterwards = this.#afterwards;
    if (afterwards !== undefined && this.#current === undefined) {
      this.#afterwards = undefined;
      afterwards();
    }
    return true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#current = undefined;
    this.#afterwards = undefined;
    this.#queue.length = 0;
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    const { tag, make, hasBody } = waiting;
    const before = this.#rseq.get(tag);
    const rseq = before === undefined ? 1 + this.#context.ids.integer(0x7fff_0000) : before + 1;
    this.#rseq.set(tag, rseq);
    this.#current = { response: make(rseq), tag, rseq, hasBody };
    this.#transaction.respond(this.#current.response);
    this.#repeat(T1, this.#context.clock.now());
  }

  #repeat(delayMs: number, startedAt: number): void {
    // Cut where 64*T1 end: 32 s are no sum of doubling intervals.
    const leftMs = startedAt + 64 * T1 - this.#context.clock.now();
    this.#timer = this.#context.clock.after(Math.min(delayMs, leftMs), () => {
      const current = this.#current;
      if (current === undefined) return;
      if (this.#context.clock.now() - startedAt >= 64 * T1) {
        this.stop();
        this.#onGivenUp();
        return;
      }
      this.#transaction.respond(current.response);
      this.#repeat(delayMs * 2, startedAt);
    });
  }
}
