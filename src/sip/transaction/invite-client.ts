import { next } from "../../fsm/table.ts";
import type { Said } from "../../lib/said.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { buildCancel, buildHopAck } from "./hop-requests.ts";
import {
  type InviteClientAction,
  type InviteClientEvent,
  type InviteClientState,
  inviteClientTable,
} from "./invite-client.fsm.ts";
import { Transaction, type TransactionOwner, UNTOLD } from "./transaction.ts";
import type { ClientTransaction, ClientTransactionUser, WayNow } from "./user.ts";

type Fields = readonly (readonly [name: string, value: string])[];

/** An INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §7.2): runs `inviteClientTable`. */
export class InviteClient extends Transaction {
  readonly #owner: TransactionOwner;
  #state: InviteClientState = "Calling";
  /** Until the final response: what is repeated, cancelled and acknowledged. */
  #request: SipRequest | undefined;
  #user: ClientTransactionUser | undefined;
  /** In Completed: one ACK for every copy of the final response. */
  #ack: SipRequest | undefined = undefined;
  /** A CANCEL that waits for the first provisional response. */
  #pendingCancel: Fields | undefined = undefined;
  #wayNow: WayNow | undefined = undefined;
  #cancelSent = false;
  /** Timer A and how much of Timer B has passed, in milliseconds: both share the one timer slot. */
  #interval = 0;
  #elapsed = 0;

  constructor(
    owner: TransactionOwner,
    key: string,
    flow: Flow,
    request: SipRequest,
    user: ClientTransactionUser,
  ) {
    super(key, flow);
    this.#owner = owner;
    this.#request = request;
    this.#user = user;
  }

  override get kind(): "inviteClient" {
    return "inviteClient";
  }

  get method(): string {
    return "INVITE";
  }

  start(): void {
    this.#sendInvite();
    const { a, b } = this.#owner.timersFor(this.flow);
    this.#interval = Math.min(a ?? b, b);
    this.#owner.queues.start(this, this.#interval);
  }

  received(response: SipResponse, flow: Flow): void {
    const { status } = response;
    this.#step(status < 200 ? "1xx" : status < 300 ? "2xx" : "300-699", response, flow);
  }

  override transportFailed(reason: Said): void {
    const mayHaveIt = this.#state === "Calling" && this.flow.connected === true && !this.flow.open;
    this.#step(mayHaveIt ? "streamLost" : "transportError", undefined, this.flow, reason);
  }

  override onTimer(): void {
    switch (this.#state) {
      case "Calling":
        this.#elapsed += this.#interval;
        this.#step(this.#elapsed >= this.#owner.timersFor(this.flow).b ? "timerB" : "timerA");
        break;
      case "Proceeding":
        this.#step("cancelTimer");
        break;
      case "Completed":
        this.#step("timerD");
        break;
      case "Accepted":
        this.#step("timerM");
        break;
      case "Terminated":
        break;
    }
  }

  cancel(fields: Fields, wayNow?: WayNow): void {
    this.#wayNow = wayNow;
    if (this.#state === "Calling") this.#pendingCancel ??= fields;
    else if (this.#state === "Proceeding") this.#sendCancel(fields);
  }

  /**
   * DEVIATION(RFC 3261 §9.1): CANCEL before any response. It must wait so that it overtakes no INVITE; of this one nothing can come any
   * more, as its stream was reset.
   */
  abandon(way: Flow): void {
    if (this.#state !== "Calling" || this.#request === undefined) return;
    this.#pendingCancel ??= [];
    this.#owner.startCancel(buildCancel(this.#request, []), way);
  }

  release(): void {
    this.#user = undefined;
  }

  #step(event: InviteClientEvent, response?: SipResponse, flow: Flow = this.flow, reason = UNTOLD): void {
    const cell = next(inviteClientTable, this.#state, event);
    if (cell === "ignore") return;
    this.#state = cell.to;
    if (cell.to === "Terminated") this.#end();
    for (const action of cell.do) this.#perform(action, response, flow, reason);
  }

  #perform(action: InviteClientAction, response: SipResponse | undefined, flow: Flow, reason: Said): void {
    switch (action) {
      case "sendInvite":
        this.#sendInvite();
        break;
      case "startA":
        this.#startA();
        break;
      case "sendPendingCancel":
        this.#owner.queues.cancel(this);
        if (this.#pendingCancel !== undefined) this.#sendCancel(this.#pendingCancel, flow);
        break;
      case "cancelOnceHeard":
        this.#pendingCancel ??= [];
        break;
      case "buildAck":
        if (this.#request !== undefined && response !== undefined) {
          this.#ack = buildHopAck(this.#request, response);
        }
        break;
      case "sendAck":
        // Where the INVITE's stream is closed, to where the response came from.
        if (this.#ack !== undefined)
          this.#owner.send(this.#ack, this.flow.open ? this.flow : flow, (why) => this.transportFailed(why));
        break;
      case "startD":
        this.#finish(this.#owner.timersFor(this.flow).d);
        break;
      case "startM":
        this.#finish(this.#owner.timersFor(this.flow).m);
        break;
      case "informResponse":
        if (response !== undefined) this.#inform(response, flow);
        break;
      case "informOver":
        this.#takeUser()?.onOver?.();
        break;
      case "informStray":
        if (response !== undefined) this.#owner.user.onStrayResponse(response, flow);
        break;
      case "informTimeout":
        this.#takeUser()?.onTimeout();
        break;
      case "informStreamLost":
        this.#user?.onStreamLost?.(reason);
        break;
      case "informTransportError":
        this.#takeUser()?.onTransportError(reason);
        break;
    }
  }

  #sendInvite(): void {
    if (this.#request === undefined) return;
    this.#owner.send(this.#request, this.flow, (why) => this.transportFailed(why));
  }

  /** Timer A doubles without a bound (RFC 3261 §17.1.1.2), cut where Timer B ends. */
  #startA(): void {
    this.#interval = Math.min(this.#interval * 2, this.#owner.timersFor(this.flow).b - this.#elapsed);
    this.#owner.queues.start(this, this.#interval);
  }

  /** `cameFrom`: where the peer has spoken of the INVITE. */
  #sendCancel(fields: Fields, cameFrom = this.flow): void {
    if (this.#cancelSent || this.#request === undefined) return;
    this.#cancelSent = true;
    this.#pendingCancel = undefined;
    this.#owner.queues.start(this, this.#owner.timersFor(this.flow).cancel);
    const way = this.flow.open ? this.flow : (this.#wayNow?.() ?? cameFrom);
    const cancel = buildCancel(this.#request, fields);
    this.#owner.startCancel(cancel, way, () => {
      // Once more where the peer, a phone that rings on, is by now.
      const now = this.#state === "Proceeding" ? this.#wayNow?.() : undefined;
      if (now !== undefined && now !== way) this.#owner.startCancel(cancel, now);
    });
  }

  /** A final response has come: what is left is to absorb, or to report more 2xx, for a while. */
  #finish(lingerMs: number): void {
    this.#request = undefined;
    this.#pendingCancel = undefined;
    this.#wayNow = undefined;
    if (lingerMs > 0) {
      this.#owner.queues.start(this, lingerMs);
      return;
    }
    this.#state = "Terminated";
    this.#end();
  }

  #end(): void {
    this.#request = undefined;
    this.#ack = undefined;
    this.#owner.ended(this);
  }

  #inform(response: SipResponse, flow: Flow): void {
    const user = this.#user;
    // After a non-2xx final response there is nothing more to tell.
    if (response.status >= 300) this.#user = undefined;
    if (user !== undefined) user.onResponse(response, flow);
    else if (response.status >= 200 && response.status < 300)
      this.#owner.user.onStrayResponse(response, flow);
  }

  #takeUser(): ClientTransactionUser | undefined {
    const user = this.#user;
    this.#user = undefined;
    return user;
  }
}

/** What the user of an INVITE holds. */
export class InviteClientHandle implements ClientTransaction {
  readonly request: SipRequest;
  readonly #transaction: InviteClient;

  constructor(request: SipRequest, transaction: InviteClient) {
    this.request = request;
    this.#transaction = transaction;
  }

  get flow(): Flow {
    return this.#transaction.flow;
  }

  cancel(headers: Fields = [], wayNow?: WayNow): void {
    this.#transaction.cancel(headers, wayNow);
  }

  abandon(way: Flow): void {
    this.#transaction.abandon(way);
  }

  release(): void {
    this.#transaction.release();
  }
}
