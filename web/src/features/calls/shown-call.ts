import type { CallFix } from "../../../../src/model/call-fixes.ts";
import type { CallRecord } from "../../../../src/model/call-record.ts";
import type { CallSummary } from "../../../../src/model/repositories.ts";

/** What would let a refused call through the next time. */
export interface Fix {
  readonly fix: "givePlan" | "trustAddress" | "newPassword";
  /** The number, the address or the phone. */
  readonly about: CallFix;
  /** Plans or trunks to choose from. */
  readonly choices: readonly string[];
}

/** A call of the list. */
export interface ListedCall extends CallSummary {
  readonly fixes?: readonly { readonly fix: Fix["fix"] }[];
}

/** The whole record of a call: its page asks for nothing else (docs/adr/0091). */
export interface ShownCall extends CallRecord {
  readonly fixes?: readonly { readonly fix: Fix["fix"] }[];
}
