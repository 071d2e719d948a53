import { flat } from "../../lib/flat.ts";
import { buildRequest } from "../message/build.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { formatUri } from "../message/uri.ts";

/** Header fields as text, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

const NO_ROUTES: readonly string[] = [];
const NO_BODY = Buffer.alloc(0);

/** What a request inside the dialog carries besides the fields that the dialog itself sets. */
export interface RequestParts {
  readonly headers?: HeaderList;
  readonly body?: Buffer | undefined;
}

export type SequenceVerdict = "next" | "outOfOrder";

/**
 * A peer-to-peer relationship of two user agents (RFC 3261 §12): identifiers, sequence numbers, route set
 * and remote target. Only text is kept, so that an idle dialog stays small.
 */
export class Dialog {
  readonly callId: string;
  /** Ours was the INVITE that made it: who waits longer after a glare (RFC 3261 §14.1). */
  readonly ownsCallId: boolean;
  readonly localTag: string;
  /** Our From or To value, tag included. */
  readonly local: string;
  /** The peer's From or To value, tag included. */
  readonly remote: string;
  readonly remoteTag: string;
  /** Route header values, first hop first. */
  readonly routes: readonly string[];
  #target: string;
  #localSeq: number;
  #remoteSeq: number | undefined;

  private constructor(fields: {
    callId: string;
    ownsCallId: boolean;
    localTag: string;
    remoteTag: string;
    local: string;
    remote: string;
    routes: readonly string[];
    target: string;
    localSeq: number;
    remoteSeq: number | undefined;
  }) {
    this.callId = flat(fields.callId);
    this.ownsCallId = fields.ownsCallId;
    this.localTag = flat(fields.localTag);
    this.remoteTag = flat(fields.remoteTag);
    this.local = flat(fields.local);
    this.remote = flat(fields.remote);
    this.routes = fields.routes.length === 0 ? NO_ROUTES : fields.routes.map(flat);
    this.#target = flat(fields.target);
    this.#localSeq = fields.localSeq;
    this.#remoteSeq = fields.remoteSeq;
  }

  /** The dialog that our response with `localTag` to this request makes (RFC 3261 §12.1.1). */
  static asServer(request: SipRequest, localTag: string): Dialog {
    return new Dialog({
      callId: request.callId,
      ownsCallId: false,
      localTag,
      remoteTag: request.from.tag ?? "",
      local: `${request.headers.get("to") ?? ""};tag=${localTag}`,
      remote: request.headers.get("from") ?? "",
      routes: request.headers.list("record-route"),
      target: contactUri(request) ?? formatUri(request.from.uri),
      // A UAS starts its own numbering anywhere below 2**31 (§8.1.1.5); 0 makes the first request 1.
      localSeq: 0,
      remoteSeq: request.cseq.number,
    });
  }

  /**
   * The dialog that this response to our request makes (RFC 3261 §12.1.2). `usedSequence` is the last CSeq number that
   * its early dialog has used.
   */
  static asClient(response: SipResponse, usedSequence = 0): Dialog {
    return new Dialog({
      callId: response.callId,
      ownsCallId: true,
      localTag: response.from.tag ?? "",
      remoteTag: response.to.tag ?? "",
      local: response.headers.get("from") ?? "",
      remote: response.headers.get("to") ?? "",
      routes: [...response.headers.list("record-route")].reverse(),
      target: contactUri(response) ?? formatUri(response.to.uri),
      localSeq: Math.max(response.cseq.number, usedSequence),
      remoteSeq: undefined,
    });
  }

  /** The URI that requests in this dialog are meant for. */
  get target(): string {
    return this.#target;
  }

  /** Where a request goes next: the first route, loose or strict, else the remote target (RFC 3261 §12.2.1.1). */
  get nextHop(): string {
    return this.routes[0] ?? this.#target;
  }

  /** The last CSeq number that we used. */
  get localSequence(): number {
    return this.#localSeq;
  }

  /** Checks the order of a request from the peer and remembers its number (RFC 3261 §12.2.2). */
  receive(request: SipRequest): SequenceVerdict {
    if (this.#remoteSeq !== undefined && request.cseq.number <= this.#remoteSeq) return "outOfOrder";
    this.#remoteSeq = request.cseq.number;
    return "next";
  }

  /** A target refresh request or its 2xx may move the peer (RFC 3261 §12.2.1.2). */
  refreshTarget(message: SipRequest | SipResponse): void {
    const target = contactUri(message);
    if (target !== undefined) this.#target = flat(target);
  }

  /** A new request in this dialog, without Via (RFC 3261 §12.2.1.1). */
  request(method: string, parts: RequestParts = {}): SipRequest {
    this.#localSeq += 1;
    return this.#build(method, this.#localSeq, parts);
  }

  /** The ACK for a 2xx to the INVITE with this CSeq number (RFC 3261 §13.2.2.4). */
  ack(sequence: number, parts: RequestParts = {}): SipRequest {
    return this.#build("ACK", sequence, parts);
  }

  #build(method: string, sequence: number, parts: RequestParts): SipRequest {
    const { uri, routes } = routeSet(this.#target, this.routes);
    const headers: (readonly [string, string])[] = routes.map((route) => ["Route", route] as const);
    headers.push(
      ["Max-Forwards", "70"],
      ["From", this.local],
      ["To", this.remote],
      ["Call-ID", this.callId],
      ["CSeq", `${sequence} ${method}`],
    );
    if (parts.headers !== undefined) headers.push(...parts.headers);
    return buildRequest({ method, uri, headers, body: parts.body ?? NO_BODY });
  }
}

/** Request-URI and Route values for a target behind a route set, strict routers included (RFC 3261 §12.2.1.1). */
export function routeSet(
  target: string,
  routes: readonly string[],
): { readonly uri: string; readonly routes: readonly string[] } {
  const first = routes[0];
  if (first === undefined) return { uri: target, routes };
  const parsed = parseNameAddr(first);
  if (!parsed.ok || parsed.value.uri.scheme === "tel" || !("params" in parsed.value.uri)) {
    return { uri: target, routes };
  }
  if (parsed.value.uri.params.has("lr")) return { uri: target, routes };
  return { uri: formatUri(parsed.value.uri), routes: [...routes.slice(1), `<${target}>`] };
}

/** The first Contact's URI, where there is a usable one. */
function contactUri(message: SipRequest | SipResponse): string | undefined {
  const value = message.headers.get("contact");
  if (value === undefined) return undefined;
  const first = message.headers.list("contact")[0] ?? value;
  const parsed = parseNameAddr(first);
  return parsed.ok ? formatUri(parsed.value.uri) : undefined;
}
