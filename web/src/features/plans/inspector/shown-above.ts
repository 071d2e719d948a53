import type { CallerIdForwarding } from "../../../../../src/dialplan/command.ts";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import { aboveOf, type Outline } from "../tree/outline.ts";

/**
 * Which number is shown at a step that does not say it itself: as the nearest webhook above has it, on either branch. "alone": there is
 * none above; undefined: there is one, of which nothing is known.
 */
export function shownAbove(
  plan: Outline,
  number: string,
  { webhooks }: Pick<Directory, "webhooks">,
): CallerIdForwarding | "alone" | undefined {
  const node = plan.byNumber.get(number);
  let above = node === undefined ? undefined : aboveOf(plan, node);
  for (; above !== undefined; above = aboveOf(plan, above)) {
    const { type, webhook } = above.step;
    if (type === "webhook" && typeof webhook === "string") return webhooks.get(webhook)?.callerIdForwarding;
  }
  return "alone";
}
