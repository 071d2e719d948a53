import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { refused } from "../contract/problems.ts";
import { reloadRoutes } from "../contract/reload.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** Reads the certificate's files again, as SIGHUP does. */
export function serveReload(server: FastifyInstance, ports: Pick<ApiPorts, "reload" | "note">): void {
  serve(server, reloadRoutes.reload, async ({ actor }) => {
    const outcome = await ports.reload();
    if (outcome.ok) await ports.note("certificateRead", actor);
    return outcome.ok ? ok({ sentence: outcome.value }) : err(refused("notReloaded", outcome.error));
  });
}
