import { didYouMean } from "../../lib/did-you-mean.ts";
import type { Directory } from "../directory.ts";
import type { PlanProblemCode } from "../plan-problems.ts";

/** A kind of thing that a step can name. */
export type Thing = keyof typeof THINGS;

/** A step names a thing. */
export interface StepReference {
  readonly thing: Thing;
  /** A phone's or group's extension; else a name. */
  readonly name: string;
  /** The key of the step's document that holds the name. */
  readonly key: string;
  /** It is only looked for: that it is not there is no problem. */
  readonly weak?: true;
}

interface ThingFacts {
  /** In a sentence: `There is no phone "217".` */
  readonly noun: string;
  readonly unknown: PlanProblemCode;
  readonly among: (directory: Directory) => ReadonlyMap<string, unknown>;
}

const THINGS = {
  phone: { noun: "phone", unknown: "unknownPhone", among: ({ phones }) => phones },
  group: { noun: "group", unknown: "unknownGroup", among: ({ groups }) => groups },
  webhook: { noun: "webhook", unknown: "unknownWebhook", among: ({ webhooks }) => webhooks },
  audioMessage: {
    noun: "audio message",
    unknown: "unknownAudioMessage",
    among: ({ audioMessages }) => audioMessages,
  },
  plan: { noun: "dial plan", unknown: "unknownPlan", among: ({ plans }) => plans },
} as const satisfies Record<string, ThingFacts>;

/** What is wrong with a reference: that its thing is not there, in a sentence; undefined where it is. */
export function dangling(
  { thing, name, weak }: StepReference,
  directory: Directory,
):
  | { readonly code: PlanProblemCode; readonly message: string; readonly meant: string | undefined }
  | undefined {
  const { noun, unknown, among } = THINGS[thing];
  const known = among(directory);
  if (weak === true || known.has(name)) return undefined;
  const meant = didYouMean(name, known.keys());
  const message = `There is no ${noun} "${name}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`;
  return { code: unknown, message, meant };
}
