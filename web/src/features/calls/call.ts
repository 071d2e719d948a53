import { queryOptions, useQuery } from "@tanstack/react-query";
import type { CallRecord } from "../../../../src/model/call-record.ts";
import type { CallSummary } from "../../../../src/model/repositories.ts";
import { request } from "../../lib/api.ts";

/** What would let a refused call through the next time. */
export interface Fix {
  readonly fix: "givePlan" | "trustAddress" | "newPassword";
  readonly permits: string;
  /** Plans or trunks to choose from. */
  readonly choices: readonly string[];
}

/** A call of the list. */
export interface ListedCall extends CallSummary {
  readonly fixes?: readonly { readonly fix: Fix["fix"] }[];
}

/** The whole record of a call. */
export interface ShownCall extends CallRecord {
  readonly fixes?: readonly { readonly fix: Fix["fix"] }[];
}

/** While a call is up its record grows. */
const LIVE_MS = 1000;

export function callOptions(id: string) {
  return queryOptions({
    queryKey: ["call", id],
    queryFn: ({ signal }) => request<ShownCall>("GET", `/calls/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.result === "ongoing" ? LIVE_MS : false),
  });
}

export function useCall(id: string) {
  return useQuery(callOptions(id));
}

/** Where a download of a call is. */
export function exportHref(id: string, as: "html" | "pcap" | "json"): string {
  return `/api/v1/calls/${encodeURIComponent(id)}/export?as=${as}`;
}
