import { z } from "zod";
import { cleanDisplayName, type DisplayName, MAX_DISPLAY_NAME } from "../../../lib/display-name.ts";
import { field } from "../../field.ts";
import type { Walk } from "../../walk-state.ts";
import { speaker } from "../../words.ts";
import { none, type StepBase, type StepKind } from "../step.ts";
import { notOne, stepObject } from "../step-schema.ts";

/** Changes the current name, so that steps compose: the webhook's name, then "VIP " in front of it. */
export interface CallerNameStep extends StepBase {
  readonly type: "callerName";
  readonly mode: "webhook" | "prepend" | "replace";
  /** Empty with mode `webhook`. */
  readonly text: string;
}

const TOO_LONG = "The text of a caller name has at most 64 characters.";

const MODES = ["webhook", "prepend", "replace"] as const;

const MISSING = {
  prepend: "Type the text that comes before the name.",
  replace: "Type the text that is shown instead of the name.",
};

const schema = stepObject({
  type: z.literal("callerName"),
  mode: field(
    z.enum(MODES, { error: ({ input }) => notOne("The mode is webhook, prepend or replace.", input, MODES) }),
    {
      label: "Name",
      help: "The name that the webhook returned, a text in front of the name, or a text instead of it.",
      choices: {
        webhook: "Name from the webhook",
        prepend: "Text in front of the name",
        replace: "Text instead of the name",
      },
    },
  ),
  text: field(
    z
      .string("The text of a caller name is text in quotes.")
      .max(2 * MAX_DISPLAY_NAME, TOO_LONG)
      .refine((text) => [...text].length <= MAX_DISPLAY_NAME, TOO_LONG)
      .refine(isPlain, "The text of a caller name has no control characters or line breaks.")
      .optional(),
    { label: "Text", help: 'What is put in front of the name or instead of it, such as "VIP ".' },
  ),
});
export type CallerNameDocument = z.infer<typeof schema>;

function isPlain(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

interface Changed {
  /** What the step put in; empty where the webhook returned no name. */
  readonly text: string;
  /** The name from now on; empty: none. */
  readonly callerName: DisplayName;
}

const shown = ({ callerName }: Changed): string =>
  callerName === "" ? "there is still no name" : `the name is "${callerName}"`;

const words = {
  "callerName.prepended": (args: Changed) => `Puts "${args.text}" in front of the name: ${shown(args)}.`,
  "callerName.replaced": (args: Changed) => `Puts "${args.text}" instead of the name: ${shown(args)}.`,
  "callerName.returned": (args: Changed) => `Takes the name that the webhook returned: ${shown(args)}.`,
  "callerName.nothingReturned": (args: Changed) =>
    `The webhook returned no name, so nothing changes: ${shown(args)}.`,
};
const say = speaker(words);

export const callerNameKind: StepKind<CallerNameDocument, CallerNameStep> = {
  type: "callerName",
  title: "Variable caller name",
  help: "Changes the name that the phones rung from here on show.",
  schema: () => schema,
  follow: "yes",
  words,
  branches: none,
  references: none,
  compile(document, place) {
    const { mode, text = "" } = document;
    if (mode === "webhook" && !place.given.has("webhookReply")) {
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
      place.problem("textRequired", "text", MISSING[mode]);
    }
    return { ...place.base, type: "callerName", mode, text };
  },
  label: (step) => `Caller name (${step.mode})`,
  enter(step, { walk }) {
    const { code, text, callerName } = change(step, walk);
    const trace = [say(step, callerNameKind.label(step), code, { text, callerName })];
    return { kind: "go", walk: { ...walk, callerName }, to: step.next, trace };
  },
};

function change(step: CallerNameStep, walk: Walk): Changed & { readonly code: keyof typeof words } {
  const text = cleanDisplayName(step.mode === "webhook" ? walk.returned.callerName : step.text);
  switch (step.mode) {
    case "webhook":
      return text === ""
        ? { code: "callerName.nothingReturned", text, callerName: walk.callerName }
        : { code: "callerName.returned", text, callerName: text };
    case "prepend":
      // The blank at the end of "VIP " is what stands between the two.
      return {
        code: "callerName.prepended",
        text,
        callerName: cleanDisplayName(step.text + walk.callerName),
      };
    case "replace":
      return { code: "callerName.replaced", text, callerName: text };
  }
}
