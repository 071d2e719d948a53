import type { Said, Why } from "../lib/said.ts";
import type { WebhookResult } from "./outcome.ts";

/**
 * The account of a reply, which is the same wherever it is told (trace, record, trial of a webhook): the failure's code,
 * else `receiverSaidAck` or `receiverSaidNak`, what it is made of, and the English. What was returned stands in it.
 */
export function replySaid({
  verdict,
  failure,
  args,
  reason,
}: Pick<WebhookResult, "verdict" | "failure" | "args" | "reason">): Said {
  const code = failure ?? (verdict === "ack" ? "receiverSaidAck" : "receiverSaidNak");
  return { code, args, text: reason };
}

/** What should be written otherwise in a reply, as one sentence that holds them all (`webhook.notes`), or in words alone. */
export function notesSaid({ notes, warnings }: Pick<WebhookResult, "notes" | "warnings">): Why {
  const text = warnings.join(" ");
  if (notes === undefined) return text;
  return {
    code: "webhook.notes",
    args: Object.fromEntries(notes.map((note, at) => [`note${at}`, note])),
    text,
  };
}
