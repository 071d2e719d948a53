import { next } from "../../fsm/table.ts";
import type { Said } from "../../lib/said.ts";
import { buildResponse } from "../message/build.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { sipSaid } from "../words.ts";
import {
  type NonInviteServerAction,
  type NonInviteServerEvent,
  type NonInviteServerState,
  nonInviteServerTable,
} from "./non-invite-server.fsm.ts";
import { preserved, revived } from "./preserved-response.ts";
import { Transaction, type TransactionOwner, UNTOLD } from "./transaction.ts";
import type { ServerTransaction, WayNow } from "./user.ts";

const NOT_ANSWERED = sipSaid("peer.notAnswered", {});

/** A non-INVITE server transaction (RFC 3261 §17.2.2, RFC 4320): runs `nonInviteServerTable`. */
export class NonInviteServer extends Transaction {
  /** Its place among the copies of one request (see `familyKey`); none for a request within a dialog. */
  readonly family: string | undefined;
  readonly #owner: TransactionOwner;
  #state: NonInviteServerState = "Trying";
  /** Until the final response. */
  #handle: NonInviteServerHandle | undefined;
  /** The response to repeat; a final one is kept as text, for 32 s over UDP. */
  #response: SipResponse | string | undefined = undefined;
  /** Which of its two timers runs in Proceeding. */
  #expiring = false;
  #refused = false;

  constructor(
    owner: TransactionOwner,
    key: string,
    family: string | undefined,
    flow: Flow,
    request: SipRequest,
  ) {
    super(key, flow);
    this.family = family;
    this.#owner = owner;
    this.#handle = new NonInviteServerHandle(request, this);
  }

  override get kind(): "server" {
    return "server";
  }

  get handle(): ServerTransaction | undefined {
    return this.#handle;
  }

  get answered(): boolean {
    return this.#state === "Completed" || this.#state === "Terminated";
  }

  /** Whether a copy of the request that came another way is merged with this one (RFC 3261 §8.2.2.2). */
  get ongoing(): boolean {
    return !this.#refused;
  }

  start(): void {
    this.#owner.queues.start(this, this.#owner.timersFor(this.flow).trying);
  }

  /** The same request again. */
  repeated(): void {
    this.#step("request");
  }

  respond(response: SipResponse): void {
    const { status } = response;
    if (status < 200) {
      // RFC 4320 §4.1: no provisional response but 100, and over UDP not before the client's Timer E is T2: the
      // timer of this transaction sends it then.
      if (status === 100 && (this.flow.reliable || this.#state !== "Trying")) this.#step("send1xx", response);
      else this.#owner.count(`sip_responses_withheld{reason="provisional"}`);
    } else if (status === 408) {
      this.#owner.count(`sip_responses_withheld{reason="408"}`);
      this.#step("send408");
    } else {
      this.#refused = status >= 300;
      this.#step("send200-699", response);
    }
  }

  override transportFailed(reason: Said): void {
    this.#failed(reason, this.#handle);
  }

  override onTimer(): void {
    switch (this.#state) {
      case "Trying":
        this.#step("tryingTimer");
        break;
      case "Proceeding":
        this.#step(this.#expiring ? "expiryTimer" : "tryingTimer");
        break;
      case "Completed":
        this.#step("timerJ");
        break;
      case "Terminated":
        break;
    }
  }

  #step(event: NonInviteServerEvent, response?: SipResponse, handle = this.#handle, reason = UNTOLD): void {
    const cell = next(nonInviteServerTable, this.#state, event);
    if (cell === "ignore") return;
    this.#state = cell.to;
    if (cell.to === "Terminated") this.#end();
    for (const action of cell.do) this.#perform(action, response, handle, reason);
  }

  #perform(
    action: NonInviteServerAction,
    response: SipResponse | undefined,
    handle: NonInviteServerHandle | undefined,
    reason: Said,
  ): void {
    const timers = this.#owner.timersFor(this.flow);
    switch (action) {
      case "sendResponse":
        this.#response = response;
        this.#send(response);
        break;
      case "repeatResponse":
        this.#send(typeof this.#response === "string" ? revived(this.#response) : this.#response);
        break;
      case "sendTrying":
        if (handle !== undefined) this.#sendTrying(handle.request);
        break;
      case "startExpiry":
        this.#expiring = true;
        this.#owner.queues.start(this, timers.expiry - timers.trying);
        break;
      case "startJ":
        this.#handle = undefined;
        this.#linger(timers.j);
        break;
      case "informExpired":
        this.#informFailure(handle, NOT_ANSWERED);
        break;
      case "informTransportError":
        this.#informFailure(handle, reason);
        break;
    }
  }

  #sendTrying(request: SipRequest): void {
    const trying = buildResponse(request, 100);
    this.#response = trying;
    this.#send(trying);
  }

  #send(response: SipResponse | undefined): void {
    const handle = this.#handle;
    if (response === undefined) return;
    const way = this.flow.open ? this.flow : (handle?.wayNow?.() ?? this.flow);
    this.#owner.send(response, way, (reason) => this.#failed(reason, handle));
  }

  #failed(reason: Said, handle: NonInviteServerHandle | undefined): void {
    this.#step("transportError", undefined, handle, reason);
  }

  #informFailure(handle: NonInviteServerHandle | undefined, reason: Said): void {
    // The layer itself answers a CANCEL: the user has never heard of it.
    if (handle === undefined || handle.request.method === "CANCEL") return;
    this.#owner.user.onServerFailure(handle, reason);
  }

  #linger(lingerMs: number): void {
    if (lingerMs > 0) {
      if (typeof this.#response === "object") this.#response = preserved(this.#response);
      this.#owner.queues.start(this, lingerMs);
      return;
    }
    this.#state = "Terminated";
    this.#end();
  }

  #end(): void {
    this.#handle = undefined;
    this.#response = undefined;
    this.#owner.ended(this);
  }
}

/** What the user of a non-INVITE server transaction holds; it alone keeps the request alive after the answer. */
class NonInviteServerHandle implements ServerTransaction {
  readonly request: SipRequest;
  /** For a response whose stream is closed. Here, as it holds the dialog, which the transaction outlives by 32 s. */
  wayNow: WayNow | undefined = undefined;
  readonly #transaction: NonInviteServer;

  constructor(request: SipRequest, transaction: NonInviteServer) {
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
    this.#transaction.respond(response);
  }

  /** One response to each copy is what this transaction gives anyway; that it remembers spares asking the user again. */
  dismiss(response: SipResponse): void {
    this.#transaction.respond(response);
  }
}
