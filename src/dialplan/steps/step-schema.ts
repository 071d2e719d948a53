import { z } from "zod";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { field, SHOWN_NUMBERS } from "../field.ts";
import type { StepsSchema } from "./step.ts";

/** Shortest and longest ring time; a SIP proxy on the way gives up after three minutes (RFC 3261 §16.8, Timer C). */
const MIN_RING_SECONDS = 1;
const MAX_RING_SECONDS = 180;

/** An object that takes exactly these keys; the message for another key names what was probably meant. */
export function stepObject<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(key, known)).join(" ")
        : undefined,
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known);
  const hint = meant === undefined ? `It takes ${known.join(", ")}.` : `Did you mean "${meant}"?`;
  return `A step of this type has no "${key}". ${hint}`;
}

/** What is said of a value that is none of these words: the sentence that names them, and which one was probably meant. */
export function notOne(sentence: string, value: unknown, words: readonly string[]): string {
  const meant = typeof value === "string" ? didYouMean(value, words) : undefined;
  return meant === undefined ? sentence : `${sentence} Did you mean "${meant}"?`;
}

/** Whole seconds of ringing. */
export function ringSeconds(standard: number): z.ZodDefault<z.ZodNumber> {
  const message = `The ring time is whole seconds, from ${MIN_RING_SECONDS} to ${MAX_RING_SECONDS}.`;
  const schema = z
    .number(message)
    .int(message)
    .min(MIN_RING_SECONDS, message)
    .max(MAX_RING_SECONDS, message)
    .default(standard);
  const help = "How long it rings before the plan goes on.";
  return field(schema, { label: "Ring time", help, unit: "seconds" });
}

/** A step's own setting of the number that is shown; left out, that of the webhook above holds (webhook.md). */
export function shownNumber() {
  return field(
    z
      .enum(["caller", "called", "suppressed"], "callerIdForwarding is caller, called or suppressed.")
      .optional(),
    {
      label: "Shown number",
      help: "Which number the called party sees; left out, the setting of the webhook above holds.",
      choices: SHOWN_NUMBERS,
    },
  );
}

/** The steps of a branch; none where it is left out. */
export function branch(steps: StepsSchema): z.ZodPrefault<StepsSchema> {
  return steps.prefault([]);
}

/** A reference to something by its name or internal number; `what` completes "… is missing". */
export function reference(what: string): z.ZodString {
  const message = `${what} is written as text in quotes, of 1 to 100 characters.`;
  return z.string(message).min(1, message).max(100, message);
}
