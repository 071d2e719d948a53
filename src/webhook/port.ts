import type { WebhookValues } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import type { Webhook } from "../model/webhook.ts";

/** The call's view of the webhook client. */
export interface WebhookPort {
  /**
   * Makes the one HTTP request of a webhook step and reads its reply. Never rejects: every failure is a
   * `WebhookResult` with verdict `error` and a reason in words, at the latest when the webhook's deadline passes.
   */
  ask(webhook: Webhook, values: WebhookValues): Promise<WebhookResult>;
}
