import type { FastifyInstance } from "fastify";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { LocatedProblem } from "../../model/problem.ts";
import { type ApplyAnswer, companyRoutes } from "../contract/company.ts";
import { companyFileRoutes } from "../contract/company-file.ts";
import { type Refused, refused } from "../contract/problems.ts";
import type { ApiPorts, ApplyOutcome } from "../ports.ts";
import { serve } from "../serve.ts";

/** The company as a file: read it, see what another one would do, take that one. */
export function serveCompany(
  server: FastifyInstance,
  ports: Pick<ApiPorts, "exportCompany" | "apply" | "companyFile">,
): void {
  serve(server, companyRoutes.get, async ({ query }) => {
    const text = await ports.exportCompany(query.secrets);
    if (text !== undefined) return ok(text);
    const detail =
      "Nothing has been applied yet: send a company file with PUT, or run switchhook apply FILE.";
    return err(refused("noConfiguration", detail));
  });

  serve(server, companyRoutes.apply, async ({ body, query: { file, overwrite }, actor }) => {
    if (body === "") return err(NOTHING);
    return answer(await ports.apply(body, file, { audio: {}, overwrite, by: actor }));
  });

  serve(server, companyRoutes.applyWithAudio, async ({ body, query: { file, overwrite }, actor }) =>
    answer(await ports.apply(body.company, file, { audio: body.audio, overwrite, by: actor })),
  );

  serve(server, companyFileRoutes.state, async () => ok(ports.companyFile.state()));

  serve(server, companyFileRoutes.diff, async ({ body, query: { file, overwrite } }) => {
    if (body === "") return err(NOTHING);
    const difference = await ports.companyFile.diff(body, file, overwrite);
    return difference.ok ? difference : err(fileErrors(difference.error));
  });

  serve(server, companyFileRoutes.takeOver, ({ actor }) => ports.companyFile.takeOver(actor));
}

const NOTHING = refused("nothingToApply", "The body is the company file, in YAML or JSON.");

function answer(
  outcome: ApplyOutcome,
): Result<ApplyAnswer, Refused<"companyFileErrors" | "companyFileConflicts" | "notSaved" | "diskFull">> {
  switch (outcome.type) {
    case "applied":
      return ok(outcome.answer);
    case "failed":
      return err(refused(outcome.isDiskFull === true ? "diskFull" : "notSaved", outcome.sentence));
    case "conflicts": {
      const { problems } = outcome;
      const detail =
        problems.length === 1
          ? (problems[0]?.message ?? "")
          : `${problems.length} things were changed here too; nothing has been changed.`;
      return err(refused("companyFileConflicts", detail, { problems }));
    }
    case "refused":
      return err(fileErrors(outcome.problems));
  }
}

function fileErrors(problems: readonly LocatedProblem[]): Refused<"companyFileErrors"> {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const detail = `${errors} ${errors === 1 ? "problem" : "problems"}; nothing has been changed.`;
  return refused("companyFileErrors", detail, { problems });
}
