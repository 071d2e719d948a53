import { useQuery } from "@tanstack/react-query";
import type { accessRoutes } from "../../../../src/api/contract/access.ts";
import type { PhoneStatus } from "../../../../src/model/access.ts";
import { api } from "../../lib/api.ts";
import { useUnlessLive } from "../../lib/live/live.ts";

const ASKED_EVERY_MS = 3000;

/** Who is registered, and whose login failed. */
export function usePhoneStatus(): ReadonlyMap<string, PhoneStatus> | undefined {
  const { data } = useQuery({
    queryKey: ["phone", "status"],
    queryFn: ({ signal }) => api<typeof accessRoutes.phones>("phones.status", { signal }),
    refetchInterval: useUnlessLive(ASKED_EVERY_MS),
    select: ({ phones }) => new Map(phones.map((phone) => [phone.extension, phone])),
  });
  return data;
}

export type PhoneState = "registered" | "unreachable" | "waiting";

export function stateOf(status: PhoneStatus | undefined): PhoneState {
  const contacts = status?.contacts ?? [];
  if (contacts.length === 0) return "waiting";
  return contacts.some(({ reachable }) => reachable) ? "registered" : "unreachable";
}

export const TONES = { registered: "good", unreachable: "warn", waiting: "neutral" } as const;

/** `udp:192.0.2.7:5060` without the transport and the port. */
export function hostOf(source: string): string {
  return source.replace(/^\w+:/, "").replace(/:\d+$/, "");
}
