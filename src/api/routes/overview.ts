import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { mayAs } from "../../model/role.ts";
import { overviewRoutes } from "../contract/overview.ts";
import { refused } from "../contract/problems.ts";
import type { OverviewPorts } from "../overview-ports.ts";
import { serve } from "../serve.ts";

/** How everything goes, and how each webhook does. */
export function serveOverview(server: FastifyInstance, ports: OverviewPorts): void {
  serve(server, overviewRoutes.home, async ({ actor: { role } }) => {
    const { needsYou, ...seen } = await ports.overview();
    // Which phones' passwords are easily guessed is for those who can change them.
    const isShown = mayAs(role, "editor");
    return ok({ ...seen, needsYou: needsYou.filter(({ code }) => isShown || code !== "weakPassword") });
  });

  serve(server, overviewRoutes.status, async () => ok({ webhooks: await ports.webhookHealth.all() }));

  serve(server, overviewRoutes.health, async ({ params: { id } }) => {
    const health = await ports.webhookHealth.of(id);
    return health === undefined ? err(NO_SUCH_WEBHOOK) : ok(health);
  });

  serve(server, overviewRoutes.requests, async ({ params: { id }, query: { limit, cursor } }) => {
    const [at = "", nth = "", call = ""] = cursor?.split(".") ?? [];
    const before = cursor === undefined ? undefined : { at: Number(at), nth: Number(nth), call };
    const found = await ports.webhookHealth.recent(id, limit + 1, before);
    if (found === undefined) return err(NO_SUCH_WEBHOOK);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const isMore = found.length > limit && last !== undefined;
    return ok({ items, next: isMore ? `${last.at}.${last.nth}.${last.call}` : null });
  });
}

const NO_SUCH_WEBHOOK = refused("noSuchWebhook", "There is no webhook with this id.");
