import type { Command } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import { expandTemplate, parseTemplate } from "../dialplan/template.ts";
import { urlSecrets } from "../dialplan/url-secrets.ts";
import { createMasker } from "../lib/masker.ts";
import { ignoredAnswer, resultOfReply } from "../webhook/reply/result.ts";
import type { GivenReply } from "./given.ts";

/** A request that a plan makes of a webhook. */
export type AskedWebhook = Pick<Extract<Command, { type: "request" }>, "webhook" | "values">;

/** What a simulation must know of a webhook. */
export interface CalledWebhook {
  readonly urlTemplate: string;
  readonly ignoreAnswer?: boolean | undefined;
  readonly method?: "GET" | "POST" | undefined;
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
    return failed({ code: "webhookGone", webhook }, `there is no webhook "${webhook}"`, url);
  if (called?.ignoreAnswer === true) return ignoredAnswer(url);
  if (given === undefined) {
    const reason = `This simulation has no reply of the webhook "${webhook}": give it one, or have it asked.`;
    return failed({ code: "noReplyGiven", webhook }, reason, url);
  }
  if ("result" in given) return given.result;
  const { body, status, afterMs: elapsedMs } = given;
  const octets = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const mask = createMasker(urlSecrets(urlTemplate));
  return resultOfReply({ status, body: octets }, values, { url, elapsedMs, mask });
}

function failed(
  { code, webhook }: { readonly code: string; readonly webhook: string },
  reason: string,
  url: string,
): WebhookResult {
  return {
    verdict: "error",
    destination: undefined,
    callerName: undefined,
    failure: code,
    args: { webhook },
    reason,
    warnings: [],
    status: undefined,
    url,
    elapsedMs: 0,
    excerpt: "",
  };
}
