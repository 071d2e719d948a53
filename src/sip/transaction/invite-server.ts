import { next } from "../../fsm/table.ts";
import type { Said } from "../../lib/said.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { sipSaid } from "../words.ts";
import {
  type InviteServerAction,
  type InviteServerEvent,
  type InviteServerState,
  inviteServerTable,
} from "./invite-server.fsm.ts";
import { Transaction, type TransactionOwner, UNTOLD } from "./transaction.ts";
import type { ServerTransaction, WayNow } from "./user.ts";

const ANSWER_NOT_TAKEN = sipSaid("peer.answerNotTaken", {});

/** An INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1): runs `inviteServerTable`. */
export class InviteServer extends Transaction {
  /** Its place among the copies of one request (see `familyKey`). */
  readonly family: string | undefined;
  readonly #owner: TransactionOwner;
  #state: InviteServerState = "Proceeding";
  /** Until a 2xx, or until the ACK to another final response. */
  #handle: InviteServerHandle | undefined;
  /** The response to repeat: the last provisional one, or a final one until its ACK. */
  #response: SipResponse | undefined = undefined;
  #toTag: string | undefined = undefined;
  #cancelled = false;
  /** Timer G and how much of Timer H has passed, in milliseconds: both share the one timer slot. */
  #interval = 0;
  #elapsed = 0;

  constructor(owner: TransactionOwner, key: string, family: string, flow: Flow, request: SipRequest) {
    super(key, flow);
    this.family = family;
    this.#owner = owner;
    this.#handle = new InviteServerHandle(request, this);
  }

  override get kind(): "inviteServer" {
    return "inviteServer";
  }

  get handle(): ServerTransaction | undefined {
    return this.#handle;
  }

  get answered(): boolean {
    return this.#state !== "Proceeding";
  }

  /** Whether a copy of the request that came another way is merged with this one (RFC 3261 §8.2.2.2). */
  get ongoing(): boolean {
    return this.#state === "Proceeding" || this.#state === "Accepted";
  }

  /** A non-2xx final response has been sent: its ACK belongs here. */
  get refused(): boolean {
    return this.#state === "Completed" || this.#state === "Confirmed";
  }

  /** The To tag of our responses, as far as one has been sent. */
  get toTag(): string | undefined {
    return this.#toTag ?? this.#response?.to.tag;
  }

  /** The same INVITE again. */
  repeated(): void {
    this.#step("INVITE");
  }

  acknowledged(ack: SipRequest, flow: Flow): void {
    this.#step("ACK", { ack, flow });
  }

  /** Notes that a CANCEL has come for it; true for the first. */
  firstCancel(): boolean {
    const first = !this.#cancelled;
    this.#cancelled = true;
    return first;
  }

  respond(response: SipResponse, handle: InviteServerHandle): void {
    const { status } = response;
    const event = status < 200 ? "send1xx" : status < 300 ? "send2xx" : "send300-699";
    this.#step(event, { response, handle });
  }

  dismiss(response: SipResponse): void {
    if (this.#state !== "Proceeding") return;
    this.#state = "Terminated";
    this.#owner.ended(this);
    this.#owner.send(response, this.flow, () => {});
    this.#forget();
  }

  override transportFailed(reason: Said): void {
    this.#step("transportError", { reason, handle: this.#handle });
  }

  override onTimer(): void {
    switch (this.#state) {
      case "Completed":
        this.#elapsed += this.#interval;
        this.#step(this.#elapsed >= this.#owner.timersFor(this.flow).h ? "timerH" : "timerG");
        break;
      case "Confirmed":
        this.#step("timerI");
        break;
      case "Accepted":
        this.#step("timerL");
        break;
      case "Proceeding":
      case "Terminated":
        break;
    }
  }

  #step(event: InviteServerEvent, input: Input = noInput): void {
    const cell = next(inviteServerTable, this.#state, event);
    if (cell === "ignore") return;
    this.#state = cell.to;
    if (cell.to === "Terminated") this.#owner.ended(this);
    for (const action of cell.do) this.#perform(action, input);
    if (cell.to === "Terminated") this.#forget();
  }

  #perform(action: InviteServerAction, input: Input): void {
    const timers = this.#owner.timersFor(this.flow);
    switch (action) {
      case "sendResponse":
        if (input.response !== undefined) this.#sendNew(input.response, input.handle);
        break;
      case "repeatResponse":
        if (this.#response !== undefined) this.#send(this.#response, this.#handle);
        break;
      case "startGH":
        this.#interval = Math.min(timers.g ?? timers.h, timers.h);
        this.#owner.queues.start(this, this.#interval);
        break;
      case "startG":
        this.#interval = Math.min(this.#interval * 2, timers.t2, timers.h - this.#elapsed);
        this.#owner.queues.start(this, this.#interval);
        break;
      case "startI":
        this.#forget();
        this.#linger(timers.i);
        break;
      case "startL":
        this.#forget();
        this.#linger(timers.l);
        break;
      case "informAck":
        if (input.ack !== undefined) this.#owner.user.onAck(input.ack, input.flow ?? this.flow);
        break;
      case "informNoAck":
        this.#informFailure(this.#handle, ANSWER_NOT_TAKEN);
        break;
      case "informTransportError":
        this.#informFailure(input.handle, input.reason ?? UNTOLD);
        break;
    }
  }

  #sendNew(response: SipResponse, handle: InviteServerHandle | undefined): void {
    if (response.status >= 200) this.#toTag ??= response.to.tag;
    this.#response = response;
    this.#send(response, handle);
  }

  #send(response: SipResponse, handle: InviteServerHandle | undefined): void {
    const way = this.flow.open ? this.flow : (handle?.wayNow?.() ?? this.flow);
    this.#owner.send(response, way, (reason) => this.#step("transportError", { reason, handle }));
  }

  #informFailure(handle: InviteServerHandle | undefined, reason: Said): void {
    if (handle !== undefined) this.#owner.user.onServerFailure(handle, reason);
  }

  #linger(lingerMs: number): void {
    if (lingerMs > 0) {
      this.#owner.queues.start(this, lingerMs);
      return;
    }
    this.#state = "Terminated";
    this.#owner.ended(this);
  }

  #forget(): void {
    this.#handle = undefined;
    this.#response = undefined;
  }
}

interface Input {
  readonly response?: SipResponse;
  readonly ack?: SipRequest;
  readonly flow?: Flow;
  readonly reason?: Said;
  readonly handle?: InviteServerHandle | undefined;
}

const noInput: Input = {};

/** What the user of an INVITE server transaction holds; it alone keeps the request alive after the answer. */
class InviteServerHandle implements ServerTransaction {
  readonly request: SipRequest;
  /** For a response whose stream is closed. Here, as it holds the call, which the transaction outlives by 32 s. */
  wayNow: WayNow | undefined = undefined;
  readonly #transaction: InviteServer;

  constructor(request: SipRequest, transaction: InviteServer) {
    this.request = request;
    this.#transaction = transaction;
  }

  get key(): string {
    return this.#transaction.key;
  }

  get flow(): Flow {
    return this.#transaction.flow;
  }

  get answered(): boolean {
    return this.#transaction.answered;
  }

  answerBy(wayNow: WayNow): void {
    this.wayNow = wayNow;
  }

  respond(response: SipResponse): void {
    this.#transaction.respond(response, this);
  }

  dismiss(response: SipResponse): void {
    this.#transaction.dismiss(response);
  }
}
