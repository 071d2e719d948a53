import type { Ids } from "../../runtime/ids.ts";
import type { Interceptor } from "../send.ts";

const TRACE_ID = /^[0-9a-f]{32}$/;
const NO_TRACE = "0".repeat(32);

/**
 * Adds `X-Call-Id` and `traceparent` (W3C Trace Context, "traceparent Header"). A call whose id has the form
 * of a trace id is its own trace, so that all requests of a call are found together; else the trace is new.
 */
export function trace(ids: Ids): Interceptor {
  return (next) => (request) => {
    const { callId } = request;
    const traceId = TRACE_ID.test(callId) && callId !== NO_TRACE ? callId : ids.hex(128);
    const traceparent = `00-${traceId}-${ids.hex(64)}-01`;
    return next({
      ...request,
      headers: [...request.headers, "x-call-id", callId, "traceparent", traceparent],
    });
  };
}
