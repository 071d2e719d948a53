import type { FastifyReply } from "fastify";
import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import { applyBody } from "../contract/audio.ts";
import { applyQuery, companyQuery } from "../contract/company.ts";
import { parseJson } from "../parse-json.ts";
import type { ApiPorts, ApplyOutcome } from "../ports.ts";
import { sendProblem } from "../problem.ts";

/** A company file (4 MiB) as text in JSON, with the contents of its messages. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

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
      if (typeof request.body === "string" && request.body !== "")
        return answer(reply, await ports.apply(request.body, request.query.file, {}));
      const detail = "The body is the company file, in YAML or JSON.";
      return sendProblem(reply, { title: "Nothing to apply", status: 400, detail });
    });

    const options = { schema: { querystring: applyQuery }, bodyLimit: MAX_BODY_BYTES };
    server.put("/company/with-audio", options, async (request, reply) => {
      const body = applyBody.safeParse(parseJson(request.body));
      if (body.success)
        return answer(reply, await ports.apply(body.data.company, request.query.file, body.data.audio));
      const detail = 'The body is JSON: { "company": TEXT, "audio": { NAME: CONTENT } }.';
      return sendProblem(reply, { title: "Wrong body", status: 400, detail });
    });
    done();
  };
}

function answer(reply: FastifyReply, outcome: ApplyOutcome): unknown {
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
}
