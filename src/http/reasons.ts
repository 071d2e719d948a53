import { type FailureOf, inSeconds, type SentencesOf, visible } from "../lib/failure.ts";

/** Why no reply came. What is tried again, counted or shown goes by the code; README.md lists exactly these. */
export type HttpFailure = FailureOf<HttpDetails>;

/** What each sentence needs to know. `host` is `name` or `name:port`, never with user or password. */
export interface HttpDetails {
  badHeader: { readonly problem: string };
  tooManyInFlight: { readonly host: string; readonly limit: number };
  tooManyReceivers: { readonly limit: number };
  stopping: object;
  addressForbidden: { readonly host: string; readonly address: string; readonly range: string };
  addressNotListed: { readonly host: string; readonly address: string; readonly range: string };
  nameNotFound: { readonly host: string };
  nameServerFailed: { readonly host: string; readonly detail: string };
  nameTimeout: { readonly host: string; readonly ms: number };
  refused: { readonly host: string };
  unreachable: { readonly host: string; readonly detail: string };
  connectTimeout: { readonly host: string; readonly ms: number };
  tlsTimeout: { readonly host: string; readonly ms: number };
  certificateExpired: { readonly host: string };
  certificateNotYetValid: { readonly host: string };
  certificateUntrusted: { readonly host: string; readonly detail: string };
  certificateWrongName: { readonly host: string };
  tlsFailed: { readonly host: string; readonly detail: string };
  deadline: { readonly ms: number; readonly phase: Phase; readonly host: string };
  closedEarly: { readonly host: string };
  truncated: { readonly host: string };
  badHttp: { readonly host: string; readonly detail: string };
  lineFeedsOnly: { readonly host: string; readonly quoted: string };
  notHttp: { readonly host: string; readonly quoted: string };
  tlsWanted: { readonly host: string };
  tooManyInformational: { readonly host: string; readonly limit: number };
  headersTooLarge: { readonly host: string };
  bodyTooLarge: { readonly limit: number };
  tooManyRedirects: { readonly limit: number };
  redirectRefused: { readonly status: number };
  redirectWithoutTarget: { readonly status: number };
  redirectBadTarget: { readonly target: string };
  redirectToPlain: { readonly host: string };
  internal: { readonly detail: string };
}

/** How far a request had come when its deadline passed. */
export type Phase = "connecting" | "waiting" | "reading";

const PHASES: Readonly<Record<Phase, string>> = {
  connecting: "no connection had been made yet",
  waiting: "the request was sent, but no complete reply header had come",
  reading: "the reply had begun but was not complete",
};

/** One sentence a code. A room whose people know more than this one puts its own words over some of them. */
export const httpReasons: SentencesOf<HttpDetails> = {
  badHeader: (d) => `The request could not be written: ${d.problem}.`,
  tooManyInFlight: (d) =>
    `${d.limit} requests to ${d.host} are already waiting for a reply; no more are sent until some are answered.`,
  tooManyReceivers: (d) => `Connections lead to ${d.limit} different servers already, which is the limit.`,
  stopping: () => "Switchhook is stopping.",
  addressForbidden: (d) =>
    `${d.host} is at ${d.address}, which is ${d.range}: such an address is never connected to.`,
  addressNotListed: (d) =>
    `${d.host} is at ${d.address}, which is ${d.range}, and its network is not listed.`,
  nameNotFound: (d) => `The name ${d.host} does not exist in DNS, or has no address.`,
  nameServerFailed: (d) => `The DNS server could not look up ${d.host} (${d.detail}).`,
  nameTimeout: (d) => `The DNS server did not answer within ${inSeconds(d.ms)} when asked for ${d.host}.`,
  refused: (d) => `${d.host} refused the connection: nothing listens on that port.`,
  unreachable: (d) => `${d.host} cannot be reached (${d.detail}).`,
  connectTimeout: (d) => `${d.host} did not accept the connection within ${inSeconds(d.ms)}.`,
  tlsTimeout: (d) =>
    `${d.host} accepted the connection but did not finish the TLS handshake within ${inSeconds(d.ms)}.`,
  certificateExpired: (d) => `The TLS certificate of ${d.host} has expired.`,
  certificateNotYetValid: (d) => `The TLS certificate of ${d.host} is not valid yet; check the clocks.`,
  certificateUntrusted: (d) =>
    `The TLS certificate of ${d.host} is not signed by an authority that is trusted here (${d.detail}).`,
  certificateWrongName: (d) => `The TLS certificate of ${d.host} was issued for another name.`,
  tlsFailed: (d) => `No TLS connection could be made with ${d.host} (${d.detail}).`,
  deadline: (d) => `${d.host} did not reply within ${inSeconds(d.ms)}: ${PHASES[d.phase]}.`,
  closedEarly: (d) => `${d.host} closed the connection without a reply.`,
  truncated: (d) => `${d.host} closed the connection before the reply was complete.`,
  badHttp: (d) => `${d.host} answered with something that is not HTTP (${d.detail}).`,
  lineFeedsOnly: (d) =>
    `The header lines of ${d.host} end in LF alone; HTTP wants CR LF (\`\\r\\n\`) behind each. Behind the first one came \`${visible(d.quoted)}\`.`,
  notHttp: (d) =>
    `${d.host} answered without a status line of HTTP (\`HTTP/1.1 200 OK\`). What came begins with \`${visible(d.quoted)}\`.`,
  tlsWanted: (d) => `${d.host} speaks TLS on that port, so the URL must begin with https://.`,
  tooManyInformational: (d) => `${d.host} sent more than ${d.limit} interim (1xx) replies and no final one.`,
  headersTooLarge: (d) => `The reply header of ${d.host} is too large.`,
  bodyTooLarge: (d) => `The reply is larger than ${d.limit / 1024} KiB.`,
  tooManyRedirects: (d) => `The receiver redirected more than ${d.limit} times.`,
  redirectRefused: (d) => `The receiver redirected (HTTP ${d.status}), which is not followed here.`,
  redirectWithoutTarget: (d) =>
    `The receiver answered HTTP ${d.status}, a redirect, without saying where to.`,
  redirectBadTarget: (d) =>
    `The receiver redirected to ${visible(d.target)}, which is not an http or https address.`,
  redirectToPlain: (d) =>
    `The receiver redirected from https to unencrypted http at ${d.host}; that is not followed.`,
  internal: (d) => `Switchhook itself failed to make the request (${d.detail}).`,
};
