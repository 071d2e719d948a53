import type { PlanPorts } from "../../api/plan-ports.ts";
import { PlanDesk, type PlanDeskParts } from "./plan-desk.ts";
import { type PlanTrialParts, PlanTrials } from "./plan-trials.ts";

/** The use cases of dial plans as the API asks for them. */
export function planPorts(parts: PlanDeskParts & Omit<PlanTrialParts, "planDesk">): PlanPorts {
  const desk = new PlanDesk(parts);
  const trials = new PlanTrials({ ...parts, planDesk: desk });
  return {
    draft: (id) => desk.draft(id),
    saveDraft: (id, document, how) => desk.saveDraft(id, document, how),
    dropDraft: (id, seen) => desk.dropDraft(id, seen),
    publish: (id, wanted) => desk.publish(id, wanted),
    versions: (id, page) => desk.versions(id, page),
    version: (id, version) => desk.version(id, version),
    difference: (id, from, to) => desk.difference(id, from, to),
    rollback: (id, wanted) => desk.rollback(id, wanted),
    simulate: (id, wanted) => trials.simulate(id, wanted),
    simulateCall: (wanted) => trials.simulateCall(wanted),
    traffic: (id) => trials.traffic(id),
    replay: (id, most) => trials.replay(id, most),
  };
}
