import type { CallFacts } from "../../src/dialplan/call-facts.ts";
import type { Command } from "../../src/dialplan/command.ts";
import type { WalkDirectory } from "../../src/dialplan/frames.ts";
import type { Outcome, WebhookResult } from "../../src/dialplan/outcome.ts";
import type { Plan } from "../../src/dialplan/plan.ts";
import { begin, resume } from "../../src/dialplan/walk.ts";
import type { Turn } from "../../src/dialplan/walk-state.ts";

/** Walks a plan with these outcomes; gives every turn. */
export function walkPlan(
  plan: Plan,
  outcomes: readonly Outcome[],
  facts: CallFacts,
  directory: WalkDirectory,
): [Turn, ...Turn[]] {
  let turn = begin(plan, facts, { directory, now: 0 });
  const turns: [Turn, ...Turn[]] = [turn];
  for (const outcome of outcomes) {
    turn = resume(plan, turn.walk, outcome, { directory, now: 0 });
    turns.push(turn);
  }
  return turns;
}

/** A webhook's reply: ACK and nothing else, but for what is given. */
export function replied(result: Partial<WebhookResult>): Outcome {
  return {
    type: "replied",
    result: {
      verdict: "ack",
      destination: undefined,
      callerName: undefined,
      failure: undefined,
      args: { destination: result.destination, callerName: result.callerName },
      reason: "The receiver answered status=ACK.",
      warnings: [],
      status: 200,
      url: "http://crm.example/",
      elapsedMs: 12,
      excerpt: "status=ACK",
      ...result,
    },
  };
}

/** A command in a few words: `ring 1 215 216`, `request 1 CRM`, `collect 1 enter-code`, `hangUp 486`, `connected 1`. */
export function brief(command: Command): string {
  switch (command.type) {
    case "ring": {
      const targets = command.targets.map((target) =>
        target.kind === "phone" ? target.extension : target.number,
      );
      return `ring ${command.step} ${targets.join(" ")}`;
    }
    case "follow":
      return `follow ${command.step} ${command.targets.map((target) => (target.kind === "phone" ? target.extension : target.number)).join(" ")}`;
    case "request":
      return command.values.code === ""
        ? `request ${command.step} ${command.webhook}`
        : `request ${command.step} ${command.webhook} ${command.values.code}`;
    case "play":
      return `play ${command.step} ${command.message}`;
    case "collect":
      return `collect ${command.step} ${command.message ?? "-"}`;
    case "hangUp":
      return `hangUp ${command.status}`;
    case "connected":
      return `connected ${command.step}`;
  }
}
