import { type FailureOf, type SentencesOf, visible } from "../../lib/failure.ts";

/** What is wrong with a reply; ../README.md lists the codes. */
export type ReplyFailure = FailureOf<ReplyDetails>;

/** What each sentence needs to know. */
export interface ReplyDetails {
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
}

/** One sentence a code. */
export const replyReasons: SentencesOf<ReplyDetails> = {
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
};

/** The sentence of a failure. */
export function describeReplyFailure(failure: ReplyFailure): string {
  const sentence = replyReasons[failure.code] as (details: ReplyFailure) => string;
  return sentence(failure);
}

function corrected(line: string | undefined): string {
  return line === undefined ? "" : ` Correct would be: \`${line}\`.`;
}
