import { queryOptions, useQuery } from "@tanstack/react-query";
import { request } from "../../lib/api.ts";
import { useUnlessLive } from "../../lib/live/live.ts";
import type { ShownCall } from "./shown-call.ts";

/** While a call is up its record grows; of that events tell, where they come. */
const LIVE_MS = 1000;

export function callOptions(id: string) {
  return queryOptions({
    queryKey: ["call", id],
    queryFn: ({ signal }) => request<ShownCall>("GET", `/calls/${encodeURIComponent(id)}`, { signal }),
  });
}

export function useCall(id: string) {
  const everyMs = useUnlessLive(LIVE_MS);
  return useQuery({
    ...callOptions(id),
    refetchInterval: ({ state }) => (state.data?.result === "ongoing" ? everyMs : false),
  });
}

/** Where a download of a call is. */
export function exportHref(id: string, as: "html" | "pcap" | "json"): string {
  return `/api/v1/calls/${encodeURIComponent(id)}/export?as=${as}`;
}
