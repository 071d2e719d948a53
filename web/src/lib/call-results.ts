import type { CallResult } from "../../../src/model/call-record.ts";
import type { Tone } from "../theme/tokens.ts";

/** Every way in which a call can end, with its colour; each stands with its word. */
export const RESULT_TONES: Readonly<Record<CallResult, Tone>> = {
  completed: "good",
  noAnswer: "warn",
  handled: "good",
  busy: "warn",
  rejected: "warn",
  cancelled: "neutral",
  failed: "bad",
  refused: "bad",
  ongoing: "brand",
};

export const RESULTS = Object.keys(RESULT_TONES) as readonly CallResult[];
