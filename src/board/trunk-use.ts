import { GenerationCache } from "../lib/generation-cache.ts";
import type { Why } from "../lib/said.ts";
import { lastAnswer, type TrunkStatus, type TrunkTargetStatus } from "../model/trunk-status.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Flow, Registration } from "../sip/index.ts";
import { flowText } from "./flow-text.ts";

/** More trunks than a company may have. */
const TRUNKS_REMEMBERED = 1024;

type Use = Pick<TrunkStatus, "lastCallIn" | "lastCallOut" | "address">;

/** As it is noted with each call; put into words when somebody asks. */
interface Noted {
  cameIn: { readonly at: number; readonly flow: Flow } | undefined;
  wentOut: { readonly at: number; answer: Why; readonly flow: Flow | undefined } | undefined;
}

const UNUSED: Readonly<Noted> = { cameIn: undefined, wentOut: undefined };

/** When each trunk last brought a call and took one, and what it said to that. */
export class TrunkUse {
  readonly #clock: Clock;
  readonly #uses = new GenerationCache<string, Noted>(TRUNKS_REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  cameIn(trunk: string, flow: Flow): void {
    this.#use(trunk).cameIn = { at: this.#clock.wall(), flow };
  }

  /** `flow`: the first address that is tried. */
  wentOut(trunk: string, flow: Flow | undefined): void {
    this.#use(trunk).wentOut = { at: this.#clock.wall(), answer: "", flow };
  }

  /** What became of the last call out: `486 Busy Here`, or why nothing did. */
  answered(trunk: string, answer: Why): void {
    const use = this.#use(trunk);
    if (use.wentOut === undefined) use.wentOut = { at: this.#clock.wall(), answer, flow: undefined };
    else use.wentOut.answer = answer;
  }

  of(trunk: string): Use {
    const { cameIn, wentOut } = this.#uses.get(trunk) ?? UNUSED;
    return {
      lastCallIn: cameIn === undefined ? undefined : { at: cameIn.at, from: flowText(cameIn.flow) },
      lastCallOut: wentOut === undefined ? undefined : lastAnswer(wentOut.at, wentOut.answer),
      address: wentOut?.flow === undefined ? undefined : flowText(wentOut.flow),
    };
  }

  #use(trunk: string): Noted {
    const known = this.#uses.get(trunk);
    if (known !== undefined) return known;
    const use: Noted = { ...UNUSED };
    this.#uses.set(trunk, use);
    return use;
  }
}

/** What is known of a trunk now. `registration`: ours there, if it is of that kind. */
export function trunkStatus(
  { name, kind, hosts }: Pick<TrunkStatus, "name" | "kind" | "hosts">,
  registration: Registration | undefined,
  use: Use,
  targets: readonly TrunkTargetStatus[],
): TrunkStatus {
  const known = { name, kind, hosts, targets, lastCallIn: use.lastCallIn, lastCallOut: use.lastCallOut };
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
    lastAnswer: answeredAt === undefined ? undefined : lastAnswer(answeredAt, answer),
    registeredUntil,
    nextRegisterAt: nextAt,
  };
}
