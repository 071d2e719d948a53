import type { Desk } from "../admin/desk.ts";
import { planPorts } from "../admin/plans/plan-service.ts";
import type { TrialLimit } from "../admin/trial-limit.ts";
import type { PlanPorts } from "../api/plan-ports.ts";
import type { PlanDraft } from "../model/repositories.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Store } from "../store/store.ts";
import { askMarked } from "../webhook/ask-marked.ts";

export interface PlanPortParts {
  readonly desk: Desk;
  readonly store: Pick<Store, "plans" | "calls">;
  readonly clock: Clock;
  readonly softwareVersion: string;
  /** The origin of our own practice receivers. */
  readonly practice: () => string | undefined;
  /** Shared with trials of webhooks. */
  readonly limit: TrialLimit;
  /** A draft was saved. */
  readonly draftChanged: (draft: PlanDraft) => void;
}

/** The part of the API that is about dial plans. */
export function plansOf({
  desk,
  store,
  clock,
  softwareVersion: version,
  practice,
  limit,
  draftChanged,
}: PlanPortParts): PlanPorts {
  const allowedNetworks = () =>
    desk.entities.get("settings", "")?.document.security.webhookAllowedNetworks ?? [];
  return planPorts({
    desk,
    plans: {
      ...store.plans,
      async saveDraft(draft, seen) {
        const isSaved = await store.plans.saveDraft(draft, seen);
        if (isSaved) draftChanged(draft);
        return isSaved;
      },
    },
    calls: store.calls,
    wall: () => clock.wall(),
    rest: () => new Promise((resolve) => setImmediate(resolve)),
    async ask(webhook, values) {
      const options = { clock, allowedNetworks, practice, version };
      const asked = await limit.take(() => askMarked(options, webhook, values));
      return asked.ok ? { result: asked.value } : undefined;
    },
  });
}
