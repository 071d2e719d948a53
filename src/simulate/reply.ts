import type { Command } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import { expandTemplate, parseTemplate } from "../dialplan/template.ts";
import { urlSecrets } from "../dialplan/url-secrets.ts";
import { inSeconds } from "../lib/failure.ts";
import { createMasker } from "../lib/masker.ts";
import type { Said } from "../lib/said.ts";
import { ignoredAnswer, resultOfReply } from "../webhook/reply/result.ts";
import type { GivenReply } from "./given.ts";

/** A request that a plan makes of a webhook. */
export type AskedWebhook = Pick<Extract<Command, { type: "request" }>, "webhook" | "values">;

/** What a simulation must know of a webhook. */
export interface CalledWebhook {
  readonly urlTemplate: string;
  readonly ignoreAnswer?: boolean | undefined;
  readonly method?: "GET" | "POST" | undefined;
  /** A reply that takes longer is none; undefined: any is waited for. */
  readonly timeoutMs?: number | undefined;
}

/** The address that a request would go to, as stories show it; empty where there is none. */
export function maskedUrl({ values }: AskedWebhook, urlTemplate: string | undefined): string {
  const template = urlTemplate === undefined ? undefined : parseTemplate(urlTemplate);
  return template?.ok === true ? expandTemplate(template.value, values).masked : "";
}

/** What the plan is told of a reply; without one, why there is none. */
export function resultOf(
  { webhook, values }: AskedWebhook,
  given: GivenReply | undefined,
  called: CalledWebhook | undefined,
): WebhookResult {
  const urlTemplate = called?.urlTemplate;
  const url = maskedUrl({ webhook, values }, urlTemplate);
  if (urlTemplate === undefined)
    return unanswered(
      { code: "webhookGone", args: { webhook }, text: `there is no webhook "${webhook}"` },
      url,
    );
  if (called?.ignoreAnswer === true) return ignoredAnswer(url);
  if (given === undefined) {
    const text = `This simulation has no reply of the webhook "${webhook}": give it one, or have it asked.`;
    return unanswered({ code: "noReplyGiven", args: { webhook }, text }, url);
  }
  if ("result" in given) return given.result;
  const { body, status, afterMs: elapsedMs } = given;
  const { timeoutMs = Number.POSITIVE_INFINITY } = called ?? {};
  if (elapsedMs >= timeoutMs) return unanswered(tooLate(timeoutMs, url), url, timeoutMs);
  const octets = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const mask = createMasker(urlSecrets(urlTemplate));
  return resultOfReply({ status, body: octets }, values, { url, elapsedMs, mask });
}

/** As the webhook client says it (http/reasons.ts). */
function tooLate(ms: number, url: string): Said {
  const host = URL.canParse(url) ? new URL(url).host : "";
  const text = `${host} did not reply within ${inSeconds(ms)}: the request was sent, but no complete reply header had come.`;
  return { code: "deadline", args: { ms, phase: "waiting", host }, text };
}

/** What the plan is told where no reply came: why, and after how long. */
export function unanswered({ code, args, text }: Said, url: string, elapsedMs = 0): WebhookResult {
  return {
    verdict: "error",
    destination: undefined,
    callerName: undefined,
    failure: code,
    args,
    reason: text,
    warnings: [],
    status: undefined,
    url,
    elapsedMs,
    excerpt: "",
  };
}
