import type { Ids } from "../runtime/ids.ts";

const TRACE_ID = /^[0-9a-f]{32}$/;
const NO_TRACE = "0".repeat(32);

/**
 * `X-Call-Id` and `traceparent` (W3C Trace Context, "traceparent Header") of one request. A call whose id has the form
 * of a trace id is its own trace, so that all requests of a call are found together; else the trace is new.
 */
export function traceHeaders(callId: string, ids: Ids): readonly string[] {
  const id = headerSafe(callId);
  const traceId = TRACE_ID.test(id) && id !== NO_TRACE ? id : ids.hex(128);
  return ["x-call-id", id, "traceparent", `00-${traceId}-${ids.hex(64)}-01`];
}

function headerSafe(value: string): string {
  return /^[!-~]*$/.test(value) ? value : value.replace(/[^!-~]/g, "");
}
