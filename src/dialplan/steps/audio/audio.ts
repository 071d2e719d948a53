import { z } from "zod";
import { type Why, wordsOf } from "../../../lib/said.ts";
import { withStop } from "../../../lib/sentence.ts";
import { field } from "../../field.ts";
import { speaker } from "../../words.ts";
import { none, type StepBase, type StepKind, type Weights } from "../step.ts";
import { reference, stepObject } from "../step-schema.ts";

/** Plays a message to the caller, who is answered first if nobody has yet; then the next step, whatever came of it. */
export interface AudioStep extends StepBase {
  readonly type: "audio";
  /** Name. */
  readonly message: string;
}

const schema = stepObject({
  type: z.literal("audio"),
  message: field(reference("The audio message (its name)"), {
    label: "Message",
    help: "What the caller hears; a key ends it.",
    names: "audioMessage",
  }),
});
export type AudioDocument = z.infer<typeof schema>;

const words = {
  "audio.gone": ({ message }: { readonly message: string }) =>
    `There is no audio message "${message}" any more: skipped.`,
  "audio.plays": ({ message }: { readonly message: string }) => `Plays "${message}" to the caller.`,
  "audio.played": () => "Played.",
  "audio.failed": ({ reason }: { readonly reason: Why }) =>
    `The plan goes on without the message, which could not be played: ${withStop(wordsOf(reason))}`,
};
const weights = {
  "audio.gone": "mishap",
  "audio.failed": "mishap",
  "audio.played": "service",
} as const satisfies Weights<typeof words>;
const say = speaker(words);

export const audioKind: StepKind<AudioDocument, AudioStep> = {
  type: "audio",
  title: "Audio message",
  help: "Answers the call if nobody has yet, and plays a message.",
  schema: () => schema,
  follow: "yes",
  words,
  weights,
  branches: none,
  references: (document) => [{ thing: "audioMessage", name: document.message, key: "message" }],
  compile: (document, place) => ({ ...place.base, type: "audio", message: document.message }),
  label: (step) => `Audio message "${step.message}"`,
  enter(step, { walk, directory }) {
    const { message, number } = step;
    const label = audioKind.label(step);
    if (!directory.audioMessages.has(message)) {
      return { kind: "go", walk, to: step.next, trace: [say(step, label, "audio.gone", { message })] };
    }
    return {
      kind: "ask",
      walk,
      own: undefined,
      command: { type: "play", step: number, message },
      trace: [say(step, label, "audio.plays", { message })],
    };
  },
  resume(step, { walk }, outcome) {
    const label = audioKind.label(step);
    const go = { kind: "go", walk, to: step.next } as const;
    if (outcome.type === "played") return { ...go, trace: [say(step, label, "audio.played", {})] };
    if (outcome.type !== "mediaFailed") {
      throw new Error(`step ${step.number} plays, but was told "${outcome.type}"`);
    }
    return { ...go, trace: [say(step, label, "audio.failed", { reason: outcome.reason })] };
  },
};
