import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import { applyQuery, companyQuery } from "../contract/company.ts";
import type { ApiPorts } from "../ports.ts";
import { sendProblem } from "../problem.ts";

/** The company as a file: read it, replace it. */
export function companyRoutes(ports: ApiPorts): FastifyPluginCallbackZod {
  return (server, _options, done) => {
    server.get("/company", { schema: { querystring: companyQuery } }, async (request, reply) => {
      const text = await ports.exportCompany(request.query.secrets);
      if (text !== undefined)
        return reply.header("content-type", "application/yaml; charset=utf-8").send(text);
      return sendProblem(reply, {
        title: "No configuration",
        status: 404,
        detail: "Nothing has been applied yet: send a company file with PUT, or run switchhook apply FILE.",
      });
    });

    server.put("/company", { schema: { querystring: applyQuery } }, async (request, reply) => {
      if (typeof request.body !== "string" || request.body === "") {
        return sendProblem(reply, {
          title: "Nothing to apply",
          status: 400,
          detail: "The body is the company file, in YAML or JSON.",
        });
      }
      const outcome = await ports.apply(request.body, request.query.file);
      if (outcome.type === "applied") return outcome.answer;
      if (outcome.type === "failed") {
        return sendProblem(reply, { title: "Not applied", status: 503, detail: outcome.sentence });
      }
      const errors = outcome.problems.filter((problem) => problem.severity === "error").length;
      return sendProblem(reply, {
        title: "The company file has errors",
        status: 422,
        detail: `${errors} ${errors === 1 ? "problem" : "problems"}; nothing has been changed.`,
        problems: outcome.problems,
      });
    });
    done();
  };
}
