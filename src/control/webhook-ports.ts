import type { Desk } from "../admin/desk.ts";
import { TRIALS, type TrialLimit } from "../admin/trial-limit.ts";
import { type TrialRefusal, WebhookTrials } from "../admin/webhook-trials.ts";
import { refused } from "../api/contract/problems.ts";
import type { WebhookTrialPorts } from "../api/webhook-ports.ts";
import { err, ok } from "../lib/result.ts";
import type { Problem } from "../model/problem.ts";
import type { CallRepository } from "../model/repositories.ts";
import type { Clock } from "../runtime/clock.ts";
import { tryWebhook } from "../webhook/trial.ts";

export interface WebhookTrialParts {
  readonly desk: Desk;
  readonly calls: Pick<CallRepository, "get">;
  readonly clock: Clock;
  /** The origin of our own practice receivers. */
  readonly practice: () => string | undefined;
  /** Of the product. */
  readonly version: string;
  /** Shared with simulations. */
  readonly limit: TrialLimit;
}

/** Trials of webhooks, from this thread: no call waits for one. */
export function webhookTrialPorts({
  desk,
  calls,
  clock,
  version,
  practice,
  limit,
}: WebhookTrialParts): WebhookTrialPorts {
  const allowedNetworks = (): readonly string[] =>
    desk.entities.get("settings", "")?.document.security.webhookAllowedNetworks ?? [];
  const trials = new WebhookTrials({
    entities: () => desk.entities,
    calls,
    ask: (webhook, values, understand) =>
      tryWebhook({ clock, version, allowedNetworks, practice, understand }, webhook, values),
    limit,
  });
  return {
    async run(wanted) {
      const tried = await trials.run(wanted);
      if (tried.ok) return ok(tried.value);
      const { error } = tried;
      return err(error.code === "busy" || error.code === "tooMany" ? TOO_MANY : refusalOf(error));
    },
    async judge({ reply, ...wanted }) {
      const judged = await trials.judge(wanted, reply);
      return judged.ok ? ok(judged.value) : err(refusalOf(judged.error));
    },
  };
}

const TOO_MANY = {
  ...refused(
    "tooManyTrials",
    `Webhooks are tried ${TRIALS.atOnce} at once and ${TRIALS.perMinute} times a minute; try again in a moment.`,
  ),
  retryAfterSeconds: 10,
};

function refusalOf(refusal: TrialRefusal) {
  if (refusal.code !== "invalid") return refused("noSuchCall", "There is no call with this id.");
  const problems = refusal.problems.map(({ path, severity, code, message }: Problem) => {
    return { pointer: `/document${path.map((part) => `/${part}`).join("")}`, severity, code, message };
  });
  return refused("invalid", problems[0]?.message ?? "", { problems });
}
