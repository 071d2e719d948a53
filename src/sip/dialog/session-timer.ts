import type { SipRequest, SipResponse } from "../message/message.ts";

/** Session timer settings, in seconds (RFC 4028). */
export interface SessionTimerPolicy {
  /** What we ask for when nobody else did. */
  readonly intervalSeconds: number;
  /** The shortest we accept; the RFC's floor is 90. */
  readonly minSeconds: number;
}

export const defaultSessionTimer: SessionTimerPolicy = { intervalSeconds: 1800, minSeconds: 90 };

/** What was agreed for one dialog. */
export interface SessionTimer {
  readonly intervalSeconds: number;
  readonly refresher: "local" | "remote";
}

export type ServerNegotiation =
  | {
      readonly kind: "agreed";
      readonly timer: SessionTimer;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly kind: "none" }
  /** Answer 422 with this Min-SE (RFC 4028 §6). */
  | { readonly kind: "tooShort"; readonly minSeconds: number };

interface SessionExpires {
  readonly seconds: number;
  readonly refresher: string | undefined;
}

/** Answers a request's Session-Expires (RFC 4028 §9). A caller that does not know timers gets none from us. */
export function negotiateAsServer(request: SipRequest, policy: SessionTimerPolicy): ServerNegotiation {
  if (!request.headers.list("supported").some((tag) => tag.toLowerCase() === "timer"))
    return { kind: "none" };
  const asked = readSessionExpires(request.headers.get("session-expires"));
  if (asked !== undefined && asked.seconds < policy.minSeconds) {
    return { kind: "tooShort", minSeconds: policy.minSeconds };
  }
  const peerMin = readSeconds(request.headers.get("min-se")) ?? 0;
  const seconds = asked?.seconds ?? Math.max(policy.intervalSeconds, peerMin);
  // The caller refreshes unless it says otherwise: it knows best whether it is behind NAT (Table 2).
  const refresher = asked?.refresher === "uas" ? "uas" : "uac";
  return {
    kind: "agreed",
    timer: { intervalSeconds: seconds, refresher: refresher === "uas" ? "local" : "remote" },
    headers: [
      ["Require", "timer"],
      ["Session-Expires", `${seconds};refresher=${refresher}`],
    ],
  };
}

/** Header fields with which our INVITE or UPDATE asks for a timer (RFC 4028 §7.1). */
export function askForTimer(policy: SessionTimerPolicy): readonly (readonly [string, string])[] {
  return [
    ["Session-Expires", String(policy.intervalSeconds)],
    ["Min-SE", String(policy.minSeconds)],
  ];
}

/** Reads what a 2xx to our request agreed to (RFC 4028 §7.2); a peer without timers leaves us without one. */
export function negotiateAsClient(response: SipResponse): SessionTimer | undefined {
  const agreed = readSessionExpires(response.headers.get("session-expires"));
  if (agreed === undefined) return undefined;
  return {
    intervalSeconds: Math.max(agreed.seconds, 90),
    refresher: agreed.refresher === "uas" ? "remote" : "local",
  };
}

/** Min-SE of a 422, for the one repetition it allows (RFC 4028 §7.3). */
export function minimumOf(response: SipResponse): number | undefined {
  return readSeconds(response.headers.get("min-se"));
}

/** When to refresh, and when to give up: min(32 s, a third) before the end (RFC 4028 §10). */
export function timerDelays(timer: SessionTimer): { readonly refreshMs: number; readonly expireMs: number } {
  const ms = timer.intervalSeconds * 1000;
  return { refreshMs: ms / 2, expireMs: ms - Math.min(32_000, ms / 3) };
}

function readSessionExpires(value: string | undefined): SessionExpires | undefined {
  if (value === undefined) return undefined;
  const [head = "", ...params] = value.split(";", 8);
  const seconds = readSeconds(head);
  if (seconds === undefined) return undefined;
  const refresher = params.map((p) => p.trim().toLowerCase()).find((p) => p.startsWith("refresher="));
  return { seconds, refresher: refresher?.slice("refresher=".length) };
}

function readSeconds(value: string | undefined): number | undefined {
  const digits = value?.split(";", 1)[0]?.trim() ?? "";
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}
