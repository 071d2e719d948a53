import { Registry } from "../../lib/registry.ts";
import type { Ids } from "../../runtime/ids.ts";
import { buildResponse } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import type { FlowMembers } from "./flow-members.ts";
import { InviteServer } from "./invite-server.ts";
import { familyKey, isOfBranch, serverKey, statelessTag } from "./matching.ts";
import { NonInviteServer } from "./non-invite-server.ts";
import type { Transaction, TransactionOwner } from "./transaction.ts";

export interface ServerLimits {
  /**
   * Live server transactions beyond which new calls and other requests outside a dialog get 503. Requests within
   * a dialog pass up to twice as many.
   */
  readonly maxServer: number;
}

/** Retry-After of a 503, in seconds: spread, so that the refused do not all come back at once. */
const RETRY_AFTER_MIN_S = 5;
const RETRY_AFTER_SPREAD_S = 26;

/** The server transactions: finds the one that a request belongs to, or starts one (RFC 3261 §17.2.3). */
export class ServerSide {
  readonly #owner: TransactionOwner;
  readonly #members: FlowMembers;
  readonly #ids: Ids;
  readonly #limits: ServerLimits;
  readonly #live = new Registry<string, InviteServer | NonInviteServer>();
  /** By what all copies of a request share: every INVITE, and other requests outside a dialog. */
  readonly #families = new Registry<string, InviteServer | NonInviteServer>();
  #invites = 0;

  constructor(owner: TransactionOwner, members: FlowMembers, ids: Ids, limits: ServerLimits) {
    this.#owner = owner;
    this.#members = members;
    this.#ids = ids;
    this.#limits = limits;
  }

  received(request: SipRequest, flow: Flow): void {
    if (request.method === "ACK") return this.#acknowledged(request, flow);
    const key = serverKey(request, request.method, flow);
    const known = this.#live.get(key);
    if (known !== undefined) known.repeated();
    else if (request.method === "CANCEL") this.#cancelled(request, flow, key);
    else this.#new(request, flow, key);
  }

  delete(transaction: Transaction): void {
    const { key } = transaction;
    const held = this.#live.get(key);
    if (held !== transaction) return;
    this.#live.delete(key);
    if (held.kind === "inviteServer") this.#invites--;
    const { family } = held;
    if (family !== undefined && this.#families.get(family) === held) this.#families.delete(family);
  }

  count(kind: "inviteServer" | "server"): number {
    return kind === "inviteServer" ? this.#invites : this.#live.size - this.#invites;
  }

  clear(): void {
    this.#live.clear();
    this.#families.clear();
    this.#invites = 0;
  }

  #new(request: SipRequest, flow: Flow, key: string): void {
    const { method } = request;
    const initial = request.to.tag === undefined;
    if (this.#live.size >= this.#limits.maxServer && !this.#admitted(request, flow, initial)) return;
    const family = initial || method === "INVITE" ? familyKey(request, method) : undefined;
    // RFC 3261 §8.2.2.2: the same request by another way, after a fork on the way here.
    const merged = initial && family !== undefined ? this.#families.get(family) : undefined;
    if (merged?.ongoing === true) {
      if (isRepeatedElsewhere(request, flow, merged)) return merged.repeated();
      this.#answerStateless(request, flow, 482, []);
      return;
    }
    if (method === "INVITE" && family !== undefined) this.#newInvite(request, flow, key, family);
    else this.#newOther(request, flow, key, family);
  }

  #newInvite(request: SipRequest, flow: Flow, key: string, family: string): void {
    const transaction = new InviteServer(this.#owner, key, family, flow, request);
    this.#invites++;
    this.#add(transaction);
    const { handle } = transaction;
    if (handle !== undefined) this.#owner.user.onRequest(handle);
  }

  #newOther(request: SipRequest, flow: Flow, key: string, family: string | undefined): void {
    const transaction = new NonInviteServer(this.#owner, key, family, flow, request);
    this.#add(transaction);
    transaction.start();
    const { handle } = transaction;
    if (handle !== undefined) this.#owner.user.onRequest(handle);
  }

  #add(transaction: InviteServer | NonInviteServer): void {
    this.#live.set(transaction.key, transaction);
    if (transaction.family !== undefined) this.#families.set(transaction.family, transaction);
    this.#members.add(transaction);
  }

  /** At the limit: what belongs to a call goes on, what is new is refused at once and costs no state. */
  #admitted(request: SipRequest, flow: Flow, initial: boolean): boolean {
    if (this.#live.size >= 2 * this.#limits.maxServer) {
      this.#owner.count(`sip_requests_refused{reason="full"}`);
      return false;
    }
    if (!initial || request.method === "BYE") return true;
    const retryAfter = RETRY_AFTER_MIN_S + this.#ids.integer(RETRY_AFTER_SPREAD_S);
    this.#answerStateless(request, flow, 503, [["Retry-After", `${retryAfter}`]]);
    return false;
  }

  #acknowledged(ack: SipRequest, flow: Flow): void {
    const invite = this.#live.get(serverKey(ack, "INVITE", flow)) ?? this.#refusedInviteOf(ack, flow);
    if (invite instanceof InviteServer) invite.acknowledged(ack, flow);
    else this.#owner.user.onAck(ack, flow);
  }

  #cancelled(cancel: SipRequest, flow: Flow, key: string): void {
    const invite = this.#live.get(serverKey(cancel, "INVITE", flow)) ?? this.#siblingInvite(cancel, flow);
    if (!(invite instanceof InviteServer)) {
      this.#answerStateless(cancel, flow, 481, []);
      return;
    }
    const answer = buildResponse(cancel, 200, undefined, { toTag: invite.toTag ?? statelessTag(cancel) });
    if (!invite.firstCancel()) {
      // One INVITE cannot be made to cost any number of transactions.
      this.#owner.send(answer, flow, () => {});
      return;
    }
    // RFC 3261 §9.2: a transaction of its own, answered 200 whether or not it comes in time.
    const transaction = new NonInviteServer(this.#owner, key, undefined, flow, cancel);
    this.#add(transaction);
    transaction.respond(answer);
    const { handle } = invite;
    if (handle !== undefined && !invite.answered) this.#owner.user.onCancel(handle, cancel);
  }

  /**
   * Phones behind NAT change the sent-by between an INVITE and its CANCEL or ACK; only those from the same
   * address may do so, lest a stranger who has seen a Call-ID ends the call.
   */
  #siblingInvite(request: SipRequest, flow: Flow): InviteServer | undefined {
    const found = this.#families.get(familyKey(request, "INVITE"));
    if (!(found instanceof InviteServer) || found.flow.remote.host !== flow.remote.host) return undefined;
    return found;
  }

  /** The To tag tells that the ACK is for this response, not for the 482 of a merged copy or for a 2xx. */
  #refusedInviteOf(ack: SipRequest, flow: Flow): InviteServer | undefined {
    const found = this.#siblingInvite(ack, flow);
    return found !== undefined && found.refused && found.toTag === ack.to.tag ? found : undefined;
  }

  /** Answers without a transaction: each copy of the request gets the same answer (RFC 3261 §8.2.7). */
  #answerStateless(
    request: SipRequest,
    flow: Flow,
    status: number,
    headers: readonly (readonly [name: string, value: string])[],
  ): void {
    this.#owner.count(`sip_requests_refused{reason="${status}"}`);
    const options = { toTag: statelessTag(request), headers: [...headers] };
    this.#owner.send(buildResponse(request, status, undefined, options), flow, () => {});
  }
}

/** The sender's stream has broken, and it repeats its request on another one (RFC 3261 §17.2.3: by branch). */
function isRepeatedElsewhere(request: SipRequest, flow: Flow, known: Transaction): boolean {
  return !known.flow.open && known.flow.remote.host === flow.remote.host && isOfBranch(known.key, request);
}
