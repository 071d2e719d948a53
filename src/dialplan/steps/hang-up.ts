import { z } from "zod";
import { entryOf, type StepBase, type StepKind } from "./step.ts";
import { stepObject } from "./step-schema.ts";

/** Ends the call. */
export interface HangUpStep extends StepBase {
  readonly type: "hangUp";
  readonly as: "busy" | "rejected" | "notFound" | "normal";
}

const schema = stepObject({
  type: z.literal("hangUp"),
  as: z.enum(
    ["busy", "rejected", "notFound", "normal"],
    'How to hang up ("as") is busy, rejected, notFound or normal.',
  ),
});
export type HangUpDocument = z.infer<typeof schema>;

/**
 * What a caller who was not answered is told. `normal` has no status of its own in SIP, where a call that was never
 * answered cannot be cleared normally: 480, as at the end of a plan. An answered call gets a BYE in every case.
 */
const STATUS: Readonly<Record<HangUpStep["as"], readonly [status: number, word: string]>> = {
  busy: [486, "busy"],
  rejected: [603, "rejected"],
  notFound: [404, "not found"],
  normal: [480, "normal"],
};

export const hangUpKind: StepKind<HangUpDocument, HangUpStep> & { readonly schema: typeof schema } = {
  type: "hangUp",
  schema,
  follow: "hidesRest",
  compile: (document, place) => ({ ...place.base, type: "hangUp", as: document.as }),
  label: (step) => `Hang up (${STATUS[step.as][1]})`,
  enter(step, scene) {
    const [status, word] = STATUS[step.as];
    const reason = `The plan hangs up (${word}).`;
    return {
      kind: "end",
      walk: scene.walk,
      command: { type: "hangUp", step: step.number, status, reason },
      trace: [entryOf(step, hangUpKind.label(step), reason, { status })],
    };
  },
};
