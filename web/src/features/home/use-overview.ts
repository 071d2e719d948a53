import { useQuery } from "@tanstack/react-query";
import type { accessRoutes } from "../../../../src/api/contract/access.ts";
import { api, request } from "../../lib/api.ts";
import { useEntities } from "../../lib/entities.ts";
import { useSession } from "../../lib/session.ts";
import { type DayCall, dayOf, hourIn, startOfDay } from "./day.ts";

const ASKED_EVERY_MS = 5000;
/** As many as one answer has. */
const MOST = 1000;
/** Calls that the overview lists. */
const SHOWN = 6;

interface CallList {
  readonly items?: readonly DayCall[];
  /** What `items` was called before lists of calls had pages. */
  readonly calls?: readonly DayCall[];
  readonly refused: { readonly calls: number; readonly registrations: number };
}

const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const itemsOf = (list: CallList | undefined): readonly DayCall[] => list?.items ?? list?.calls ?? [];

function useCalls(query: Readonly<Record<string, string | number>>, key: string) {
  return useQuery({
    queryKey: ["calls", "overview", key],
    queryFn: ({ signal }) => request<CallList>("GET", "/calls", { query, signal }),
    refetchInterval: ASKED_EVERY_MS,
  });
}

/** All that the overview and the wallboard show, asked again every few seconds. */
export function useOverview() {
  const timeZone = useSession()?.home?.timeZone ?? OWN_ZONE;
  const newest = useCalls({ limit: MOST }, "newest");
  const live = useCalls({ limit: 50, result: "ongoing" }, "live");
  const phones = useQuery({
    queryKey: ["phone", "status"],
    queryFn: ({ signal }) => api<typeof accessRoutes.phones>("phones.status", { signal }),
    refetchInterval: ASKED_EVERY_MS,
  });
  const trunks = useQuery({
    queryKey: ["trunk", "status"],
    queryFn: ({ signal }) => api<typeof accessRoutes.trunks>("trunks.status", { signal }),
    refetchInterval: ASKED_EVERY_MS,
  });
  const webhooks = useEntities("webhook");
  const numbers = useEntities("number");
  const calls = itemsOf(newest.data);
  const begin = startOfDay(newest.dataUpdatedAt, timeZone);
  const today = calls.filter(({ startedAt }) => startedAt >= begin);
  return {
    error: newest.error ?? phones.error,
    retry: () => void Promise.all([newest.refetch(), phones.refetch(), trunks.refetch()]),
    isLoaded: newest.data !== undefined && phones.data !== undefined && trunks.data !== undefined,
    /** When this was so. */
    at: newest.dataUpdatedAt,
    day: dayOf(today, hourIn(timeZone)),
    isMore: today.length >= MOST,
    refusedCalls: newest.data?.refused.calls ?? 0,
    live: itemsOf(live.data),
    last: calls.slice(0, SHOWN),
    phones: phones.data?.phones ?? [],
    trunks: trunks.data?.trunks ?? [],
    webhooks: webhooks.data?.pages[0]?.items.length ?? 0,
    numbers: (numbers.data?.pages ?? []).flatMap(({ items }) => items.map(({ document }) => document)),
  };
}

export type Overview = ReturnType<typeof useOverview>;

export const isRegistered = ({ contacts }: Overview["phones"][number]): boolean =>
  contacts.some(({ reachable }) => reachable);

export function isTrunkGood({ state, targets }: Overview["trunks"][number]): boolean {
  if (state === "registered") return true;
  return state === "peer" && !(targets.length > 0 && targets.every((target) => target.state === "down"));
}
