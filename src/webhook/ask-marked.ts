import type { WebhookValues } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import { createHttpClient } from "../http/client.ts";
import type { Webhook } from "../model/webhook.ts";
import { createWebhookClient, type WebhookClientOptions } from "./client.ts";
import { TEST_HEADER } from "./trial.ts";

/**
 * Asks a webhook for a simulated call: as a real call does, by the guarded client, but marked in the receiver's log. Never
 * rejects; over when the webhook's deadline has passed.
 */
export async function askMarked(
  options: Omit<WebhookClientOptions, "http" | "logger">,
  webhook: Webhook,
  values: WebhookValues,
): Promise<WebhookResult> {
  const http = createHttpClient(options);
  const client = createWebhookClient({
    ...options,
    logger: { warn() {} },
    http: {
      send: (request) => http.send({ ...request, headers: [...request.headers, ...TEST_HEADER] }),
      close: () => http.close(),
    },
  });
  try {
    return await client.ask(webhook, values);
  } finally {
    await client.close();
  }
}
