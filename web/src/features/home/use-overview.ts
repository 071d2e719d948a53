import { useQuery } from "@tanstack/react-query";
import type { accessRoutes } from "../../../../src/api/contract/access.ts";
import { api } from "../../lib/api.ts";
import { useHome } from "../../lib/home.ts";
import { useUnlessLive } from "../../lib/live/live.ts";
import { callsQuery } from "./calls-query.ts";
import { dayOf } from "./day.ts";

const ASKED_EVERY_MS = 5000;
/** Calls that the overview lists. */
const SHOWN = 6;
const MOST_LIVE = 50;

/** All that the overview and the wallboard show. */
export function useOverview() {
  const refetchInterval = useUnlessLive(ASKED_EVERY_MS);
  const { data: home, error, refetch } = useHome();
  const newest = useQuery({ ...callsQuery({ limit: SHOWN }), refetchInterval });
  const hasLive = (home?.callsNow ?? 0) > 0;
  const live = useQuery({
    ...callsQuery({ limit: MOST_LIVE, result: "ongoing" }),
    refetchInterval,
    enabled: hasLive,
  });
  const phones = useQuery({
    queryKey: ["phone", "status"],
    queryFn: ({ signal }) => api<typeof accessRoutes.phones>("phones.status", { signal }),
    refetchInterval,
  });
  return {
    error: error ?? newest.error ?? phones.error,
    retry: () => void Promise.all([refetch(), newest.refetch(), phones.refetch()]),
    home: newest.data === undefined || phones.data === undefined ? undefined : home,
    /** When this was so. */
    at: phones.dataUpdatedAt,
    day: dayOf(home?.today.byResult ?? {}, home?.today.perHour ?? []),
    refusedCalls: newest.data?.refused.calls ?? 0,
    live: hasLive ? (live.data?.items ?? []) : [],
    last: newest.data?.items ?? [],
    phones: phones.data?.phones ?? [],
  };
}

export type Overview = ReturnType<typeof useOverview>;
export type LoadedOverview = Overview & { readonly home: NonNullable<Overview["home"]> };

export function isLoaded(overview: Overview): overview is LoadedOverview {
  return overview.home !== undefined;
}

export const isRegistered = ({ contacts }: Overview["phones"][number]): boolean =>
  contacts.some(({ reachable }) => reachable);
