import type { FastifyInstance } from "fastify";
import { ok } from "../../lib/result.ts";
import type { StoredAuditEntry } from "../../model/audit.ts";
import { historyRoutes } from "../contract/history.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** Shorter beginnings of an id are those of too many calls. */
const SHORTEST_CALL_ID = 4;

/** The trash, the audit log, and the search. */
export function serveHistory(
  server: FastifyInstance,
  { history, calls }: Pick<ApiPorts, "history" | "calls">,
): void {
  serve(server, historyRoutes.trash, ({ query }) => history.trash(query));
  serve(server, historyRoutes.restore, ({ params, actor }) => history.restore(params.id, actor));
  serve(server, historyRoutes.audit, async ({ query }) => {
    const page = await history.audit(query);
    return page.ok ? ok({ ...page.value, items: page.value.items.map(shownEntry) }) : page;
  });
  serve(server, historyRoutes.search, async ({ query: { q, limit } }) => {
    const call = q.length >= SHORTEST_CALL_ID && /^[\w.@:-]+$/.test(q) ? await calls.get(q) : undefined;
    const shown = call === undefined ? [] : [call];
    return ok({
      entities: [...history.search(q, limit)],
      calls: shown.map(({ id, startedAt, caller, called }) => ({ id, startedAt, caller, called })),
    });
  });
}

function shownEntry({ details, changes, ...entry }: StoredAuditEntry) {
  return { ...entry, changes: [...changes], ...(details !== undefined && { details: [...details] }) };
}
