import { err, ok } from "../../lib/result.ts";
import { visible } from "../reasons.ts";
import type { HttpReply, HttpRequest, Interceptor } from "../send.ts";

export const MAX_REDIRECTS = 3;

/**
 * Follows at most three redirects inside the same deadline. Each hop is a request like the first, so it
 * passes the same address check. Never from https to http; another origin gets no secret header, also not
 * after a later hop back (D7). A user and password in a Location are not used. Where the webhook follows none, the
 * first redirect is a failure.
 */
export const redirect: Interceptor = (next) => async (request) => {
  let current: HttpRequest = request;
  const hops: string[] = [];
  for (;;) {
    const outcome = await next(current);
    if (!outcome.ok || !isRedirect(outcome.value.status)) {
      return outcome.ok && hops.length > 0 ? ok<HttpReply>({ ...outcome.value, hops }) : outcome;
    }
    const { status, location } = outcome.value;
    if (!request.followRedirects) return err({ code: "redirectRefused", status });
    if (location === undefined) return err({ code: "redirectWithoutTarget", status });
    if (hops.length === MAX_REDIRECTS) return err({ code: "tooManyRedirects", limit: MAX_REDIRECTS });
    const url = URL.parse(location, current.origin + current.target);
    if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
      return err({ code: "redirectBadTarget", target: visible(location) });
    }
    if (url.protocol === "http:" && current.origin.startsWith("https:")) {
      return err({ code: "redirectToPlain", host: url.host });
    }
    const { origin } = url;
    const target = url.pathname + url.search;
    const secretHeaders = origin === current.origin ? current.secretHeaders : [];
    hops.push(origin + target);
    current = { ...current, origin, target, secretHeaders };
  }
};

// RFC 9110 §15.4: 300 and 304 name no place to go to; 305 and 306 are no longer used.
function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
