import { didYouMean } from "../lib/did-you-mean.ts";
import type { Said } from "../lib/said.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { RegisterOutcome } from "../sip/index.ts";
import { boardSaid } from "./words.ts";

/** More phones are not compared with a name that none of them has: it takes a millisecond for some thousand. */
const MAX_COMPARED = 500;
const MAX_NAMED = 2;

/** Credentials that were not given, or are only out of date: how every login begins. */
export function isFirstStep(cause: string | undefined): boolean {
  return cause === "missing" || cause === "staleNonce";
}

/**
 * `Did you mean 201 or 202?` for a login whose name no phone has, undefined where none is near. For people on this side
 * only, never for the wire (reliability B2).
 */
export function nearestPhone(outcome: RegisterOutcome, phones: Snapshot["phones"]): Said | undefined {
  if (outcome.kind === "registered" || outcome.cause !== "wrongCredentials") return undefined;
  const name = outcome.extension ?? "";
  if (phones.has(name) || phones.size > MAX_COMPARED) return undefined;
  const left = new Set(phones.keys());
  const meant: string[] = [];
  while (meant.length < MAX_NAMED) {
    const next = didYouMean(name, left);
    if (next === undefined) break;
    meant.push(next);
    left.delete(next);
  }
  const [one, other = ""] = meant;
  return one === undefined ? undefined : boardSaid("login.meant", { one, other });
}
