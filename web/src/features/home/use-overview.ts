import { useQuery } from "@tanstack/react-query";
import type { accessRoutes } from "../../../../src/api/contract/access.ts";
import { api, request } from "../../lib/api.ts";
import { useEntities } from "../../lib/entities.ts";
import { useSession } from "../../lib/session.ts";
import { type DayCall, dayOf, hourIn, startOfDay } from "./day.ts";

const ASKED_EVERY_MS = 5000;
/** As many as one answer has. */
const MOST = 1000;

interface CallList {
  readonly items: readonly DayCall[];
  readonly refused: { readonly calls: number; readonly registrations: number };
}

const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

function useCalls(queryOf: () => Readonly<Record<string, string | number>>, key: string) {
  return useQuery({
    queryKey: ["calls", "overview", key],
    queryFn: ({ signal }) => request<CallList>("GET", "/calls", { query: queryOf(), signal }),
    refetchInterval: ASKED_EVERY_MS,
  });
}

/** All that the overview and the wallboard show, asked again every few seconds. */
export function useOverview() {
  const timeZone = useSession()?.home?.timeZone ?? OWN_ZONE;
  const today = useCalls(
    () => ({ limit: MOST, from: new Date(startOfDay(Date.now(), timeZone)).toISOString() }),
    "today",
  );
  const live = useCalls(() => ({ limit: 50, result: "ongoing" }), "live");
  const last = useCalls(() => ({ limit: 6 }), "last");
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
  const calls = today.data?.items ?? [];
  return {
    error: today.error ?? phones.error,
    retry: () => void Promise.all([today.refetch(), phones.refetch(), trunks.refetch()]),
    isLoaded: today.data !== undefined && phones.data !== undefined && trunks.data !== undefined,
    /** When this was so. */
    at: today.dataUpdatedAt,
    day: dayOf(calls, hourIn(timeZone)),
    isMore: calls.length >= MOST,
    refusedCalls: today.data?.refused.calls ?? 0,
    live: live.data?.items ?? [],
    last: last.data?.items ?? [],
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
