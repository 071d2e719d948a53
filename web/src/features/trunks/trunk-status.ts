import { useQuery } from "@tanstack/react-query";
import type { accessRoutes } from "../../../../src/api/contract/access.ts";
import type { TrunkStatus } from "../../../../src/model/trunk-status.ts";
import { api } from "../../lib/api.ts";
import { useUnlessLive } from "../../lib/live/live.ts";

const ASKED_EVERY_MS = 5000;

/** How every trunk is. */
export function useTrunkStatus(): ReadonlyMap<string, TrunkStatus> | undefined {
  const { data } = useQuery({
    queryKey: ["trunk", "status"],
    queryFn: ({ signal }) => api<typeof accessRoutes.trunks>("trunks.status", { signal }),
    refetchInterval: useUnlessLive(ASKED_EVERY_MS),
    select: ({ trunks }) => new Map(trunks.map((trunk) => [trunk.name, trunk])),
  });
  return data;
}

/** The state in a word, and how good it is. */
export function stateOf(status: TrunkStatus | undefined) {
  if (status === undefined) return { word: "unknown", tone: "neutral" } as const;
  if (status.state === "peer") {
    const isDown = status.targets.length > 0 && status.targets.every(({ state }) => state === "down");
    return isDown ? ({ word: "peerDown", tone: "bad" } as const) : ({ word: "peer", tone: "good" } as const);
  }
  const tones = {
    registered: "good",
    registering: "warn",
    waiting: "bad",
    unregistering: "warn",
    stopped: "neutral",
  } as const;
  return { word: status.state, tone: tones[status.state] };
}

/** The last thing that was heard of it, good or bad. */
export function lastAnswerOf(status: TrunkStatus) {
  const answers = [status.lastAnswer, ...status.targets.map(({ lastAnswer }) => lastAnswer)];
  return answers.filter((one) => one !== undefined).toSorted((one, other) => other.at - one.at)[0];
}
