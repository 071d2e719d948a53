import type { WebhookResult } from "./outcome.ts";
import type { Said } from "./trace.ts";

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
