import type { SaidArgs, Why } from "../lib/said.ts";

/** What was heard last of a place or trunk, or why nothing was. */
export interface LastAnswer {
  readonly at: number;
  /** `200 OK`, `no answer`, or a sentence. */
  readonly answer: string;
  /** Of words of ours: which they are, and what they are made of (docs/reference/network.md). */
  readonly code?: string;
  readonly args?: SaidArgs;
}

/** An answer, in the peer's words or in ours. */
export function lastAnswer(at: number, answer: Why): LastAnswer {
  return typeof answer === "string"
    ? { at, answer }
    : { at, answer: answer.text, code: answer.code, args: answer.args };
}

/** One place (address, port and transport) of a trunk, as it is now. */
export interface TrunkTargetStatus {
  /** `tls:192.0.2.9:5061`. */
  readonly address: string;
  /** The host of the configuration that leads there. */
  readonly host: string;
  /** `down`: asked last, not left out. */
  readonly state: "untried" | "up" | "down";
  readonly since: number | undefined;
  readonly lastAnswer: LastAnswer | undefined;
  /** When it is asked by OPTIONS, unless something is heard of it before; undefined: not at all. */
  readonly nextProbeAt: number | undefined;
  /** What it showed on the last TLS connection. */
  readonly certificate:
    | { readonly subject: string; readonly expires: number; readonly daysLeft: number }
    | undefined;
}

/** A trunk of the running configuration, as it is now. Times are milliseconds since the epoch. */
export interface TrunkStatus {
  readonly name: string;
  readonly kind: "peer" | "registration";
  /** As configured. */
  readonly hosts: readonly string[];
  /** `waiting`: the last try to register failed, the next one follows. */
  readonly state: "peer" | "registered" | "registering" | "waiting" | "unregistering" | "stopped";
  /** `tls:192.0.2.9:5061`: where we are registered, else where the last call out was sent first. */
  readonly address: string | undefined;
  /** To our last REGISTER. */
  readonly lastAnswer: LastAnswer | undefined;
  readonly registeredUntil: number | undefined;
  /** Undefined while a REGISTER is on its way. */
  readonly nextRegisterAt: number | undefined;
  /** In the order of the configuration; the first fifty. */
  readonly targets: readonly TrunkTargetStatus[];
  readonly lastCallIn: { readonly at: number; readonly from: string } | undefined;
  /** `answer` is empty while the trunk has not answered. */
  readonly lastCallOut: LastAnswer | undefined;
}
