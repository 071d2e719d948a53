import { flat } from "../lib/flat.ts";
import type { CallSummary } from "./repositories.ts";

/** What would let a refused call through the next time. */
export type CallFix =
  /** The number gets a dial plan, and is added where it is none of ours. */
  | { readonly fix: "givePlan"; readonly number: string }
  /** The address becomes one of a trunk's. */
  | { readonly fix: "trustAddress"; readonly address: string }
  /** The phone gets another password. */
  | { readonly fix: "newPassword"; readonly extension: string };

export type FixName = CallFix["fix"];

const STRANGER = "stranger at ";
const NUMBER = /^\+[1-9]\d{6,14}$/;
const EXTENSION = /^\d{2,8}$/;

/** The ways to mend a refused call that its row tells of; whether the phone or the trunk is there is not looked at. */
export function fixesOf({ kind, result, plan, origin, caller, called }: CallSummary): readonly CallFix[] {
  if (result !== "refused") return [];
  if (kind === "call") {
    const isForNobody = origin.startsWith("trunk ") && plan === undefined && NUMBER.test(called);
    return isForNobody ? [{ fix: "givePlan", number: called }] : [];
  }
  const fixes: CallFix[] = [];
  if (EXTENSION.test(caller)) fixes.push({ fix: "newPassword", extension: flat(caller) });
  const address = origin.startsWith(STRANGER) ? origin.slice(STRANGER.length) : "";
  if (kind === "stranger" && address !== "") fixes.push({ fix: "trustAddress", address: flat(address) });
  return fixes;
}
