import { type HttpDetails, httpReasons } from "../http/reasons.ts";
import type { FailureOf, SentencesOf } from "../lib/failure.ts";
import { type ReplyDetails, replyReasons } from "./reply/reasons.ts";

/** Every way in which a webhook request can fail: before it, on its way (http/), or by what the reply says (reply/). */
export type Failure = FailureOf<Details>;

interface Details extends HttpDetails, ReplyDetails {
  badUrl: { readonly problem: string };
}

const LISTED = "security.webhookAllowedNetworks";

/** The registry: one sentence a code, those of http/ in the words of who sets up a webhook. */
export const reasons: SentencesOf<Details> = {
  ...httpReasons,
  ...replyReasons,
  badUrl: (d) => `The webhook's URL cannot be used: ${d.problem}.`,
  tooManyReceivers: (d) =>
    `Webhooks are already talking to ${d.limit} different servers, which is the limit.`,
  addressForbidden: (d) =>
    `${d.host} is at ${d.address}, which is ${d.range}: webhooks never connect to such an address.`,
  addressNotListed: (d) =>
    `${d.host} is at ${d.address}, which is ${d.range}. If that is intended, add its network to ${LISTED}.`,
  redirectRefused: (d) =>
    `The receiver redirected (HTTP ${d.status}), and this webhook follows no redirects (\`followRedirects: false\`).`,
};

/** The sentence of a failure. */
export function describeFailure(failure: Failure): string {
  const sentence = reasons[failure.code] as (details: Failure) => string;
  return sentence(failure);
}
