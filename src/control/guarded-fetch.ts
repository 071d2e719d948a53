import type { OpenIdFetch } from "../admin/users/open-id-server.ts";
import type { HttpClient } from "../http/client.ts";
import { type HttpFailure, httpReasons } from "../http/reasons.ts";
import type { HttpMethod } from "../http/request.ts";

/** One request of a library; name look-up, redirects none. */
const TIMEOUT_MS = 5_000;
/** Keys of a large server with their certificates. */
const MAX_REPLY_BYTES = 512 * 1024;

/** There is no reply, and why, in a sentence. */
class NotReached extends Error {
  override readonly name = "NotReached";
  readonly code: HttpFailure["code"] | undefined;

  constructor(sentence: string, code?: HttpFailure["code"]) {
    super(sentence);
    this.code = code;
  }
}

/** `fetch` as a library asks it, by the guarded HTTP client: what it may not reach, nothing of ours reaches (docs/adr/0078). */
export function guardedFetch(http: HttpClient): OpenIdFetch {
  return async (url, { method, headers, body }) => {
    const { origin, pathname, search } = new URL(url);
    const reply = await http.send({
      origin,
      target: pathname + search,
      method: method as HttpMethod,
      headers: [],
      // Whatever the library says of us is for this server alone.
      secretHeaders: Object.entries(headers)
        .filter(([name]) => name !== "content-type")
        .flat(),
      body: bodyOf(body, headers),
      followRedirects: false,
      timeoutMs: TIMEOUT_MS,
      maxReplyBytes: MAX_REPLY_BYTES,
    });
    if (!reply.ok) throw new NotReached(sentenceOf(reply.error), reply.error.code);
    const { status, headers: given, body: octets } = reply.value;
    const answer = new Headers();
    for (const [name, value] of Object.entries(given))
      for (const one of typeof value === "string" ? [value] : (value ?? [])) answer.append(name, one);
    // A body of these is no body (Fetch standard, null body status).
    const isEmpty = octets.length === 0 || status === 204 || status === 304;
    return new Response(isEmpty ? null : new Uint8Array(octets), { status, headers: answer });
  };
}

function sentenceOf(failure: HttpFailure): string {
  // The registry has the sentence of each code for just its details.
  const sentence = httpReasons[failure.code] as (details: HttpFailure) => string;
  return sentence(failure);
}

function bodyOf(body: Parameters<OpenIdFetch>[1]["body"], headers: Readonly<Record<string, string>>) {
  if (body === undefined || body === null) return undefined;
  if (!(typeof body === "string" || body instanceof URLSearchParams))
    throw new NotReached("A request of this kind is not made here.");
  const type = headers["content-type"] ?? "application/x-www-form-urlencoded;charset=UTF-8";
  return { type, octets: new TextEncoder().encode(body.toString()) };
}
