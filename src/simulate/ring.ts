import { type Command, type RingTarget, targetName } from "../dialplan/command.ts";
import type { Forward, RingResult } from "../dialplan/outcome.ts";
import type { Why } from "../lib/said.ts";
import { resultOf, stronger } from "../model/ring-result.ts";
import { storySaid } from "../model/story-words.ts";
import type { PartyState } from "./given.ts";

/** What a ring command needs to know of the world. */
export interface RingParts {
  readonly stateOf: (target: RingTarget) => PartyState;
  /** How a story calls whoever is rung: `phone 215`. */
  readonly labelOf: (target: RingTarget) => string;
  readonly hasTrunk: boolean;
  /** What the plan says to a phone that sends the call on. */
  readonly forwarded: (forward: Forward, afterMs: number) => Extract<Command, { type: "follow" }>;
  /** When the caller has enough, from the beginning of the ringing. */
  readonly patienceMs: number;
}

/** How ringing ended, and after how long; `gone`: the caller hung up. */
export type Rang =
  | { readonly gone: true; readonly tookMs: number }
  | {
      readonly gone: false;
      readonly tookMs: number;
      readonly result: RingResult;
      readonly status: number;
      readonly detail: Why;
      /** Who answered. */
      readonly by?: RingTarget;
    };

/** When nobody says otherwise: whoever answers takes a moment, whoever refuses does so at once. */
const ANSWERS_AFTER_MS = 3000;
const REFUSES_AFTER_MS = 100;

/** RFC 3261 §21 and RFC 8197; for others the number speaks for itself. */
const PHRASES: Readonly<Record<number, string>> = {
  302: "Moved Temporarily",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  480: "Temporarily Unavailable",
  486: "Busy Here",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  500: "Server Internal Error",
  503: "Service Unavailable",
  600: "Busy Everywhere",
  603: "Decline",
  607: "Unwanted",
  608: "Rejected",
};

interface Party {
  readonly target: RingTarget;
  readonly state: PartyState;
  /** From the beginning of the ringing. */
  readonly at: number;
  readonly redirections: number;
}

/** Rings as a call does (call/ringing.ts), in no time: until one answers, all fail, or the ring time is over. */
export class Ringing {
  readonly #command: Extract<Command, { type: "ring" }>;
  readonly #parts: RingParts;
  #parties: Party[] = [];
  #now = 0;
  #best: { readonly result: RingResult; readonly status: number; readonly detail: Why } | undefined;

  constructor(command: Extract<Command, { type: "ring" }>, parts: RingParts) {
    this.#command = command;
    this.#parts = parts;
  }

  run(): Rang {
    const { targets, redirections, ringMs } = this.#command;
    for (const target of targets) this.#aim(target, redirections);
    for (;;) {
      const party = this.#next();
      const until = Math.min(ringMs, this.#parts.patienceMs);
      if (party !== undefined && party.at >= until) return this.#over(until < ringMs, until);
      if (party === undefined) return this.#nobody();
      this.#now = party.at;
      this.#parties = this.#parties.filter((one) => one !== party);
      const { state } = party;
      if (state.does === "answers") {
        const detail = this.#parts.labelOf(party.target);
        return { gone: false, tookMs: this.#now, result: "answered", status: 200, detail, by: party.target };
      }
      if (state.does === "forwards") this.#forward(party, state.to);
      else this.#refused(party);
    }
  }

  #over(gone: boolean, tookMs: number): Rang {
    if (gone) return { gone, tookMs };
    this.#now = tookMs;
    this.#count("timeout", 408, storySaid("tried.noAnswer", { seconds: this.#command.ringMs / 1000 }));
    return this.#nobody();
  }

  #nobody(): Rang {
    const best = this.#best ?? {
      result: "unavailable",
      status: 480,
      detail: storySaid("tried.nobody", {}),
    };
    return { gone: false, tookMs: this.#now, ...best };
  }

  #aim(target: RingTarget, redirections: number): void {
    const { stateOf, hasTrunk } = this.#parts;
    const state = stateOf(target);
    if (target.kind === "external" && !hasTrunk)
      return this.#count("failed", 404, storySaid("tried.noTrunk", { number: target.number }));
    if (target.kind === "phone" && state.does === "notRegistered")
      return this.#count("unavailable", 480, storySaid("tried.notRegistered", { phone: target.extension }));
    this.#parties.push({ target, state, at: this.#now + delayOf(state), redirections });
  }

  /** Of those who do something at the same moment, whoever was rung first. */
  #next(): Party | undefined {
    return this.#parties.reduce<Party | undefined>(
      (first, party) => (first === undefined || party.at < first.at ? party : first),
      undefined,
    );
  }

  #refused({ target, state }: Party): void {
    const status = statusOf(state);
    const said = (state.does === "refuses" ? state.said : undefined) ?? PHRASES[status] ?? "";
    const detail = storySaid("tried.refused", { target: this.#parts.labelOf(target), status, said });
    this.#count(resultOf(status), status, detail);
  }

  #forward({ target, redirections }: Party, to: readonly string[]): void {
    const ringing = this.#parties.map((one) => targetName(one.target));
    // Only phones are followed; a trunk that redirects has refused.
    if (target.kind !== "phone")
      return this.#refused({ target, state: { does: "refuses", status: 302 }, at: this.#now, redirections });
    const follow = this.#parts.forwarded({ by: target.extension, redirections, to, ringing }, this.#now);
    if (follow.targets.length === 0) return this.#count("failed", 302, follow.why);
    for (const one of follow.targets) this.#aim(one, redirections + 1);
  }

  #count(result: RingResult, status: number, detail: Why): void {
    const known = this.#best?.result;
    if (stronger(known, result) !== known) this.#best = { result, status, detail };
  }
}

function delayOf(state: PartyState): number {
  switch (state.does) {
    case "noAnswer":
      return Number.POSITIVE_INFINITY;
    case "answers":
      return state.afterMs ?? ANSWERS_AFTER_MS;
    case "notRegistered":
      return 0;
    default:
      return state.afterMs ?? REFUSES_AFTER_MS;
  }
}

function statusOf(state: PartyState): number {
  switch (state.does) {
    case "busy":
      return 486;
    case "rejects":
      return 603;
    case "refuses":
      return state.status;
    default:
      return 480;
  }
}
