import { flat } from "../lib/flat.ts";
import type { Flow, SipMessage, TransportObserver } from "../sip/index.ts";
import { isDigitInfo, withoutDigit } from "./digits.ts";
import type { Recorder } from "./recorder.ts";

/** Legs being recorded, by Call-ID: everything that crosses the wire for one of them goes into its story. */
export class MessageTaps {
  readonly #legs = new Map<string, { readonly recorder: Recorder; readonly leg: string }>();
  readonly #callIds = new Map<Recorder, string[]>();
  /** The message that is being handled, if nobody records its Call-ID yet: it may be about to make a call. */
  #unclaimed: { readonly callId: string; readonly flow: Flow; readonly octets: Buffer } | undefined;

  /** To be set on the transport. */
  readonly observer: TransportObserver = (direction, message: SipMessage, flow, octets) => {
    const tap = this.#legs.get(message.callId);
    if (tap === undefined && direction === "out") return;
    const shown = masked(message, octets);
    if (tap !== undefined) tap.recorder.packet(tap.leg, direction, flow, shown);
    else this.#unclaimed = { callId: message.callId, flow, octets: shown };
  };

  /** Records a Call-ID as this leg of a call, beginning with the message that is being handled. */
  add(callId: string, recorder: Recorder, leg: string): void {
    const key = flat(callId);
    this.#legs.set(key, { recorder, leg });
    const known = this.#callIds.get(recorder);
    if (known === undefined) this.#callIds.set(recorder, [key]);
    else known.push(key);
    if (this.#unclaimed?.callId !== callId) return;
    recorder.packet(leg, "in", this.#unclaimed.flow, this.#unclaimed.octets);
    this.#unclaimed = undefined;
  }

  /** The call's record is closed. A Call-ID that a newer call uses as well stays with that one. */
  release(recorder: Recorder): void {
    for (const callId of this.#callIds.get(recorder) ?? []) {
      if (this.#legs.get(callId)?.recorder === recorder) this.#legs.delete(callId);
    }
    this.#callIds.delete(recorder);
  }

  /** Call-IDs recorded now, for leak checks. */
  get size(): number {
    return this.#legs.size;
  }
}

/** What may be kept of a message: no digest that could be attacked offline, no key that is part of a code. */
function masked(message: SipMessage, octets: Buffer): Buffer {
  if (message.kind === "response") return octets;
  if (message.method === "INFO" && isDigitInfo(message.headers.get("content-type") ?? "")) {
    return withoutDigit(octets);
  }
  return hasCredentials(message) ? withoutDigest(octets) : octets;
}

function hasCredentials({ kind, headers }: SipMessage): boolean {
  return kind === "request" && (headers.has("authorization") || headers.has("proxy-authorization"));
}

/** A digest can be attacked offline: the response is masked in records, the rest stays readable. */
function withoutDigest(octets: Buffer): Buffer {
  const text = octets.toString("latin1");
  const masked = text.replace(/^(?:proxy-)?authorization[ \t]*:.*(?:\r?\n[ \t].*)*/gim, (line) =>
    line.replace(/(\bresponse[ \t]*=[ \t]*)("[^"]*"?|[^,\s]*)/gi, '$1"***"'),
  );
  return Buffer.from(masked, "latin1");
}
