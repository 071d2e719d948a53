import { z } from "zod";
import { cleanDisplayName, MAX_DISPLAY_NAME } from "../../lib/display-name.ts";
import type { Walk } from "../walk-state.ts";
import { entryOf, type StepBase, type StepKind } from "./step.ts";
import { stepObject } from "./step-schema.ts";

/** Changes the current name, so that steps compose: the webhook's name, then "VIP " in front of it. */
export interface CallerNameStep extends StepBase {
  readonly type: "callerName";
  readonly mode: "webhook" | "prepend" | "replace";
  /** Empty with mode `webhook`. */
  readonly text: string;
}

const schema = stepObject({
  type: z.literal("callerName"),
  mode: z.enum(["webhook", "prepend", "replace"], "The mode is webhook, prepend or replace."),
  text: z
    .string("The text of a caller name is text in quotes.")
    .max(2 * MAX_DISPLAY_NAME, "The text of a caller name has at most 64 characters.")
    .refine(
      (text) => [...text].length <= MAX_DISPLAY_NAME,
      "The text of a caller name has at most 64 characters.",
    )
    .refine(isPlain, "The text of a caller name has no control characters or line breaks.")
    .optional(),
});
export type CallerNameDocument = z.infer<typeof schema>;

function isPlain(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

export const callerNameKind: StepKind<CallerNameDocument, CallerNameStep> & {
  readonly schema: typeof schema;
} = {
  type: "callerName",
  schema,
  follow: "yes",
  compile(document, place) {
    const { mode, text = "" } = document;
    if (mode === "webhook" && !place.underWebhook) {
      place.problem(
        "outsideWebhook",
        "mode",
        "The mode webhook shows the name that a webhook returned, so it stands only under a webhook; use prepend or replace.",
      );
    }
    if (mode === "webhook" && document.text !== undefined) {
      place.problem(
        "textUnused",
        "text",
        "With mode webhook the name comes from the webhook; leave the text out.",
      );
    }
    if (mode !== "webhook" && cleanDisplayName(text) === "") {
      place.problem("textRequired", "text", `With mode ${mode} a text is required.`);
    }
    return { ...place.base, type: "callerName", mode, text };
  },
  label: (step) => `Caller name (${step.mode})`,
  enter(step, scene) {
    const callerName = nameAfter(step, scene.walk);
    const text = sentence(step, scene.walk, callerName);
    const trace = [entryOf(step, callerNameKind.label(step), text, { callerName })];
    return { kind: "go", walk: { ...scene.walk, callerName }, to: step.next, trace };
  },
};

function nameAfter(step: CallerNameStep, walk: Walk): string {
  if (step.mode === "webhook") {
    const returned = cleanDisplayName(walk.returned.callerName);
    return returned === "" ? walk.callerName : returned;
  }
  return cleanDisplayName(step.mode === "prepend" ? step.text + walk.callerName : step.text);
}

function sentence(step: CallerNameStep, walk: Walk, callerName: string): string {
  const shown = callerName === "" ? "there is still no name" : `the name is "${callerName}"`;
  if (step.mode !== "webhook") {
    const what = step.mode === "prepend" ? "in front of the name" : "instead of the name";
    return `Puts "${cleanDisplayName(step.text)}" ${what}: ${shown}.`;
  }
  return cleanDisplayName(walk.returned.callerName) === ""
    ? `The webhook returned no name, so nothing changes: ${shown}.`
    : `Takes the name that the webhook returned: ${shown}.`;
}
