import { replySaid } from "../../../../src/dialplan/reply-said.ts";
import type { Said } from "../../../../src/lib/said.ts";
import type { Entry } from "../../../../src/model/timeline.ts";
import { type Of, textOf } from "./row.ts";
import type { RowSaying } from "./row-saying.ts";

/**
 * What came of asking a webhook, as code and arguments. Of an answer that was understood the record keeps the arguments once,
 * with the decision that follows.
 */
export function accountOf(reply: Of<"replied">, entries: readonly Entry[]): Said {
  const { failure, args = {}, reason } = reply;
  if (failure !== undefined || reply.callerGone === true)
    return replySaid({ verdict: verdictOf(reply), failure, args, reason });
  const next = entries.find((one): one is Of<"step"> => one.type === "step" && one.seq > reply.seq);
  const account = next?.entry.args?.["account"];
  return typeof account === "object" ? account : { code: "", args, text: reason };
}

function verdictOf({ verdict }: Of<"replied">): "ack" | "nak" | "error" {
  return verdict === "ack" || verdict === "nak" ? verdict : "error";
}

/** A reply in a few words, where it was understood; the account itself says why it was not. `isForCode`: of a code that was typed. */
export function repliedSaying(reply: Of<"replied">, account: Said, isForCode: boolean): RowSaying {
  if (reply.verdict === "nak" && isForCode) return { key: "wrongCode", values: {} };
  const { code, args } = account;
  if (code !== "receiverSaidAck") return { said: account };
  const to = textOf(args["destination"]);
  const name = textOf(args["callerName"]);
  const what = to === "" ? (name === "" ? "plain" : "name") : name === "" ? "to" : "both";
  return { key: `${isForCode ? "rightCode" : "ack"}.${what}`, values: { to, name } };
}
