import type { FastifyInstance } from "fastify";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { AccessReport, Lift } from "../../model/access.ts";
import { accessRoutes } from "../contract/access.ts";
import { type Refused, refused } from "../contract/problems.ts";
import type { Asker } from "../contract/role.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

const NO_ANSWER = refused(
  "noAnswer",
  "The calls' side of the server did not answer within a second; try again.",
);

/** Who is registered, who failed to, how trunks are, and who is kept slow. */
export function serveAccess(
  server: FastifyInstance,
  ports: Pick<ApiPorts, "access" | "phoneStatus" | "note">,
): void {
  const ask = async <Answer>(
    lift: Lift | undefined,
    answer: (report: AccessReport) => Answer,
  ): Promise<Result<Answer, Refused<"noAnswer">>> => {
    const report = await ports.access(lift);
    return report === undefined ? err(NO_ANSWER) : ok(answer(report));
  };
  serve(server, accessRoutes.phones, async () => {
    const phones = await ports.phoneStatus();
    return phones === undefined ? err(NO_ANSWER) : ok({ phones: [...phones] });
  });
  serve(server, accessRoutes.trunks, () => ask(undefined, ({ trunks }) => ({ trunks: [...trunks] })));
  serve(server, accessRoutes.bans, () => ask(undefined, ({ bans }) => ({ bans: [...bans] })));
  const lift = async (what: string | undefined, actor: Asker) => {
    const outcome = await ask({ what }, ({ lifted }) => ({ lifted }));
    if (outcome.ok && outcome.value.lifted > 0) await ports.note("bansLifted", actor, what);
    return outcome;
  };
  serve(server, accessRoutes.liftAll, ({ actor }) => lift(undefined, actor));
  serve(server, accessRoutes.lift, async ({ params: { what }, actor }) => {
    const outcome = await lift(what, actor);
    if (!outcome.ok || outcome.value.lifted > 0) return outcome;
    const detail = "Nothing of this name is banned or slowed down; GET /api/v1/bans lists what is.";
    return err(refused("noSuchBan", detail));
  });
}
