import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import { callListQuery, callParameters } from "../contract/calls.ts";
import type { ApiPorts } from "../ports.ts";
import { sendProblem } from "../problem.ts";

/** A list says how often strangers were refused in this time. */
const REFUSED_MS = 86_400_000;

/** Records of calls, and the phones that are registered. */
export function callRoutes(ports: ApiPorts): FastifyPluginCallbackZod {
  return (server, _options, done) => {
    server.get("/calls", { schema: { querystring: callListQuery } }, async (request) => {
      const { kind, ...filter } = request.query;
      return {
        calls: await ports.calls.list({ ...filter, kinds: kind }),
        refused: await ports.calls.refusedSince(ports.now() - REFUSED_MS),
      };
    });

    server.get("/calls/:id", { schema: { params: callParameters } }, async (request, reply) => {
      const record = await ports.calls.get(request.params.id);
      if (record !== undefined) return record;
      return sendProblem(reply, {
        title: "No such call",
        status: 404,
        detail: "There is no call with this id; the beginning of an id is enough when only one call has it.",
      });
    });

    server.get("/registrations", async () => ({
      registrations: await ports.registrations.load(ports.now()),
    }));
    done();
  };
}
