import { queryOptions } from "@tanstack/react-query";
import type { CallResult } from "../../../../src/model/call-record.ts";
import { request } from "../../lib/api.ts";

/** What of a call the overview needs. */
interface ShortCall {
  readonly id: string;
  readonly startedAt: number;
  readonly caller: string;
  readonly callerName: string;
  readonly called: string;
  readonly result: CallResult;
  readonly missed: boolean;
}

interface CallList {
  readonly items: readonly ShortCall[];
  readonly refused: { readonly calls: number; readonly registrations: number };
}

/** The newest calls, or those that are up. */
export function callsQuery(query: { readonly limit: number; readonly result?: CallResult }) {
  return queryOptions({
    queryKey: ["calls", "overview", query],
    queryFn: ({ signal }) => request<CallList>("GET", "/calls", { query, signal }),
  });
}
