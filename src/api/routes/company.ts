import type { FastifyInstance } from "fastify";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { type ApplyAnswer, companyRoutes } from "../contract/company.ts";
import { type Refused, refused } from "../contract/problems.ts";
import type { ApiPorts, ApplyOutcome } from "../ports.ts";
import { serve } from "../serve.ts";

/** The company as a file: read it, replace it. */
export function serveCompany(
  server: FastifyInstance,
  ports: Pick<ApiPorts, "exportCompany" | "apply">,
): void {
  serve(server, companyRoutes.get, async ({ query }) => {
    const text = await ports.exportCompany(query.secrets);
    if (text !== undefined) return ok(text);
    const detail =
      "Nothing has been applied yet: send a company file with PUT, or run switchhook apply FILE.";
    return err(refused("noConfiguration", detail));
  });

  serve(server, companyRoutes.apply, async ({ body, query }) => {
    if (body !== "") return answer(await ports.apply(body, query.file, {}));
    return err(refused("nothingToApply", "The body is the company file, in YAML or JSON."));
  });

  serve(server, companyRoutes.applyWithAudio, async ({ body, query }) =>
    answer(await ports.apply(body.company, query.file, body.audio)),
  );
}

function answer(outcome: ApplyOutcome): Result<ApplyAnswer, Refused<"companyFileErrors" | "notSaved">> {
  if (outcome.type === "applied") return ok(outcome.answer);
  if (outcome.type === "failed") return err(refused("notSaved", outcome.sentence));
  const errors = outcome.problems.filter((problem) => problem.severity === "error").length;
  const detail = `${errors} ${errors === 1 ? "problem" : "problems"}; nothing has been changed.`;
  return err(refused("companyFileErrors", detail, { problems: outcome.problems }));
}
