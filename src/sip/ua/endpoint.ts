import { GenerationCache } from "../../lib/generation-cache.ts";
import { Registry } from "../../lib/registry.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import { Dialog } from "../dialog/dialog.ts";
import { defaultSessionTimer, type SessionTimerPolicy } from "../dialog/session-timer.ts";
import { buildResponse } from "../message/build.ts";
import { ACCEPTED } from "../message/description.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { statelessTag } from "../transaction/matching.ts";
import type { ServerTransaction, Transactions, TransactionUser } from "../transaction/user.ts";
import type { Flow, Target, Transport } from "../transport/transport.ts";
import { ALLOW, SUPPORTED } from "./capabilities.ts";
import { dialogKey, MAX_FORKS, type UaContext } from "./context.ts";
import { InboundInvite } from "./invite/inbound-invite.ts";
import {
  OutboundInvite,
  type OutboundInviteParts,
  type OutboundInviteUser,
} from "./invite/outbound-invite.ts";
import { InviteSession } from "./invite/session.ts";
import { checkRequest } from "./request-checks.ts";

/** Each waits up to 32 s for its answer; an answer more is not ended, as if it had been lost. */
const MAX_STRAY_BYES = 256;

/** Speaks upward to whoever decides about calls and registrations. */
export interface EndpointUser {
  /** A new call. `invite.trying()` has not been sent yet: an unknown caller may be challenged instead. */
  onInvite(invite: InboundInvite): void;
  onRegister(transaction: ServerTransaction): void;
  /**
   * An OPTIONS outside any dialog. True: the sender may see what we can do; false: a stranger gets an answer without
   * any detail.
   */
  knows(request: SipRequest, flow: Flow): boolean;
}

export interface EndpointParts {
  readonly transport: Transport;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sessionTimer?: SessionTimerPolicy;
}

/** A user agent on our listeners: sorts what arrives into dialogs, calls and single requests (RFC 3261 §8.2, §12.2.2). */
export class Endpoint implements TransactionUser {
  readonly #context: UaContext;
  readonly #invites = new Registry<string, InboundInvite>();
  #user: EndpointUser | undefined;
  /** BYEs under way for answers that nobody waited for. */
  #strayByes = 0;

  constructor(parts: EndpointParts) {
    this.#context = {
      transport: parts.transport,
      transactions: parts.transactions,
      clock: parts.clock,
      ids: parts.ids,
      sessionTimer: parts.sessionTimer ?? defaultSessionTimer,
      dialogs: new Registry(),
      invited: new GenerationCache(16_384),
    };
  }

  /** Sets who gets what arrives; only then does anything arrive. */
  use(user: EndpointUser): void {
    this.#user = user;
    this.#context.transactions.use(this);
  }

  /** Dialogs and early dialogs, for metrics and leak checks. */
  get dialogCount(): number {
    return this.#context.dialogs.size;
  }

  /** Prepares an INVITE; `start()` sends it. */
  invite(parts: OutboundInviteParts, user: OutboundInviteUser): OutboundInvite {
    return new OutboundInvite(this.#context, parts, user);
  }

  /** The flow to a resolved target; undefined where we have no way to it. */
  flowTo(target: Target): Flow | undefined {
    return this.#context.transport.flowTo(target);
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.to.tag !== undefined) return this.#inDialog(transaction, request.to.tag);
    const refusal = checkRequest(request, this.#context.sessionTimer);
    if (refusal !== undefined) {
      return transaction.dismiss(
        buildResponse(request, refusal.status, refusal.reason, {
          toTag: statelessTag(request),
          headers: refusal.headers ?? [],
        }),
      );
    }
    switch (request.method) {
      case "INVITE":
        return this.#newCall(transaction);
      case "REGISTER":
        return this.#user?.onRegister(transaction);
      case "OPTIONS":
        return this.#options(transaction);
      default:
        // BYE, PRACK, UPDATE or INFO that belongs to no dialog (§12.2.2).
        return transaction.respond(buildResponse(request, 481, undefined, this.#newTag()));
    }
  }

  onAck(ack: SipRequest): void {
    this.#context.dialogs.get(dialogKey(ack.callId, ack.to.tag ?? ""))?.onAck(ack);
  }

  onCancel(transaction: ServerTransaction, cancel: SipRequest): void {
    const invite = this.#invites.get(transaction.key);
    if (invite !== undefined) return invite.cancelled(cancel);
    const { callId, to } = transaction.request;
    if (to.tag !== undefined) this.#context.dialogs.get(dialogKey(callId, to.tag))?.onCancel?.();
  }

  /**
   * A 2xx that nobody waits for: ACK and BYE at once, so that the callee is not left alone (§13.2.2.4). Only to who was
   * asked, and back on the flow on which it came, whatever its Contact says: nobody else can be made to get them.
   */
  onStrayResponse(response: SipResponse, flow: Flow): void {
    const invited = this.#context.invited.get(response.callId);
    if (response.to.tag === undefined || invited?.hosts.includes(flow.remote.host) !== true) return;
    const owner = this.#context.dialogs.get(dialogKey(response.callId, response.from.tag ?? ""));
    if (owner instanceof InviteSession && owner.dialog.remoteTag === response.to.tag) {
      return this.#context.transactions.sendAck(owner.dialog.ack(response.cseq.number), flow);
    }
    if (invited.ended >= MAX_FORKS || this.#strayByes >= MAX_STRAY_BYES) return;
    invited.ended += 1;
    this.#strayByes += 1;
    const over = (): void => {
      this.#strayByes -= 1;
    };
    const dialog = Dialog.asClient(response);
    this.#context.transactions.sendAck(dialog.ack(response.cseq.number), flow);
    this.#context.transactions.request(dialog.request("BYE"), flow, {
      onResponse: ({ status }) => {
        if (status >= 200) over();
      },
      onTimeout: over,
      onTransportError: over,
    });
  }

  onServerFailure(transaction: ServerTransaction, reason: Said): void {
    this.#invites.get(transaction.key)?.failed(reason);
  }

  #inDialog(transaction: ServerTransaction, tag: string): void {
    const { request } = transaction;
    const owner = this.#context.dialogs.get(dialogKey(request.callId, tag));
    if (owner !== undefined) return owner.onRequest(transaction);
    transaction.respond(buildResponse(request, 481));
  }

  #newCall(transaction: ServerTransaction): void {
    const invite = new InboundInvite(this.#context, transaction, () => this.#invites.delete(transaction.key));
    this.#invites.set(transaction.key, invite);
    this.#user?.onInvite(invite);
  }

  #options(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const headers: readonly (readonly [string, string])[] =
      this.#user?.knows(request, flow) === true
        ? [
            ["Allow", ALLOW],
            ["Accept", ACCEPTED],
            ["Supported", SUPPORTED.join(", ")],
          ]
        : [];
    transaction.respond(buildResponse(request, 200, undefined, { ...this.#newTag(), headers }));
  }

  #newTag(): { readonly toTag: string } {
    return { toTag: this.#context.ids.hex(64) };
  }
}
