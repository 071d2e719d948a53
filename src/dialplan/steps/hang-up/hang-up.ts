import { z } from "zod";
import { wordFor } from "../../../lib/said.ts";
import { field } from "../../field.ts";
import { saidOf, speaker } from "../../words.ts";
import { none, type StepBase, type StepKind, type Weights } from "../step.ts";
import { stepObject } from "../step-schema.ts";

/** Ends the call. */
export interface HangUpStep extends StepBase {
  readonly type: "hangUp";
  readonly as: "busy" | "rejected" | "notFound" | "normal";
}

const schema = stepObject({
  type: z.literal("hangUp"),
  as: field(
    z.enum(
      ["busy", "rejected", "notFound", "normal"],
      'How to hang up ("as") is busy, rejected, notFound or normal.',
    ),
    {
      label: "As",
      help: "What a caller who was not answered is told.",
      choices: { busy: "Busy", rejected: "Rejected", notFound: "Not found", normal: "Normal" },
    },
  ),
});
export type HangUpDocument = z.infer<typeof schema>;

/**
 * What a caller who was not answered is told. `normal` has no status of its own in SIP, where a call that was never
 * answered cannot be cleared normally: 480, as at the end of a plan. An answered call gets a BYE in every case.
 */
const STATUS: Readonly<Record<HangUpStep["as"], number>> = {
  busy: 486,
  rejected: 603,
  notFound: 404,
  normal: 480,
};
const WORD: Readonly<Record<HangUpStep["as"], string>> = {
  busy: "busy",
  rejected: "rejected",
  notFound: "not found",
  normal: "normal",
};

const words = {
  "hangUp.ends": ({ as }: { readonly as: HangUpStep["as"]; readonly status: number }) =>
    `The plan hangs up (${wordFor(WORD, as)}).`,
};
const weights = { "hangUp.ends": "service" } as const satisfies Weights<typeof words>;
const say = speaker(words);

export const hangUpKind: StepKind<HangUpDocument, HangUpStep> = {
  type: "hangUp",
  title: "Hang up",
  help: "Ends the call.",
  schema: () => schema,
  follow: "hidesRest",
  words,
  weights,
  branches: none,
  references: none,
  compile: (document, place) => ({ ...place.base, type: "hangUp", as: document.as }),
  label: (step) => `Hang up (${WORD[step.as]})`,
  enter(step, { walk }) {
    const status = STATUS[step.as];
    const entry = say(step, hangUpKind.label(step), "hangUp.ends", { as: step.as, status });
    const command = { type: "hangUp", step: step.number, status, why: saidOf(entry) } as const;
    return { kind: "end", walk, command, trace: [entry] };
  },
};
