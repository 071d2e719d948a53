import { Registry } from "../../lib/registry.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import type { FlowMembers } from "./flow-members.ts";
import { InviteClient, InviteClientHandle } from "./invite-client.ts";
import { clientKey, sentByIs } from "./matching.ts";
import { NonInviteClient, NonInviteClientHandle } from "./non-invite-client.ts";
import type { Transaction, TransactionOwner } from "./transaction.ts";
import type { ClientTransaction, ClientTransactionUser } from "./user.ts";

const nobody: ClientTransactionUser = { onResponse() {}, onTimeout() {}, onTransportError() {} };

/** The client transactions: finds the one that a response belongs to (RFC 3261 §17.1.3). */
export class ClientSide {
  readonly #owner: TransactionOwner;
  readonly #members: FlowMembers;
  readonly #live = new Registry<string, InviteClient | NonInviteClient>();
  #invites = 0;

  constructor(owner: TransactionOwner, members: FlowMembers) {
    this.#owner = owner;
    this.#members = members;
  }

  /** Sends a request whose topmost Via has this branch. Without a user nobody hears how it ends. */
  start(
    request: SipRequest,
    branch: string,
    flow: Flow,
    user: ClientTransactionUser = nobody,
  ): ClientTransaction {
    const { method } = request;
    const key = clientKey(branch, method);
    if (method === "INVITE") {
      const transaction = new InviteClient(this.#owner, key, flow, request, user);
      this.#invites++;
      this.#add(transaction);
      return new InviteClientHandle(request, transaction);
    }
    const transaction = new NonInviteClient(this.#owner, key, flow, request, user);
    this.#add(transaction);
    return new NonInviteClientHandle(request, transaction);
  }

  received(response: SipResponse, flow: Flow): void {
    const { via, cseq } = response;
    // RFC 3261 §8.1.3.3: more Vias than our own: it was for somebody else.
    if (response.headers.count("via") !== 1) return this.#dropped("several_vias");
    const transaction = this.#live.get(clientKey(via.branch ?? "", cseq.method));
    if (transaction === undefined) {
      this.#unmatched(response, flow);
    } else if (transaction.method !== cseq.method) {
      this.#dropped("method");
    } else if (!sentByIs(via, transaction.flow.sentBy)) {
      this.#dropped("sent_by");
    } else {
      transaction.received(response, flow);
    }
  }

  delete(transaction: Transaction): void {
    // A CANCEL that was sent once more, over another stream, has taken the place of the first.
    if (this.#live.get(transaction.key) !== transaction) return;
    this.#live.delete(transaction.key);
    if (transaction.kind === "inviteClient") this.#invites--;
  }

  count(kind: "inviteClient" | "client"): number {
    return kind === "inviteClient" ? this.#invites : this.#live.size - this.#invites;
  }

  clear(): void {
    this.#live.clear();
    this.#invites = 0;
  }

  #add(transaction: InviteClient | NonInviteClient): void {
    this.#live.set(transaction.key, transaction);
    this.#members.add(transaction);
    transaction.start();
  }

  #unmatched(response: SipResponse, flow: Flow): void {
    const { status, via, cseq } = response;
    const answered = status >= 200 && status < 300 && cseq.method === "INVITE";
    if (!answered) return this.#dropped("unmatched");
    if (!sentByIs(via, flow.sentBy)) return this.#dropped("sent_by");
    this.#owner.user.onStrayResponse(response, flow);
  }

  #dropped(reason: string): void {
    this.#owner.count(`sip_responses_dropped{reason="${reason}"}`);
  }
}
