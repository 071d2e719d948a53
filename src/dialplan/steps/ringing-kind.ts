import type { Words } from "../../lib/said.ts";
import type { CallerIdForwarding } from "../command.ts";
import { afterForward } from "./forwarding.ts";
import { afterRinging, type RingingNow, type RingingStep } from "./ringing.ts";
import { ringingWeights, ringingWords } from "./ringing-words.ts";
import { type Move, none, type Scene, type StepBase, type StepKind, type StepLike } from "./step.ts";

interface RingingStepBase extends StepBase {
  readonly ringMs: number;
}

/** What a kind that rings says of itself; the rest is the same for all of them. */
interface RingingParts<Document extends StepLike, Step extends RingingStepBase>
  extends Pick<
    StepKind<Document, Step, RingingNow>,
    "type" | "title" | "help" | "schema" | "compile" | "label"
  > {
  /** Sentences of its own. */
  readonly words?: Words;
  references?(document: Document): ReturnType<StepKind<Document, Step>["references"]>;
  /** Whom it rings, or why nobody. */
  rings(step: Step, scene: Scene, ringing: RingingStep): Move<RingingNow>;
  /** Its own setting of the number that is shown. */
  callerIdForwarding?(step: Step): CallerIdForwarding | undefined;
  ignoresForwarding?(step: Step): boolean;
}

/** A kind of step that rings, and then goes on as dialplan.md says (Progression at a ringing step). */
export function ringingKind<Document extends StepLike, Step extends RingingStepBase>(
  parts: RingingParts<Document, Step>,
): StepKind<Document, Step, RingingNow> {
  const ringing = (step: Step): RingingStep => ({
    step,
    label: parts.label(step),
    callerIdForwarding: parts.callerIdForwarding?.(step),
    ignoresForwarding: parts.ignoresForwarding?.(step) ?? false,
  });
  return {
    ...parts,
    follow: "yes",
    words: { ...ringingWords, ...parts.words },
    weights: ringingWeights,
    branches: none,
    references: (document) => parts.references?.(document) ?? [],
    enter: (step, scene) => parts.rings(step, scene, ringing(step)),
    resume(step, scene, outcome) {
      if (outcome.type === "rang") return afterRinging(ringing(step), scene, outcome);
      if (outcome.type === "forwarded") return afterForward(ringing(step), scene, outcome.forward);
      throw new Error(`step ${step.number} rings, but was told "${outcome.type}"`);
    },
  };
}
