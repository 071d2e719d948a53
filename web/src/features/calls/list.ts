import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { request } from "../../lib/api.ts";
import { asAsked, type Filters } from "./filters.ts";
import type { ListedCall } from "./shown-call.ts";

/** A page of the list. */
export interface CallList {
  readonly items: readonly ListedCall[];
  readonly next: string | null;
  readonly refused: { readonly calls: number; readonly registrations: number };
}

const PAGE = 60;
/** While no events come. */
export const FRESH_MS = 3000;

export function callsOptions(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ["calls", filters],
    queryFn: ({ pageParam, signal }) => pageOf(filters, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

/** As often as events have the list asked again at most (lib/live/stale.ts). */
const NEWEST_MS = 1500;

/** The first page of a list of which more has been fetched; `first`: as it was fetched there, and when. */
export function newestOptions(filters: Filters, first: CallList | undefined, at: number) {
  return queryOptions({
    queryKey: ["calls", "newest", filters],
    queryFn: ({ signal }) => pageOf(filters, undefined, signal),
    initialData: first,
    initialDataUpdatedAt: at,
    staleTime: NEWEST_MS,
    // The next time it begins with what the list has then.
    gcTime: 0,
  });
}

function pageOf(filters: Filters, cursor: string | undefined, signal: AbortSignal): Promise<CallList> {
  return request<CallList>("GET", "/calls", { query: { ...asAsked(filters), limit: PAGE, cursor }, signal });
}

/** Where the same list as CSV is. */
export function csvHref(filters: Filters): string {
  const query = new URLSearchParams(
    Object.entries(asAsked(filters)).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  return `/api/v1/calls/csv?${query}`;
}
