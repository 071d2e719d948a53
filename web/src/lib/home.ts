import { useQuery } from "@tanstack/react-query";
import type { overviewRoutes } from "../../../src/api/contract/overview.ts";
import { api } from "./api.ts";
import { useUnlessLive } from "./live/live.ts";

const ASKED_EVERY_MS = 5000;
/** Events tell when to ask; but what the server counts over many rows stands for up to 10 s, and the last event may come before. */
const LIVE_EVERY_MS = 15_000;

/** How calls, phones, trunks and webhooks do, and what needs somebody: the menu and the overview ask once for both. */
export function useHome() {
  const every = useUnlessLive(ASKED_EVERY_MS);
  return useQuery({
    queryKey: ["home"],
    queryFn: ({ signal }) => api<typeof overviewRoutes.home>("home.get", { signal }),
    refetchInterval: every === false ? LIVE_EVERY_MS : every,
  });
}
