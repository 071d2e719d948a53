import type { CallerIdForwarding } from "../../../../../src/dialplan/command.ts";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import type { Outline } from "../tree/outline.ts";

/**
 * Which number is shown at a step that does not say it itself: as the nearest webhook above has it, on either branch. "alone": there is
 * none above; undefined: there is one, of which nothing is known.
 */
export function shownAbove(
  plan: Outline,
  number: string,
  { webhooks }: Pick<Directory, "webhooks">,
): CallerIdForwarding | "alone" | undefined {
  // "2.1.3" is the third step of the first branch of step 2.
  const parts = number.split(".").slice(0, -2);
  while (parts.length > 0) {
    const step = plan.byNumber.get(parts.join("."))?.step;
    if (step?.type === "webhook" && typeof step["webhook"] === "string")
      return webhooks.get(step["webhook"])?.callerIdForwarding;
    parts.splice(-2);
  }
  return "alone";
}
