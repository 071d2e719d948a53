import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { practiceRoutes } from "../../../../../src/api/contract/practice.ts";
import type { AnswerOf, BodyGiven } from "../../../../../src/api/contract/route.ts";
import { api } from "../../../lib/api.ts";
import { useUnlessLive } from "../../../lib/live/live.ts";

type Routes = typeof practiceRoutes;
export type Receiver = AnswerOf<Routes["get"]>;
export type Reply = Required<BodyGiven<Routes["reply"]>>;

const ASKED_EVERY_MS = 2000;

/** The practice receiver that a URL template asks; undefined: it asks somebody else. */
export function practiceIdIn(urlTemplate: string): string | undefined {
  return /^https?:\/\/[^/]+\/practice\/([a-z0-9]{1,64})(?:[?#]|$)/.exec(urlTemplate)?.[1];
}

/** A template that asks a practice receiver for all that it may want to know. */
export function practiceTemplate(address: string, asksForCode: boolean): string {
  const code = asksForCode ? "&code={code}" : "";
  return `${address}?did={did}&callerid={callerid}${code}`;
}

export function useReceiver(id: string) {
  return useQuery({
    queryKey: ["practice", id],
    queryFn: ({ signal }) => api<Routes["get"]>("practice.get", { params: { id }, signal }),
    refetchInterval: useUnlessLive(ASKED_EVERY_MS),
  });
}

/** Makes one. */
export function useNewReceiver() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api<Routes["create"]>("practice.create", { body: {} }),
    onSuccess: (made) => client.setQueryData(["practice", made.id], made),
  });
}

/** Replies that were typed and are not in force yet, by the id of their receiver; gone with the tab, as receivers go with the server. */
export const unsentReply = new Map<string, Reply>();

/** Says what it answers from now on. */
export function useSetReply(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reply: Reply) => api<Routes["reply"]>("practice.reply", { params: { id }, body: reply }),
    onSuccess: async (now, sent) => {
      if (unsentReply.get(id) === sent) unsentReply.delete(id);
      const queryKey = ["practice", id];
      // What was asked before may still say the old reply.
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, now);
      void client.invalidateQueries({ queryKey });
    },
  });
}

export function useForgetRequests(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api<Routes["clear"]>("practice.clear", { params: { id } }),
    onSuccess: (now) => client.setQueryData(["practice", id], now),
  });
}
