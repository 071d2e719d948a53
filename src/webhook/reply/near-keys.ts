import { editDistance } from "../../lib/did-you-mean.ts";

/** The keys that a reply may have, but for the legacy one. */
export type KnownKey = "status" | "destination" | "callername";

const LONGEST = 24;
/** Short forms that no number of edits tells from other words. */
const SHORT: ReadonlyMap<string, KnownKey> = new Map([
  ["dest", "destination"],
  ["dst", "destination"],
  ["destinationnumber", "destination"],
  ["destnumber", "destination"],
]);
/** Edits that are no slip of the key but another word. */
const OTHER_WORDS: ReadonlySet<string> = new Set(["calledname", "callernum", "callernumber"]);
const VALUE_KEYS = ["destination", "callername"] as const;
const MOST_EDITS = 2;
/** Words that are a `status` only where a verdict stands behind them. */
const VERDICT_KEYS: ReadonlySet<string> = new Set([
  "result",
  "verdict",
  "response",
  "state",
  "answer",
  "stat",
]);
const VERDICT = /^(?:ack|nak|err)$/i;

/** The key that was probably meant by one that is none of ours; undefined for what is likely another word. */
export function nearKey(written: string, value: string): KnownKey | undefined {
  if (written.length > LONGEST) return undefined;
  const word = written.toLowerCase().replace(/[^a-z]/g, "");
  const short = SHORT.get(word);
  if (short !== undefined) return short;
  if (word === "status") return "status";
  if (VERDICT.test(value.trim()) && VERDICT_KEYS.has(word)) return "status";
  if (OTHER_WORDS.has(word)) return undefined;
  if (VERDICT.test(value.trim()) && editDistance(word, "status") <= 2) return "status";
  return VALUE_KEYS.find((key) => editDistance(word, key) <= MOST_EDITS);
}
