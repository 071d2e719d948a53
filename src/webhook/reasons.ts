/**
 * Every way in which a webhook request can fail, each with the sentence that a person reads. The codes are
 * what later interceptors (retry, circuit breaker) and counters go by; README.md lists exactly these.
 */
export type Failure = { readonly [C in ReasonCode]: { readonly code: C } & Details[C] }[ReasonCode];

export type ReasonCode = keyof Details;

/** What each sentence needs to know. `host` is `name` or `name:port`, never with user or password. */
interface Details {
  badUrl: { readonly problem: string };
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
  tooManyInformational: { readonly host: string; readonly limit: number };
  headersTooLarge: { readonly host: string };
  bodyTooLarge: { readonly limit: number };
  tooManyRedirects: { readonly limit: number };
  redirectRefused: { readonly status: number };
  redirectWithoutTarget: { readonly status: number };
  redirectBadTarget: { readonly target: string };
  redirectToPlain: { readonly host: string };
  receiverFailed: { readonly status: number };
  receiverBusy: object;
  redirectStatus: { readonly status: number };
  ackWithErrorStatus: { readonly status: number };
  errorStatus: { readonly status: number };
  emptyBody: { readonly status: number };
  compressedBody: { readonly encoding: string };
  html: object;
  badJson: { readonly detail: string };
  noStatus: { readonly correction: string | undefined };
  unknownStatus: { readonly status: string; readonly correction: string | undefined };
  steered: { readonly placeholder: string };
  receiverSaidErr: { readonly status: number };
  internal: { readonly detail: string };
}

/** How far a request had come when its deadline passed. */
export type Phase = "connecting" | "waiting" | "reading";

const PHASES: Readonly<Record<Phase, string>> = {
  connecting: "no connection had been made yet",
  waiting: "the request was sent, but no complete reply header had come",
  reading: "the reply had begun but was not complete",
};

const LISTED = "security.webhookAllowedNetworks";

type Sentences = { readonly [C in ReasonCode]: (details: Details[C]) => string };

/** The registry: one sentence a code. */
export const reasons: Sentences = {
  badUrl: (d) => `The webhook's URL cannot be used: ${d.problem}.`,
  badHeader: (d) => `The request could not be written: ${d.problem}.`,
  tooManyInFlight: (d) =>
    `${d.limit} requests to ${d.host} are already waiting for a reply; no more are sent until some are answered.`,
  tooManyReceivers: (d) =>
    `Webhooks are already talking to ${d.limit} different servers, which is the limit.`,
  stopping: () => "Switchhook is stopping.",
  addressForbidden: (d) =>
    `${d.host} is at ${d.address}, which is ${d.range}: webhooks never connect to such an address.`,
  addressNotListed: (d) =>
    `${d.host} is at ${d.address}, which is ${d.range}. If that is intended, add its network to ${LISTED}.`,
  nameNotFound: (d) => `The name ${d.host} does not exist in DNS, or has no address.`,
  nameServerFailed: (d) => `The DNS server could not look up ${d.host} (${d.detail}).`,
  nameTimeout: (d) => `The DNS server did not answer within ${seconds(d.ms)} when asked for ${d.host}.`,
  refused: (d) => `${d.host} refused the connection: nothing listens on that port.`,
  unreachable: (d) => `${d.host} cannot be reached (${d.detail}).`,
  connectTimeout: (d) => `${d.host} did not accept the connection within ${seconds(d.ms)}.`,
  tlsTimeout: (d) =>
    `${d.host} accepted the connection but did not finish the TLS handshake within ${seconds(d.ms)}.`,
  certificateExpired: (d) => `The TLS certificate of ${d.host} has expired.`,
  certificateNotYetValid: (d) => `The TLS certificate of ${d.host} is not valid yet; check the clocks.`,
  certificateUntrusted: (d) =>
    `The TLS certificate of ${d.host} is not signed by an authority that is trusted here (${d.detail}).`,
  certificateWrongName: (d) => `The TLS certificate of ${d.host} was issued for another name.`,
  tlsFailed: (d) => `No TLS connection could be made with ${d.host} (${d.detail}).`,
  deadline: (d) => `${d.host} did not reply within ${seconds(d.ms)}: ${PHASES[d.phase]}.`,
  closedEarly: (d) => `${d.host} closed the connection without a reply.`,
  truncated: (d) => `${d.host} closed the connection before the reply was complete.`,
  badHttp: (d) => `${d.host} answered with something that is not HTTP (${d.detail}).`,
  tooManyInformational: (d) => `${d.host} sent more than ${d.limit} interim (1xx) replies and no final one.`,
  headersTooLarge: (d) => `The reply header of ${d.host} is too large.`,
  bodyTooLarge: (d) => `The reply is larger than ${d.limit / 1024} KiB.`,
  tooManyRedirects: (d) => `The receiver redirected more than ${d.limit} times.`,
  redirectRefused: (d) =>
    `The receiver redirected (HTTP ${d.status}), and this webhook follows no redirects (\`followRedirects: false\`).`,
  redirectWithoutTarget: (d) =>
    `The receiver answered HTTP ${d.status}, a redirect, without saying where to.`,
  redirectBadTarget: (d) => `The receiver redirected to ${d.target}, which is not an http or https address.`,
  redirectToPlain: (d) =>
    `The receiver redirected from https to unencrypted http at ${d.host}; that is not followed.`,
  receiverFailed: (d) => `The receiver failed with HTTP ${d.status}.`,
  receiverBusy: () => "The receiver answered HTTP 429: too many requests.",
  redirectStatus: (d) => `The receiver answered HTTP ${d.status}; only HTTP 200 can be a success.`,
  ackWithErrorStatus: (d) =>
    `The reply says status=ACK, but it came with HTTP ${d.status}; a success must come with HTTP 200.`,
  errorStatus: (d) => `The receiver answered HTTP ${d.status}.`,
  emptyBody: (d) =>
    `The receiver answered HTTP ${d.status} with an empty body; at least \`status=ACK\` is needed.`,
  compressedBody: (d) =>
    `The reply is compressed (${visible(d.encoding)}), although it was asked for uncompressed.`,
  html: () => "The reply is a web page (HTML or XML) instead of `status=ACK`.",
  badJson: (d) => `The reply begins like JSON but is not valid JSON (${d.detail}).`,
  noStatus: (d) => `The reply has no \`status\`.${corrected(d.correction ?? "status=ACK")}`,
  unknownStatus: (d) =>
    `The reply's status is "${visible(d.status)}"; it must be ACK, NAK or ERR.${corrected(d.correction)}`,
  steered: (d) =>
    `The reply repeats {${d.placeholder}} as it was sent, and no \`status\` stands before that; what stands behind it may be the caller's own text and does not count.`,
  receiverSaidErr: () => "The receiver answered ERR: something went wrong there.",
  internal: (d) => `Switchhook itself failed to make the request (${d.detail}).`,
};

/** The sentence of a failure. */
export function describeFailure(failure: Failure): string {
  const sentence = reasons[failure.code] as (details: Failure) => string;
  return sentence(failure);
}

function seconds(ms: number): string {
  return ms === 1000 ? "1 second" : `${Math.round(ms / 100) / 10} seconds`;
}

function corrected(line: string | undefined): string {
  return line === undefined ? "" : ` Correct would be: \`${line}\`.`;
}

/** Text of the receiver inside a sentence: short, and without control characters. */
export function visible(text: string): string {
  const clean = text.slice(0, 60).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");
  return text.length > 60 ? `${clean}…` : clean;
}
