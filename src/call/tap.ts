import { flat } from "../lib/flat.ts";
import { Registry } from "../lib/registry.ts";
import { mayHoldUriPassword, withoutUriPasswords } from "../lib/uri-passwords.ts";
import type { Flow, SipMessage, TransportObserver } from "../sip/index.ts";
import { isDigitInfo, withoutDigit } from "./digits.ts";
import type { Recorder } from "./recorder.ts";

/** Legs being recorded, by Call-ID: everything that crosses the wire for one of them goes into its story. */
export class MessageTaps {
  readonly #legs = new Registry<string, { readonly recorder: Recorder; readonly leg: number }>();
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

  /** Records a Call-ID as this leg of a call (0: the caller's, n: Bn), beginning with the message that is being handled. */
  add(callId: string, recorder: Recorder, leg: number): void {
    const key = flat(callId);
    this.#legs.set(key, { recorder, leg });
    recorder.sipCallIds = recorder.sipCallIds.concat(key);
    if (this.#unclaimed?.callId !== callId) return;
    recorder.packet(leg, "in", this.#unclaimed.flow, this.#unclaimed.octets);
    this.#unclaimed = undefined;
  }

  /** The call's record is closed. A Call-ID that a newer call uses as well stays with that one. */
  release(recorder: Recorder): void {
    for (const callId of recorder.sipCallIds) {
      if (this.#legs.get(callId)?.recorder === recorder) this.#legs.delete(callId);
    }
  }

  /** Call-IDs recorded now, for leak checks. */
  get size(): number {
    return this.#legs.size;
  }
}

/**
 * What may be kept of a message: no digest that could be attacked offline, no password in an address or in credentials of
 * another kind, no key of a sound, no key that is part of a code.
 */
function masked(message: SipMessage, octets: Buffer): Buffer {
  const isDigit =
    message.kind === "request" &&
    message.method === "INFO" &&
    isDigitInfo(message.headers.get("content-type"));
  const kept = isDigit ? withoutDigit(octets) : octets;
  // Four looks at a message that has nothing to hide, and no copy of it.
  const credentials = message.headers.has("authorization") || message.headers.has("proxy-authorization");
  const address = mayHoldUriPassword(kept) || kept.includes(ENCODED_AT);
  const soundKey = kept.includes(SOUND_KEY);
  if (!credentials && !address && !soundKey) return kept;
  let text = kept.toString("latin1");
  if (credentials) text = text.replace(CREDENTIALS, withoutProof);
  if (address) text = withoutUriPasswords(text);
  // RFC 4568 §9.1: whoever has the key hears the call.
  if (soundKey) text = text.replace(/(\binline:)[^\s|]+/gi, "$1***");
  return Buffer.from(text, "latin1");
}

// Octets, for a text is made into octets anew each time that it is looked for.
const ENCODED_AT = Buffer.from("%40");
const SOUND_KEY = Buffer.from("inline:");
/** The header's name, and its value with the lines that continue it (RFC 3261 §7.3.1). */
const CREDENTIALS = /^((?:proxy-)?authorization[ \t]*:)(.*(?:\r?\n[ \t].*)*)/gim;
/** Parameters of a digest (RFC 7616 §3.4) that prove nothing. */
const SHOWN = new Set(
  "username username* realm nonce uri algorithm cnonce opaque qop nc userhash auts".split(" "),
);

/** Of a digest all but its proof and what does not belong there; of anything else (Basic, Bearer) the scheme. */
function withoutProof(_line: string, name: string, value: string): string {
  const [, space = "", scheme = ""] = /^([ \t\r\n]*)([!-~]*)/.exec(value) ?? [];
  if (scheme.toLowerCase() !== "digest")
    return `${name}${space}${/[ \t]/.test(value.trim()) ? scheme : ""} ***`;
  const parameters = value.slice(space.length + scheme.length);
  const shown = parameters.replace(
    /([^\s=,"]+)([ \t\r\n]*=[ \t\r\n]*)("(?:[^"\\]|\\.)*"?|[^,\s]*)/g,
    (all, key: string, equals: string) => (SHOWN.has(key.toLowerCase()) ? all : `${key}${equals}"***"`),
  );
  return `${name}${space}${scheme}${shown}`;
}
