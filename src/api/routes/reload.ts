import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import type { ApiPorts } from "../ports.ts";
import { sendProblem } from "../problem.ts";

/** Reads the certificate's files again, as SIGHUP does. */
export function reloadRoutes(ports: ApiPorts): FastifyPluginCallbackZod {
  return (server, _options, done) => {
    server.post("/reload", async (_request, reply) => {
      const outcome = await ports.reload();
      if (outcome.ok) return { sentence: outcome.value };
      return sendProblem(reply, { title: "Not reloaded", status: 409, detail: outcome.error });
    });
    done();
  };
}
