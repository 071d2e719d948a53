import type { Result } from "../lib/result.ts";
import type { Refused } from "./contract/problems.ts";
import type { AnswerOf, BodyOf } from "./contract/route.ts";
import type { webhookTrialRoutes } from "./contract/webhook-trials.ts";

type Routes = typeof webhookTrialRoutes;

/** What the API needs to try webhooks. */
export interface WebhookTrialPorts {
  run(
    wanted: BodyOf<Routes["try"]>,
  ): Promise<Result<AnswerOf<Routes["try"]>, Refused<"invalid" | "noSuchCall" | "tooManyTrials">>>;
  judge(
    wanted: BodyOf<Routes["judge"]>,
  ): Promise<Result<AnswerOf<Routes["judge"]>, Refused<"invalid" | "noSuchCall">>>;
}
