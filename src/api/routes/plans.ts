import type { FastifyInstance, FastifyRequest } from "fastify";
import { err } from "../../lib/result.ts";
import { planRoutes } from "../contract/plans.ts";
import { refused } from "../contract/problems.ts";
import { type Actor, mayAs } from "../contract/role.ts";
import type { PlanPorts } from "../plan-ports.ts";
import { serve } from "../serve.ts";

/** Drafts and versions of dial plans, and what would come of a call. */
export function servePlans(server: FastifyInstance, { plans }: { readonly plans: PlanPorts }): void {
  serve(server, planRoutes.draft, ({ params }) => plans.draft(params.id));
  serve(server, planRoutes.saveDraft, ({ params, query, body, ifMatch, actor }) =>
    plans.saveDraft(params.id, body, { seen: ifMatch, basedOn: query.basedOn, by: actor }),
  );
  serve(server, planRoutes.dropDraft, ({ params, ifMatch }) => plans.dropDraft(params.id, ifMatch));
  serve(server, planRoutes.publish, ({ params, body, actor, http }) => {
    const revision = body.revision ?? seenIn(http.request);
    return plans.publish(params.id, { ...body, revision, by: actor });
  });
  serve(server, planRoutes.versions, ({ params, query }) => plans.versions(params.id, query));
  serve(server, planRoutes.version, ({ params }) => plans.version(params.id, params.version));
  serve(server, planRoutes.difference, ({ params, query }) =>
    plans.difference(params.id, query.from, query.to),
  );
  serve(server, planRoutes.rollback, ({ params, body, actor }) =>
    plans.rollback(params.id, { ...body, by: actor }),
  );
  serve(server, planRoutes.simulate, async ({ params, body, actor }) =>
    mayAsk(actor, body) ? plans.simulate(params.id, body) : err(mayNotAsk()),
  );
  serve(server, planRoutes.simulateCall, async ({ body, actor }) =>
    mayAsk(actor, body) ? plans.simulateCall(body) : err(mayNotAsk()),
  );
  serve(server, planRoutes.traffic, ({ params }) => plans.traffic(params.id));
  serve(server, planRoutes.replay, ({ params, body }) => plans.replay(params.id, body.calls));
}

/** A request at somebody's server is more than looking. */
function mayAsk(actor: Actor, { ask }: { readonly ask: readonly string[] }): boolean {
  return ask.length === 0 || mayAs(actor.role, "operator");
}

function mayNotAsk() {
  return refused("notAllowed", "Only an operator may have webhooks really asked.", { needs: "operator" });
}

/** The revision of the draft that the client has seen, where it says so as a PUT would. */
function seenIn({ headers }: FastifyRequest): number | undefined {
  const revision = /^"(\d{1,15})"$/.exec(headers["if-match"] ?? "")?.[1];
  return revision === undefined ? undefined : Number(revision);
}
