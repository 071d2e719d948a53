import { GenerationCache } from "../lib/generation-cache.ts";
import type { TrunkStatus } from "../model/trunk-status.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Flow, Registration } from "../sip/index.ts";
import { flowText } from "./flow-text.ts";

/** More trunks than a company may have. */
const TRUNKS_REMEMBERED = 1024;

type Use = Pick<TrunkStatus, "lastCallIn" | "lastCallOut" | "address">;
const UNUSED: Use = { lastCallIn: undefined, lastCallOut: undefined, address: undefined };

/** When each trunk last brought a call and took one, and what it said to that. */
export class TrunkUse {
  readonly #clock: Clock;
  readonly #uses = new GenerationCache<string, Use>(TRUNKS_REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  cameIn(trunk: string, flow: Flow): void {
    this.#set(trunk, { lastCallIn: { at: this.#clock.wall(), from: flowText(flow) } });
  }

  /** `flow`: the first address that is tried. */
  wentOut(trunk: string, flow: Flow | undefined): void {
    const address = flow === undefined ? undefined : flowText(flow);
    this.#set(trunk, { lastCallOut: { at: this.#clock.wall(), answer: "" }, address });
  }

  /** What became of the last call out, in words: `486 Busy Here`. */
  answered(trunk: string, answer: string): void {
    const at = this.of(trunk).lastCallOut?.at ?? this.#clock.wall();
    this.#set(trunk, { lastCallOut: { at, answer } });
  }

  of(trunk: string): Use {
    return this.#uses.get(trunk) ?? UNUSED;
  }

  #set(trunk: string, use: Partial<Use>): void {
    this.#uses.set(trunk, { ...this.of(trunk), ...use });
  }
}

/** What is known of a trunk now. `registration`: ours there, if it is of that kind. */
export function trunkStatus(
  { name, kind, hosts }: Pick<TrunkStatus, "name" | "kind" | "hosts">,
  registration: Registration | undefined,
  use: Use,
): TrunkStatus {
  const known = { name, kind, hosts, lastCallIn: use.lastCallIn, lastCallOut: use.lastCallOut };
  if (registration === undefined) {
    return {
      ...known,
      state: "peer",
      address: use.address,
      lastAnswer: undefined,
      registeredUntil: undefined,
      nextRegisterAt: undefined,
    };
  }
  const { status, flow } = registration;
  const { state, answer, answeredAt, registeredUntil, nextAt } = status;
  return {
    ...known,
    // While a refresh is on its way the registration before it holds.
    state: state === "refreshing" ? "registered" : state,
    address: flow === undefined ? use.address : flowText(flow),
    lastAnswer: answeredAt === undefined ? undefined : { at: answeredAt, answer },
    registeredUntil,
    nextRegisterAt: nextAt,
  };
}
