import { createMasker } from "../../../../src/lib/masker.ts";
import { webhook } from "../../../../src/model/entities/webhook.ts";

type WebhookDocument = Parameters<typeof webhook.secrets.masked>[0];

/**
 * What the browser keeps of a webhook: as the server shows it, without the receiver's key in its address or in what is written about it.
 * The server puts back the one that it has; of a new webhook, or at another host, it asks for it.
 */
export function withoutKeys(document: WebhookDocument): WebhookDocument {
  const { secrets } = webhook;
  return secrets.masked(document, createMasker(secrets.values(document)));
}
