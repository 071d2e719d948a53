import { next } from "../../fsm/table.ts";
import type { Said } from "../../lib/said.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import {
  type NonInviteClientAction,
  type NonInviteClientEvent,
  type NonInviteClientState,
  nonInviteClientTable,
} from "./non-invite-client.fsm.ts";
import { Transaction, type TransactionOwner, UNTOLD } from "./transaction.ts";
import type { ClientTransaction, ClientTransactionUser } from "./user.ts";

/** A non-INVITE client transaction (RFC 3261 §17.1.2): runs `nonInviteClientTable`. */
export class NonInviteClient extends Transaction {
  readonly method: string;
  readonly #owner: TransactionOwner;
  #state: NonInviteClientState = "Trying";
  /** Until the final response. */
  #request: SipRequest | undefined;
  #user: ClientTransactionUser | undefined;
  /** Timer E and how much of Timer F has passed, in milliseconds: both share the one timer slot. */
  #interval = 0;
  #elapsed = 0;

  constructor(
    owner: TransactionOwner,
    key: string,
    flow: Flow,
    request: SipRequest,
    user: ClientTransactionUser | undefined,
  ) {
    super(key, flow);
    this.method = request.method;
    this.#owner = owner;
    this.#request = request;
    this.#user = user;
  }

  override get kind(): "client" {
    return "client";
  }

  start(): void {
    this.#sendRequest();
    const { e, f } = this.#owner.timersFor(this.flow);
    this.#startE(e ?? f);
  }

  received(response: SipResponse, flow: Flow): void {
    this.#step(response.status < 200 ? "1xx" : "200-699", response, flow);
  }

  override transportFailed(reason: Said): void {
    this.#step("transportError", undefined, this.flow, reason);
  }

  override onTimer(): void {
    if (this.#state === "Completed") {
      this.#step("timerK");
      return;
    }
    this.#elapsed += this.#interval;
    this.#step(this.#elapsed >= this.#owner.timersFor(this.flow).f ? "timerF" : "timerE");
  }

  release(): void {
    this.#user = undefined;
  }

  #step(event: NonInviteClientEvent, response?: SipResponse, flow: Flow = this.flow, reason = UNTOLD): void {
    const cell = next(nonInviteClientTable, this.#state, event);
    if (cell === "ignore") return;
    this.#state = cell.to;
    if (cell.to === "Terminated") this.#end();
    for (const action of cell.do) this.#perform(action, response, flow, reason);
  }

  #perform(action: NonInviteClientAction, response: SipResponse | undefined, flow: Flow, reason: Said): void {
    const timers = this.#owner.timersFor(this.flow);
    switch (action) {
      case "sendRequest":
        this.#sendRequest();
        break;
      case "startE":
        this.#startE(Math.min(this.#interval * 2, timers.t2));
        break;
      case "startEAtT2":
        this.#startE(timers.t2);
        break;
      case "startK":
        this.#finish(timers.k);
        break;
      case "informResponse":
        if (response !== undefined) this.#inform(response, flow);
        break;
      case "informTimeout":
        this.#takeUser()?.onTimeout();
        break;
      case "informTransportError":
        this.#takeUser()?.onTransportError(reason);
        break;
    }
  }

  #sendRequest(): void {
    if (this.#request === undefined) return;
    this.#owner.send(this.#request, this.flow, (why) => this.transportFailed(why));
  }

  /** Starts Timer E, cut where Timer F ends. */
  #startE(intervalMs: number): void {
    this.#interval = Math.min(intervalMs, this.#owner.timersFor(this.flow).f - this.#elapsed);
    this.#owner.queues.start(this, this.#interval);
  }

  #finish(lingerMs: number): void {
    this.#request = undefined;
    if (lingerMs > 0) {
      this.#owner.queues.start(this, lingerMs);
      return;
    }
    this.#state = "Terminated";
    this.#end();
  }

  #end(): void {
    this.#request = undefined;
    this.#owner.ended(this);
  }

  #inform(response: SipResponse, flow: Flow): void {
    const user = response.status < 200 ? this.#user : this.#takeUser();
    user?.onResponse(response, flow);
  }

  #takeUser(): ClientTransactionUser | undefined {
    const user = this.#user;
    this.#user = undefined;
    return user;
  }
}

/** What the user of a non-INVITE request holds. */
export class NonInviteClientHandle implements ClientTransaction {
  readonly request: SipRequest;
  readonly #transaction: NonInviteClient;

  constructor(request: SipRequest, transaction: NonInviteClient) {
    this.request = request;
    this.#transaction = transaction;
  }

  get flow(): Flow {
    return this.#transaction.flow;
  }

  /** RFC 3261 §9.1: only an INVITE should be cancelled; others are answered at once or not at all. */
  cancel(): void {}

  abandon(): void {}

  release(): void {
    this.#transaction.release();
  }
}
