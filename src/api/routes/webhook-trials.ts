import type { FastifyInstance } from "fastify";
import { previewTemplate, SAMPLE_VALUES } from "../../dialplan/template-preview.ts";
import { ok } from "../../lib/result.ts";
import { webhookTrialRoutes } from "../contract/webhook-trials.ts";
import { serve } from "../serve.ts";
import type { WebhookTrialPorts } from "../webhook-ports.ts";

/** Webhooks that are tried before they are saved. */
export function serveWebhookTrials(server: FastifyInstance, ports: WebhookTrialPorts): void {
  serve(server, webhookTrialRoutes.try, ({ body }) => ports.run(body));
  serve(server, webhookTrialRoutes.judge, ({ body }) => ports.judge(body));
  serve(server, webhookTrialRoutes.preview, async ({ body: { urlTemplate, values } }) => {
    const given = Object.entries(values ?? {}).filter(([, value]) => value !== undefined);
    const preview = previewTemplate(urlTemplate, { ...SAMPLE_VALUES, ...Object.fromEntries(given) });
    if (!preview.ok) return ok({ pieces: [], warnings: [], problems: preview.problems });
    const { url, masked, pieces, warnings } = preview;
    return ok({ url, masked, pieces, warnings, problems: [] });
  });
}
