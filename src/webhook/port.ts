import type { WebhookValues } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import type { Webhook } from "../model/webhook.ts";

/** The call's view of the webhook client. */
export interface WebhookPort {
  /**
   * Makes the one HTTP request of a webhook step and reads its reply. Never rejects: every failure is a
   * `WebhookResult` with verdict `error` and a reason in words, at the latest when the webhook's deadline passes.
   * `onAsking` gets the URL just before it is requested, codes and secrets masked.
   */
  ask(webhook: Webhook, values: WebhookValues, onAsking?: (url: string) => void): Promise<WebhookResult>;
}
