import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { EndName, MediaFault } from "../engine.ts";

/** Faults that rtpengine has no part in. */
export const OVER: MediaFault = { status: 500, reason: "The sound of this call is over." };
export const unknownEnd = (name: EndName): Result<never, MediaFault> =>
  err({ status: 500, reason: `There is no end ${name} in this call.` });
export const noPort = (name: EndName): Result<never, MediaFault> =>
  err({ status: 503, reason: `End ${name} has no port.` });
