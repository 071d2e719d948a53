import { WebhookHealths } from "../admin/webhook-health.ts";
import type { WebhookStatus } from "../api/contract/overview.ts";
import type { WebhookValues } from "../dialplan/command.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Repositories } from "../model/repositories.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Ask, ReadFailure } from "./api-client.ts";
import type { Failure } from "./failure.ts";
import type { WebhookTrial } from "./installation-port.ts";

/** Of a data folder alone: what calls have asked is in the store. */
export async function webhooksOverStore({
  company,
  webhookRequests,
}: Pick<Repositories, "company" | "webhookRequests">): Promise<readonly WebhookStatus[]> {
  const { entities } = await company.load();
  const wall = (): number => systemClock.wall();
  return new WebhookHealths({ requests: webhookRequests, entities: () => entities, wall }).all();
}

/** The same of a running server. */
export async function webhooksOverApi(
  ask: Ask,
  failureOf: ReadFailure,
): Promise<Result<readonly WebhookStatus[], Failure>> {
  const response = await ask("webhooks/status");
  if (!response.ok) return response;
  if (!response.value.ok) return err(await failureOf(response.value));
  return ok(((await response.value.json()) as { readonly webhooks: readonly WebhookStatus[] }).webhooks);
}

/** A real request, which the running server makes with the webhook's own secrets. */
export async function tryOverApi(
  ask: Ask,
  failureOf: ReadFailure,
  name: string,
  values: Partial<WebhookValues>,
): Promise<Result<WebhookTrial | undefined, Failure>> {
  const all = await webhooksOverApi(ask, failureOf);
  if (!all.ok) return all;
  const id = all.value.find((one) => one.name === name)?.id;
  if (id === undefined) return ok(undefined);
  const found = await ask(`webhooks/${encodeURIComponent(id)}`);
  if (!found.ok) return found;
  if (!found.value.ok) return err(await failureOf(found.value));
  const { document } = (await found.value.json()) as { readonly document: unknown };
  const tried = await ask("webhooks/try", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ document, id, values }),
  });
  if (!tried.ok) return tried;
  if (!tried.value.ok) return err(await failureOf(tried.value));
  return ok((await tried.value.json()) as WebhookTrial);
}
