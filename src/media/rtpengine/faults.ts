import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { EndName, MediaFault } from "../engine.ts";
import { mediaSaid } from "../words.ts";

/** Faults that rtpengine has no part in. */
export const OVER: MediaFault = { status: 500, reason: mediaSaid("media.callClosed", {}) };
export const unknownEnd = (name: EndName): Result<never, MediaFault> =>
  err({ status: 500, reason: mediaSaid("media.unknownEnd", { end: name }) });
export const noPort = (name: EndName): Result<never, MediaFault> =>
  err({ status: 503, reason: mediaSaid("rtpengine.noPort", { end: name }) });
