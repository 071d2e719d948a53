import type { IncomingMessage } from "node:http";
import { plain } from "./connections.ts";
import type { HttpRefusal } from "./refusals.ts";

/** Who may be meant by a request, and how people may come in. */
export interface DoorRules {
  /** Where we listen: an address or a name, without port and brackets. */
  readonly boundHost: string;
  /** Further names, in lower case (`--http-name`). */
  readonly names: readonly string[];
  /** Whether people may sign in over plain HTTP from beyond this machine (`--http-plain`). */
  readonly mayBePlain: boolean;
  /** Addresses of reverse proxies, whose X-Forwarded-For is believed (`--http-proxy`). */
  readonly proxies: readonly string[];
}

type Request = Pick<IncomingMessage, "headers" | "method" | "socket">;

const WRONG_HOST: HttpRefusal = {
  code: "wrongHost",
  detail:
    "This server does not answer to this name. If it is one of its own, say so when you start it: --http-name NAME.",
};
const CROSS_SITE: HttpRefusal = {
  code: "crossSite",
  detail: "This does not come from a page of this server, as Origin and Sec-Fetch-Site have to say.",
};
const FORM: HttpRefusal = {
  code: "wrongContentType",
  detail: "Send the body as application/json.",
};

/** What a form of any page can send, and `fetch` without asking first (Fetch standard, CORS-safelisted). */
const FORM_TYPE = /^\s*(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;

/**
 * Refuses a request by what its Host says. A page of an attacker whose name is made to lead here (DNS rebinding) has that name
 * in it; a name is therefore one of ours only when it is told. An address cannot be rebound: where we listen everywhere any
 * will do, as behind a NAT we do not know what ours are.
 */
export function hostRefusal({ headers }: Request, rules: DoorRules): HttpRefusal | undefined {
  const host = hostOf(headers.host ?? "");
  const isOurs =
    host !== undefined &&
    (isLoopback(host) ||
      host === rules.boundHost.toLowerCase() ||
      rules.names.includes(host) ||
      (isEverywhere(rules.boundHost) && isAddress(host)));
  return isOurs ? undefined : WRONG_HOST;
}

/**
 * Refuses what another page has the browser send. `isByCookie`: the browser adds by itself what lets it in, so it has to say
 * where it comes from; at an open route programs may come that say nothing.
 */
export function crossSiteRefusal(
  { headers, method = "GET" }: Request,
  rules: DoorRules,
  isByCookie: boolean,
): HttpRefusal | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return CROSS_SITE;
  if (origin !== undefined && !isOwnOrigin(origin, headers.host ?? "", rules)) return CROSS_SITE;
  if (site === undefined && origin === undefined && isByCookie) return CROSS_SITE;
  const type = headers["content-type"];
  return type === undefined || FORM_TYPE.test(type) ? FORM : undefined;
}

/** Whether what this browser sends goes over the network readable for all, as far as can be told. */
export function isPlainHttp({ headers, socket }: Request): boolean {
  const { origin } = headers;
  if (origin === undefined) return !isLoopback(plain(socket.remoteAddress ?? ""));
  const url = URL.parse(origin);
  return url?.protocol !== "https:" && !isLoopback(hostOf(url?.host ?? "") ?? "");
}

function isOwnOrigin(origin: string, host: string, { names }: DoorRules): boolean {
  const url = URL.parse(origin);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return false;
  // A proxy may send another Host than the browser had; then its name has to be told.
  return url.host === host.toLowerCase() || names.includes(url.hostname);
}

/** `pbx.example.com:8088` -> `pbx.example.com`, `[::1]:80` -> `::1`; undefined: it is no host. */
function hostOf(header: string): string | undefined {
  const [, literal, name] = /^(?:\[([\da-f:.]+)\]|([\w.-]{1,253}))(?::\d{1,5})?$/i.exec(header) ?? [];
  return (literal ?? name?.replace(/\.$/, ""))?.toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}
