import { useQuery } from "@tanstack/react-query";
import type { overviewRoutes } from "../../../src/api/contract/overview.ts";
import { api } from "./api.ts";
import { useUnlessLive } from "./live/live.ts";

const ASKED_EVERY_MS = 5000;

/** How calls, phones, trunks and webhooks do, and what needs somebody: the menu and the overview ask once for both. */
export function useHome() {
  return useQuery({
    queryKey: ["home"],
    queryFn: ({ signal }) => api<typeof overviewRoutes.home>("home.get", { signal }),
    refetchInterval: useUnlessLive(ASKED_EVERY_MS),
  });
}
