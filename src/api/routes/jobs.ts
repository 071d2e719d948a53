import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { jobRoutes } from "../contract/jobs.ts";
import { refused } from "../contract/problems.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** How far what takes long has come. */
export function serveJobs(server: FastifyInstance, { jobs }: Pick<ApiPorts, "jobs">): void {
  serve(server, jobRoutes.list, async () => ok({ items: [...jobs.list()] }));
  serve(server, jobRoutes.get, async ({ params: { id } }) => {
    const job = jobs.get(id);
    return job === undefined
      ? err(refused("notFound", "There is no such job; the last 200 are kept, until a restart."))
      : ok(job);
  });
}
