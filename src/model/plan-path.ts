import { OWN_PLAN } from "../dialplan/plan.ts";
import { type TakenStep, takenSteps } from "../dialplan/taken-steps.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import type { CallRecord, StoryEvent } from "./call-record.ts";
import { decodeTrace } from "./trace-bytes.ts";

/** The steps of one plan that a call has taken. */
export interface PlanPath {
  readonly callId: string;
  readonly planId: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly path: readonly PathStep[];
  /** The call is still up: the rest comes at its end. */
  readonly isOpen: boolean;
}

/** A step by its number; in what of it somebody answered. */
export type PathStep = Pick<TakenStep, "step" | "answered">;

/** A plan by its name, as it is when the call is stored. */
export type FindPlan = (name: string) => { readonly id: string; readonly revision: number } | undefined;

/** A path is stored as numbers with blanks between them, a star behind those where somebody answered: `1 2 2.1.1*`. */
export function writePath(path: readonly PathStep[]): string {
  return path.map(({ step, answered }) => (answered ? `${step}*` : step)).join(" ");
}

export function readPath(text: string): readonly PathStep[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => ({ step: word.replace("*", ""), answered: word.endsWith("*") }));
}

/** What is looked at of a call as it is stored. */
type StoredCall = Pick<CallRecord, "id" | "kind" | "plan" | "startedAt" | "result"> & {
  readonly trace: Uint8Array;
};

/** What a call has taken of each plan that it was in. */
export function planPathsOf(row: StoredCall, findPlan: FindPlan): readonly PlanPath[] {
  if (row.kind !== "call" || row.plan === undefined) return [];
  const events: readonly StoryEvent[] = decodeTrace(row.trace).story;
  const versions = new Map<string, number>();
  const ids = new Map<string, string>();
  const entries: TraceEntry[] = [];
  for (const event of events) {
    if (event.type === "plan") {
      versions.set(event.plan, event.version);
      if (event.planId !== undefined) ids.set(event.plan, event.planId);
    }
    if (event.type !== "step") continue;
    const { entry } = event;
    entries.push(entry);
    const { plan, version } = entry.args ?? {};
    if (entry.code === "plan.entered" && typeof plan === "string" && typeof version === "number")
      versions.set(plan, version);
  }
  if (versions.get(row.plan) === OWN_PLAN) return [];
  const byPlan = Map.groupBy(takenSteps(entries), ({ plan = row.plan ?? "" }) => plan);
  return [...byPlan].flatMap(([name, path]) => {
    const found = findPlan(name);
    const planId = ids.get(name) ?? found?.id;
    if (planId === undefined) return [];
    const version = versions.get(name) ?? found?.revision ?? 0;
    const { id: callId, startedAt } = row;
    return [{ callId, planId, version, startedAt, path, isOpen: row.result === "ongoing" }];
  });
}
