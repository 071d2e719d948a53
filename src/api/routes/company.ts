import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import { APPLY_TYPE, applyBody } from "../contract/audio.ts";
import { applyQuery, companyQuery } from "../contract/company.ts";
import type { ApiPorts } from "../ports.ts";
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

    const options = { schema: { querystring: applyQuery }, bodyLimit: MAX_BODY_BYTES };
    server.put("/company", options, async (request, reply) => {
      if (typeof request.body !== "string" || request.body === "") {
        return sendProblem(reply, {
          title: "Nothing to apply",
          status: 400,
          detail: "The body is the company file, in YAML or JSON.",
        });
      }
      const given = readBody(request.body, request.headers["content-type"]);
      if (given === undefined) {
        const detail = `A body of type ${APPLY_TYPE} is JSON: { "company": TEXT, "audio": { NAME: CONTENT } }.`;
        return sendProblem(reply, { title: "Wrong body", status: 400, detail });
      }
      const outcome = await ports.apply(given.company, request.query.file, given.audio);
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

/** A company file as it is, or one with the sound that was sent for it. */
function readBody(
  body: string,
  type: string | undefined,
): { readonly company: string; readonly audio: Readonly<Record<string, string>> } | undefined {
  if (type?.split(";", 1)[0]?.trim().toLowerCase() !== APPLY_TYPE) return { company: body, audio: {} };
  try {
    const parsed = applyBody.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
