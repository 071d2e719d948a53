import { z } from "zod";
import { didYouMean } from "../lib/did-you-mean.ts";

/** Says which keys are not known, and which one was probably meant. */
export function unknownKeySentence(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known);
  const hint = meant === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean "${meant}"?`;
  return `There is no setting "${key}" here. ${hint}`;
}

/** What `unknownKeySentence` asks about. */
export function keyMeantIn(sentence: string): string | undefined {
  return /Did you mean "([^"]*)"\?$/.exec(sentence)?.[1];
}

/** An object that takes exactly these keys; an unknown key's message names the ones it knows. */
export function strictObject<Shape extends z.core.$ZodShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKeySentence(key, known)).join("\n")
        : undefined,
  });
}
