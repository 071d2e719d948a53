import type { Counters } from "../../lib/counters.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import { withTopVia } from "../message/build.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import type { Flow, Transport } from "../transport/transport.ts";
import { ClientSide } from "./client-side.ts";
import { FlowMembers } from "./flow-members.ts";
import { newBranch, viaFor } from "./matching.ts";
import { type ServerLimits, ServerSide } from "./server-side.ts";
import { TimerQueues } from "./timer-queue.ts";
import { type BaseTimers, defaultBaseTimers, type TransactionTimers, transactionTimers } from "./timers.ts";
import type { Transaction, TransactionOwner } from "./transaction.ts";
import type { ClientTransaction, ClientTransactionUser, Transactions, TransactionUser } from "./user.ts";

export interface TransactionsOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters?: Counters;
  readonly timers?: Partial<BaseTimers>;
  readonly limits?: Partial<ServerLimits>;
}

const defaultLimits: ServerLimits = { maxServer: 100_000 };

/** Bits of randomness in a branch: nobody can answer a request that he has not seen. */
const BRANCH_BITS = 96;

const silent: Counters = { add() {} };

/**
 * The transaction layer over a transport (RFC 3261 §17). It takes over what the transport receives once `use` has
 * named its user. Counters: `sip_responses_dropped{reason}`, `sip_responses_withheld{reason}`,
 * `sip_requests_refused{reason}`, `sip_acks_failed`.
 */
export function createTransactions(options: TransactionsOptions): Transactions {
  return new Layer(options);
}

class Layer implements Transactions, TransactionOwner {
  readonly queues: TimerQueues;
  readonly #transport: Transport;
  readonly #ids: Ids;
  readonly #counters: Counters;
  readonly #unreliable: TransactionTimers;
  readonly #reliable: TransactionTimers;
  readonly #clients: ClientSide;
  readonly #servers: ServerSide;
  readonly #members = new FlowMembers();
  /** Who wants to know that a stream is gone; each takes itself back. */
  readonly #watchers = new Map<Flow, Set<() => void>>();
  #user: TransactionUser | undefined = undefined;

  constructor(options: TransactionsOptions) {
    const base = { ...defaultBaseTimers, ...options.timers };
    this.queues = new TimerQueues(options.clock);
    this.#transport = options.transport;
    this.#ids = options.ids;
    this.#counters = options.counters ?? silent;
    this.#unreliable = transactionTimers(base, false);
    this.#reliable = transactionTimers(base, true);
    this.#clients = new ClientSide(this, this.#members);
    this.#servers = new ServerSide(this, this.#members, this.#ids, { ...defaultLimits, ...options.limits });
  }

  get user(): TransactionUser {
    if (this.#user === undefined) throw new Error("the transaction layer has no user yet");
    return this.#user;
  }

  use(user: TransactionUser): void {
    this.#user = user;
    this.#transport.handle({
      onMessage: (message, flow) => {
        if (message.kind === "request") this.#servers.received(message, flow);
        else this.#clients.received(message, flow);
      },
      onFault: () => {},
      onFlowClosed: (flow, reason) => {
        for (const transaction of this.#members.of(flow)) transaction.transportFailed(reason);
        const watchers = this.#watchers.get(flow) ?? [];
        this.#watchers.delete(flow);
        for (const told of watchers) told();
      },
    });
  }

  request(request: SipRequest, flow: Flow, user: ClientTransactionUser): ClientTransaction {
    const branch = this.#newBranch();
    return this.#clients.start(withTopVia(request, viaFor(flow, branch)), branch, flow, user);
  }

  onceClosed(flow: Flow, told: () => void): () => void {
    const watchers = this.#watchers.get(flow) ?? new Set();
    this.#watchers.set(flow, watchers.add(told));
    return () => {
      watchers.delete(told);
      if (watchers.size === 0 && this.#watchers.get(flow) === watchers) this.#watchers.delete(flow);
    };
  }

  sendAck(ack: SipRequest, flow: Flow, onError?: (reason: Said) => void): void {
    // RFC 3261 §13.2.2.4: a request of its own with a branch of its own, and nothing answers it.
    const message = withTopVia(ack, viaFor(flow, this.#newBranch()));
    this.send(message, flow, (reason) => {
      this.count("sip_acks_failed");
      onError?.(reason);
    });
  }

  counts(): ReturnType<Transactions["counts"]> {
    return {
      inviteClient: this.#clients.count("inviteClient"),
      client: this.#clients.count("client"),
      inviteServer: this.#servers.count("inviteServer"),
      server: this.#servers.count("server"),
    };
  }

  close(): void {
    this.queues.close();
    this.#clients.clear();
    this.#servers.clear();
    this.#members.clear();
    this.#watchers.clear();
  }

  timersFor(flow: Flow): TransactionTimers {
    return flow.reliable ? this.#reliable : this.#unreliable;
  }

  send(message: SipMessage, flow: Flow, onError: (reason: Said) => void): void {
    this.#transport.send(message, flow, onError);
  }

  startCancel(cancel: SipRequest, flow: Flow, onBroken: () => void = () => {}): void {
    const user = { onResponse() {}, onTimeout() {}, onTransportError: onBroken };
    this.#clients.start(cancel, cancel.via.branch ?? "", flow, user);
  }

  ended(transaction: Transaction): void {
    this.queues.cancel(transaction);
    this.#members.delete(transaction);
    if (transaction.kind === "client" || transaction.kind === "inviteClient")
      this.#clients.delete(transaction);
    else this.#servers.delete(transaction);
  }

  count(name: string): void {
    this.#counters.add(name);
  }

  #newBranch(): string {
    return newBranch(this.#ids.hex(BRANCH_BITS));
  }
}
