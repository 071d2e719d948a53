import type { FastifyReply } from "fastify";
import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import { banParameters } from "../contract/access.ts";
import type { ApiPorts } from "../ports.ts";
import { sendProblem } from "../problem.ts";

/** Who is registered, who failed to, how trunks are, and who is kept slow. */
export function accessRoutes(ports: ApiPorts): FastifyPluginCallbackZod {
  return (server, _options, done) => {
    server.get("/phones/status", async (_request, reply) => {
      const report = await ports.access(undefined);
      return report === undefined ? noAnswer(reply) : { phones: report.phones };
    });

    server.get("/trunks/status", async (_request, reply) => {
      const report = await ports.access(undefined);
      return report === undefined ? noAnswer(reply) : { trunks: report.trunks };
    });

    server.get("/bans", async (_request, reply) => {
      const report = await ports.access(undefined);
      return report === undefined ? noAnswer(reply) : { bans: report.bans };
    });

    server.delete("/bans", async (_request, reply) => {
      const report = await ports.access({ what: undefined });
      return report === undefined ? noAnswer(reply) : { lifted: report.lifted };
    });

    server.delete("/bans/:what", { schema: { params: banParameters } }, async (request, reply) => {
      const { what } = request.params;
      const report = await ports.access({ what });
      if (report === undefined) return noAnswer(reply);
      if (report.lifted > 0) return { lifted: report.lifted };
      return sendProblem(reply, {
        title: "No such ban",
        status: 404,
        detail: "Nothing of this name is banned or slowed down; GET /api/v1/bans lists what is.",
      });
    });
    done();
  };
}

function noAnswer(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, {
    title: "No answer",
    status: 503,
    detail: "The calls' side of the server did not answer within a second; try again.",
  });
}
