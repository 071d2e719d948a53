import type { GenerationCache } from "../../lib/generation-cache.ts";
import type { Registry } from "../../lib/registry.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { SessionTimerPolicy } from "../dialog/session-timer.ts";
import type { SipRequest } from "../message/message.ts";
import { encodeUser } from "../message/uri.ts";
import type { ServerTransaction, Transactions } from "../transaction/user.ts";
import type { Flow, Transport } from "../transport/transport.ts";

/** Who handles what arrives inside a dialog; one per local tag, so that forks share one entry. */
export interface DialogOwner {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
  /** CANCEL came for an INVITE inside the dialog; 200 has been sent for it. */
  onCancel?(): void;
  /** A stream to the peer broke; the dialog itself lives on (RFC 3261 §12.2.1: the next request reconnects). */
}

/** What every invite and session shares; built once by the endpoint. */
export interface UaContext {
  readonly transport: Transport;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sessionTimer: SessionTimerPolicy;
  readonly dialogs: Registry<string, DialogOwner>;
  /** Our latest INVITEs by Call-ID, live or not: a late 2xx for one of them is answered, a forged one is not. */
  readonly invited: GenerationCache<string, Invited>;
}

/** What is remembered of an INVITE of ours. */
export interface Invited {
  /** The addresses that were asked so far; a list of its own for each, as thousands are remembered with one. */
  hosts: readonly string[];
  /** Answers that nobody wanted and that were ended by us: `MAX_FORKS` at the most, or each would cost us a BYE. */
  ended: number;
}

/** More early dialogs, or more answers, of one INVITE than this are not followed. */
export const MAX_FORKS = 32;

/** RFC 3261 §17.1.1.1: round-trip estimate, and the cap of its doubling; milliseconds. */
export const T1 = 500;
export const T2 = 4000;

/** The name under which a dialog is looked up: what a request's Call-ID and To tag say. */
export function dialogKey(callId: string, localTag: string): string {
  // Joined, which makes one text: one that is put together by and by keeps its parts, for as long as the call is up.
  return [callId, localTag].join("\n");
}

/** Who we are in Contact. */
export interface OurContact {
  /** User part; undefined: there is none. */
  readonly contactUser?: string | undefined;
  /** The flow of our registration at a registrar that does outbound. */
  readonly outboundFlow?: Flow | undefined;
  /** A sips URI, where the flow keeps it (RFC 3261 §8.1.1.8, §12.1.1): over TLS. */
  readonly secure?: boolean | undefined;
}

/** Our Contact on a flow. On that of an outbound registration the rest of the dialog is to come there too (RFC 5626 §4.3). */
export function contactFor(flow: Flow, { contactUser: user, outboundFlow, secure }: OurContact = {}): string {
  const sips = secure === true && flow.transport === "tls";
  // A sips URI leads over TLS by itself; `transport=tls` has gone out of use (RFC 3261 §26.2.2).
  const transport = flow.transport === "udp" || sips ? "" : `;transport=${flow.transport}`;
  const ob = flow === outboundFlow ? ";ob" : "";
  return `<${sips ? "sips" : "sip"}:${user === undefined ? "" : `${encodeUser(user)}@`}${flow.sentBy}${transport}${ob}>`;
}
