import { type FailureOf, type SentencesOf, visible } from "../../lib/failure.ts";

/** What is wrong with a reply; ../README.md lists the codes. */
export type ReplyFailure = FailureOf<ReplyDetails>;

/** What each sentence needs to know; `correction` is the line that should have been sent, where that is certain. */
export interface ReplyDetails {
  receiverFailed: { readonly status: number };
  receiverBusy: object;
  redirectStatus: { readonly status: number };
  ackWithErrorStatus: { readonly status: number };
  errorStatus: { readonly status: number };
  httpToTlsPort: { readonly status: number };
  emptyBody: { readonly status: number };
  compressedBody: { readonly encoding: string };
  html: { readonly correction: string | undefined };
  programsNotice: {
    readonly program: string;
    readonly quoted: string;
    readonly correction: string | undefined;
  };
  programsSource: { readonly program: string };
  badJson: { readonly detail: string; readonly correction?: string | undefined };
  jsonList: { readonly count: number };
  wrapped: { readonly path: string; readonly quoted: string; readonly correction: string | undefined };
  catchHook: { readonly quoted: string };
  otherSeparators: {
    readonly separator: string;
    readonly quoted: string;
    readonly correction: string | undefined;
  };
  secondLine: { readonly quoted: string };
  twoVerdicts: { readonly quoted: string };
  nearKey: { readonly written: string; readonly meant: string; readonly correction: string | undefined };
  noStatus: { readonly quoted?: string | undefined; readonly correction: string | undefined };
  unknownStatus: { readonly status: string; readonly correction: string | undefined };
  steered: { readonly placeholder: string };
  receiverSaidErr: { readonly status: number };
}

/** What to do about a status of the receiver's server, as the end of a sentence. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [400, "it did not understand the request"],
  [401, "it wants a user name and password; they go into the URL, as `user:password@` before the host"],
  [
    403,
    "it knows the address but does not let us in: look for a firewall, a token or a list of addresses there",
  ],
  [404, "there is nothing at this address: compare the path of the URL, and capitals in it"],
  [405, "it does not take this method: set the webhook's `method` to the other one, GET or POST"],
  [410, "what was there has been switched off or deleted: make the hook anew and take over its address"],
]);

/** One sentence a code. */
export const replyReasons: SentencesOf<ReplyDetails> = {
  receiverFailed: (d) => `The receiver failed with HTTP ${d.status}.`,
  receiverBusy: () => "The receiver answered HTTP 429: too many requests.",
  redirectStatus: (d) => `The receiver answered HTTP ${d.status}; only HTTP 200 can be a success.`,
  ackWithErrorStatus: (d) =>
    `The reply says status=ACK, but it came with HTTP ${d.status}; a success must come with HTTP 200.`,
  errorStatus: (d) => {
    const advice = ADVICE.get(d.status);
    return `The receiver answered HTTP ${d.status}${advice === undefined ? "" : `: ${advice}`}.`;
  },
  httpToTlsPort: (d) =>
    `The receiver answered HTTP ${d.status}: its port speaks TLS, so the URL must begin with https://.`,
  emptyBody: (d) =>
    `The receiver answered HTTP ${d.status} with an empty body; at least a \`status\` is needed.${d.status === 202 ? ` ${LATER}` : ""}`,
  compressedBody: (d) =>
    `The reply is compressed (${visible(d.encoding)}), although it was asked for uncompressed.`,
  html: (d) =>
    d.correction === undefined
      ? "The reply is a web page (HTML or XML) instead of a line with a `status`."
      : `The reply is a web page (HTML or XML) with a reply somewhere in it; the reply must stand alone.${corrected(d.correction)}`,
  programsNotice: (d) =>
    `A message of ${d.program} stands in the reply (\`${visible(d.quoted)}\`). Mend what it says, and let ${d.program} write such messages into a log instead.${corrected(d.correction)}`,
  programsSource: (d) =>
    `The reply is the source of a ${d.program} program: the web server sends the file instead of running it.`,
  badJson: (d) => `The reply begins like JSON but is not valid JSON (${d.detail}).${corrected(d.correction)}`,
  jsonList: (d) =>
    `The reply is a JSON list of ${d.count} elements; it must be one object with a \`status\`.`,
  wrapped: (d) =>
    `The reply's \`${visible(d.quoted)}\` stands inside \`${visible(d.path)}\`, where it does not count; it must be the reply itself.${corrected(d.correction)}`,
  catchHook: (d) => `The receiver answered \`${visible(d.quoted)}\`. ${LATER}`,
  otherSeparators: (d) =>
    `Between the parts of the reply stands ${d.separator} (\`${visible(d.quoted)}\`); they must be joined with \`&\` and have \`=\` behind the key.${corrected(d.correction)}`,
  secondLine: (d) =>
    `Behind the line of the reply comes more with a key of a reply in it (\`${visible(d.quoted)}\`); the reply must be all that is sent.`,
  twoVerdicts: (d) =>
    `Before its \`status=ACK\` the reply says something else (\`${visible(d.quoted)}\`); one of the two must go.`,
  nearKey: (d) =>
    `The reply has \`${visible(d.written)}\`; did you mean \`${d.meant}\`? As it is, the value would be lost, so the reply fails.${corrected(d.correction)}`,
  noStatus: (d) =>
    `The reply has no \`status\`, which must be ACK, NAK or ERR${d.quoted === undefined ? "" : `; it begins with \`${visible(d.quoted)}\``}.${corrected(d.correction)}`,
  unknownStatus: (d) =>
    `The reply's status is "${visible(d.status)}"; it must be ACK, NAK or ERR.${corrected(d.correction)}`,
  steered: (d) =>
    `The reply repeats {${d.placeholder}} as it was sent, and no \`status\` stands before that; what stands behind it may be the caller's own text and does not count.`,
  receiverSaidErr: () => "The receiver answered ERR: something went wrong there.",
};

/** Of services that run what they were asked for later (Zapier, Make, n8n, Power Automate). */
const LATER =
  "So answers a service that runs what it was asked for later: let the webhook ignore the answer (`ignoreAnswer: true`), or let " +
  "the service write the reply itself, with its step for that (“Webhook response”, “Respond to Webhook”).";

/** The sentence of a failure. */
export function describeReplyFailure(failure: ReplyFailure): string {
  const sentence = replyReasons[failure.code] as (details: ReplyFailure) => string;
  return sentence(failure);
}

function corrected(line: string | undefined): string {
  return line === undefined ? "" : ` Correct would be: \`${line}\`.`;
}
