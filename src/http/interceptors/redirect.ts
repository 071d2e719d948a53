import { err, ok, type Result } from "../../lib/result.ts";
import type { HttpFailure } from "../reasons.ts";
import { type HttpMethod, type HttpReply, type HttpRequest, headerOf, type Interceptor } from "../request.ts";

export const MAX_REDIRECTS = 3;

/**
 * Follows at most three redirects inside the same deadline. Each hop is a request like the first, so it
 * passes the same address check. Never from https to http; another origin gets no secret header, also not
 * after a later hop back (D7). A user and password in a Location are not used. Where the request follows none, the
 * first redirect is a failure.
 */
export const redirect: Interceptor = (next) => async (request, progress) => {
  let current: HttpRequest = request;
  const hops: string[] = [];
  for (;;) {
    const outcome = await next(current, progress);
    if (!outcome.ok || !isRedirect(outcome.value.status)) {
      return outcome.ok && hops.length > 0 ? ok<HttpReply>({ ...outcome.value, hops }) : outcome;
    }
    if (hops.length === MAX_REDIRECTS) return err({ code: "tooManyRedirects", limit: MAX_REDIRECTS });
    const hop = follow(current, outcome.value);
    if (!hop.ok) return hop;
    current = hop.value;
    hops.push(current.origin + current.target);
  }
};

/** The request that a redirect asks for. */
function follow(request: HttpRequest, reply: HttpReply): Result<HttpRequest, HttpFailure> {
  const { status } = reply;
  const location = headerOf(reply, "location");
  if (!request.followRedirects) return err({ code: "redirectRefused", status });
  if (location === undefined) return err({ code: "redirectWithoutTarget", status });
  const url = URL.parse(location, request.origin + request.target);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return err({ code: "redirectBadTarget", target: location });
  }
  if (url.protocol === "http:" && request.origin.startsWith("https:")) {
    return err({ code: "redirectToPlain", host: url.host });
  }
  const { origin } = url;
  const secretHeaders = origin === request.origin ? request.secretHeaders : [];
  const hop = { ...request, origin, target: url.pathname + url.search, secretHeaders };
  return ok(becomesGet(status, request.method) ? { ...hop, method: "GET", body: undefined } : hop);
}

// RFC 9110 §15.4: 300 and 304 name no place to go to; 305 and 306 are no longer used.
function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** RFC 9110 §15.4.4: what 303 points at is fetched; §15.4.2 and §15.4.3: 301 and 302 of a POST are read so too. */
function becomesGet(status: number, method: HttpMethod = "GET"): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return method === "POST" && (status === 301 || status === 302);
}
