import type { Said } from "../../lib/said.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { sipSaid } from "../words.ts";
import { Timed, type TimerQueues } from "./timer-queue.ts";
import type { TransactionTimers } from "./timers.ts";
import type { TransactionUser } from "./user.ts";

/** Of steps that tell nobody why: a reason comes with a transport error alone. */
export const UNTOLD = sipSaid("flow.untold", {});

export type TransactionKind = "inviteClient" | "client" | "inviteServer" | "server";

/**
 * What the layer's tables hold of a transaction. Messages and users are kept only as long as a state needs them:
 * over UDP most transactions wait for 32 s with nothing to do but absorb.
 */
export abstract class Transaction extends Timed {
  /** Its place in the layer's table of its side. */
  readonly key: string;
  readonly flow: Flow;

  constructor(key: string, flow: Flow) {
    super();
    this.key = key;
    this.flow = flow;
  }

  abstract get kind(): TransactionKind;

  /** A message could not be sent, or the connection broke. */
  abstract transportFailed(reason: Said): void;
}

/** What a transaction needs of the layer that owns it. */
export interface TransactionOwner {
  readonly queues: TimerQueues;
  /** The user of the layer. */
  readonly user: TransactionUser;
  timersFor(flow: Flow): TransactionTimers;
  send(message: SipMessage, flow: Flow, onError: (reason: Said) => void): void;
  /** Sends a CANCEL, Via included, in a client transaction of its own that tells nobody more than that its stream broke. */
  startCancel(cancel: SipRequest, flow: Flow, onBroken?: () => void): void;
  /** It is Terminated: forgets it and its timer. */
  ended(transaction: Transaction): void;
  count(name: string): void;
}
