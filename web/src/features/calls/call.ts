import { queryOptions, useQuery } from "@tanstack/react-query";
import { request } from "../../lib/api.ts";
import type { ShownCall } from "./shown-call.ts";

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
