import net from "node:net";
import { err } from "../lib/result.ts";
import type { AddressPolicy } from "./address-policy.ts";
import type { Interceptor } from "./request.ts";

// The practice receiver of this very server is the one address that may be asked without its network being listed: a newcomer tries a
// webhook before anything is allowed. It is one origin, and of that one path.

/** Where practice receivers are; nothing else may be asked of our own server. */
const PRACTICE = /^\/practice\/[a-z0-9]{1,64}(?:[?#]|$)/;

/** The origin of practice receivers, of where the API is heard: an address, for names are looked up by others. */
export function practiceOrigin(httpAddress: string): string | undefined {
  const url = URL.parse(httpAddress);
  if (url === null || url.protocol !== "http:") return undefined;
  if (url.hostname === "0.0.0.0" || url.hostname === "localhost") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  return net.isIP(addressIn(url.hostname)) === 0 ? undefined : url.origin;
}

/** Whether a connection leads to the server of this origin: by the address written in it, never by a name. */
export function leadsTo(
  origin: string | undefined,
  {
    protocol,
    hostname,
    port,
  }: { readonly protocol: string; readonly hostname: string; readonly port: string },
): boolean {
  const own = origin === undefined ? null : URL.parse(origin);
  return (
    own !== null &&
    protocol === own.protocol &&
    addressIn(hostname) === addressIn(own.hostname) &&
    Number(port === "" ? 80 : port) === Number(own.port === "" ? 80 : own.port)
  );
}

/**
 * Our own server is asked for its practice receivers only, where its network is not listed. Stands inside the redirects, so that
 * each hop comes through here.
 */
export function onlyPractice(origin: () => string | undefined, policy: () => AddressPolicy): Interceptor {
  return (next) => async (request, progress) => {
    if (request.origin !== origin() || PRACTICE.test(request.target)) return next(request, progress);
    const { host, hostname } = new URL(request.origin);
    const address = addressIn(hostname);
    const verdict = policy()(address);
    return verdict.ok ? next(request, progress) : err({ ...verdict.error, host, address });
  };
}

/** `[::1]` without its brackets. */
function addressIn(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
