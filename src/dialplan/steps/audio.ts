import { z } from "zod";
import { withStop } from "../../lib/sentence.ts";
import type { TraceData, TraceEntry } from "../trace.ts";
import { missing } from "./missing.ts";
import { entryOf, type Move, type Scene, type StepBase, type StepKind } from "./step.ts";
import { reference, stepObject } from "./step-schema.ts";

/** Plays a message to the caller, who is answered first if nobody has yet; then the next step, whatever came of it. */
export interface AudioStep extends StepBase {
  readonly type: "audio";
  /** Name. */
  readonly message: string;
}

const schema = stepObject({
  type: z.literal("audio"),
  message: reference("The audio message (its name)"),
});
export type AudioDocument = z.infer<typeof schema>;

export const audioKind: StepKind<AudioDocument, AudioStep> & { readonly schema: typeof schema } = {
  type: "audio",
  schema,
  follow: "yes",
  compile(document, place) {
    const { audioMessages } = place.directory;
    if (!audioMessages.has(document.message)) {
      const sentence = missing("audio message", document.message, audioMessages.keys());
      place.problem("unknownAudioMessage", "message", sentence);
    }
    return { ...place.base, type: "audio", message: document.message };
  },
  label: (step) => `Audio message "${step.message}"`,
  enter(step, scene) {
    if (!scene.directory.audioMessages.has(step.message)) {
      return go(step, scene, `There is no audio message "${step.message}" any more: skipped.`, {
        skipped: true,
      });
    }
    return {
      kind: "ask",
      walk: { ...scene.walk, waitingFor: "played" },
      command: { type: "play", step: step.number, message: step.message },
      trace: [entry(step, `Plays "${step.message}" to the caller.`)],
    };
  },
  resume(step, scene, outcome) {
    if (outcome.type === "played") return go(step, scene, "Played.");
    if (outcome.type !== "mediaFailed") {
      throw new Error(`step ${step.number} plays, but was told "${outcome.type}"`);
    }
    const text = `The plan goes on without the message, which could not be played: ${withStop(outcome.reason)}`;
    return go(step, scene, text, { mediaFailed: true });
  },
};

function go(step: AudioStep, scene: Scene, text: string, data?: TraceData): Move {
  return {
    kind: "go",
    walk: { ...scene.walk, waitingFor: "nothing" },
    to: step.next,
    trace: [entry(step, text, data)],
  };
}

function entry(step: AudioStep, text: string, data?: TraceData): TraceEntry {
  return entryOf(step, audioKind.label(step), text, data);
}
