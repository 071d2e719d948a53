import type { DocumentOf } from "../../../../src/model/entities/kinds.ts";

type Plan = DocumentOf<"plan">;

/**
 * The recipe "show the caller's name": the webhook is asked, its name is shown and its destination rung; the phone rings where it
 * names none, and where it fails.
 */
export function firstPlan(webhook: string, phone: string | undefined): Plan {
  const ring = phone === undefined ? [] : [{ type: "phone" as const, phone, ringSeconds: 20 }];
  const success = [
    { type: "callerName" as const, mode: "webhook" as const },
    { type: "variableDestination" as const, ringSeconds: 20 },
    ...ring,
  ];
  return {
    name: webhook,
    steps: [{ type: "webhook" as const, webhook, success, failed: ring }],
  };
}
