import type { StepChange } from "../dialplan/difference.ts";
import type { Result } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { PlanVersionSummary } from "../model/repositories.ts";
import type {
  PlanTraffic,
  PublishedPlan,
  ReplayedCalls,
  ShownDraft,
  ShownPlanVersion,
  ShownSimulation,
  WantedSimulation,
} from "./contract/plans.ts";
import type { ApiProblemCode } from "./contract/problem-kinds.ts";
import type { Refused } from "./contract/problems.ts";

type Answer<Value, Code extends ApiProblemCode> = Promise<Result<Value, Refused<Code>>>;
type NotSaved = "notSaved" | "diskFull";
type Page = { readonly before?: number | undefined; readonly limit: number };

/** What the API needs for dial plans. */
export interface PlanPorts {
  draft(id: string): Answer<ShownDraft, "noSuchPlan">;
  saveDraft(
    id: string,
    document: unknown,
    how: { readonly seen?: number | undefined; readonly basedOn?: number | undefined; readonly by: Doer },
  ): Answer<ShownDraft, "noSuchPlan" | "stale" | NotSaved>;
  dropDraft(id: string, seen: number | undefined): Answer<undefined, "noSuchPlan" | "stale" | NotSaved>;
  publish(
    id: string,
    wanted: {
      readonly note: string;
      readonly revision?: number | undefined;
      readonly overwrite: boolean;
      readonly by: Doer;
    },
  ): Answer<
    PublishedPlan,
    "noSuchPlan" | "nothingToPublish" | "planProblems" | "stale" | "keptInFile" | NotSaved
  >;
  versions(
    id: string,
    page: Page,
  ): Answer<{ items: PlanVersionSummary[]; next: number | null }, "noSuchPlan">;
  version(id: string, version: number): Answer<ShownPlanVersion, "noSuchPlan" | "noSuchVersion">;
  difference(
    id: string,
    from: number | "draft",
    to: number | "draft",
  ): Answer<{ changes: StepChange[] }, "noSuchPlan" | "noSuchVersion">;
  rollback(
    id: string,
    wanted: { readonly version: number; readonly note: string; readonly by: Doer },
  ): Answer<
    PublishedPlan,
    "noSuchPlan" | "noSuchVersion" | "planProblems" | "stale" | "keptInFile" | NotSaved
  >;
  simulate(
    id: string,
    wanted: Omit<WantedSimulation, "plan"> & { readonly on: "published" | "draft" | number },
  ): Answer<ShownSimulation, "noSuchPlan" | "noSuchVersion" | "planProblems">;
  simulateCall(wanted: WantedSimulation): Answer<ShownSimulation, "noSuchPlan">;
  traffic(id: string): Answer<PlanTraffic, "noSuchPlan">;
  replay(id: string, most: number): Answer<ReplayedCalls, "noSuchPlan" | "planProblems">;
}
