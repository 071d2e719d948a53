import type { CSeq } from "./header.ts";
import type { Headers } from "./headers.ts";
import type { NameAddr } from "./name-addr.ts";
import type { Via } from "./via.ts";

/**
 * A start line whose octets cannot be made again from the fields (invalid UTF-8, `sip/2.0`, a missing space).
 * It is written out only while both fields are still what was read from it.
 */
export interface WireStartLine {
  /** One char code each octet, without CRLF. */
  readonly octets: string;
  /** Method and Request-URI, or status and reason phrase. */
  readonly fields: readonly [string | number, string];
}

interface MessageParts {
  readonly headers: Headers;
  readonly body: Buffer;
  /** The topmost Via. */
  readonly via: Via;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly cseq: CSeq;
  readonly startLine?: WireStartLine | undefined;
}

/** A request whose start line and five mandatory header fields have been read (RFC 3261 §8.1.1). */
export interface SipRequest extends MessageParts {
  readonly kind: "request";
  readonly method: string;
  /** The Request-URI as text; `parseUri` reads it. */
  readonly uri: string;
}

/** A response (RFC 3261 §7.2). */
export interface SipResponse extends MessageParts {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;
