import type { RingResult } from "../dialplan/outcome.ts";
import type { StoryEvent } from "../model/call-record.ts";
import type { PartyState } from "./given.ts";

type StepEvent = Extract<StoryEvent, { readonly type: "step" }>;

/** What a party did, told so long after it began to ring, and so long before the ring time was over. */
type Did = (afterMs: number, leftMs: number) => PartyState;

/** A ring time that is over is told of at once; what comes earlier than this has another cause. */
const EARLY_MS = 500;

const STATES: Readonly<Record<`ring.${RingResult | "notCalled"}`, Did>> = {
  "ring.answered": (afterMs) => ({ does: "answers", afterMs }),
  "ring.timeout": (afterMs, leftMs) =>
    leftMs > EARLY_MS ? { does: "refuses", status: 408, afterMs } : { does: "noAnswer" },
  "ring.busy": (afterMs) => ({ does: "busy", afterMs }),
  "ring.rejected": (afterMs) => ({ does: "rejects", afterMs }),
  "ring.unavailable": (afterMs) => ({ does: "unavailable", afterMs }),
  "ring.failed": (afterMs) => ({ does: "refuses", status: 503, afterMs }),
  "ring.notCalled": (afterMs) => ({ does: "refuses", status: 403, afterMs }),
};

/**
 * Who was rung, and what came of it when: a state for each ringing that the party was rung in. Of several who rang together,
 * and none of whom answered, all are said to have done the same. Of whom nothing is told, they rang until somebody else
 * answered or the caller left.
 */
export function partiesIn(story: readonly StoryEvent[]): Readonly<Record<string, readonly PartyState[]>> {
  const rung = new Rung();
  for (const event of story) {
    // Said just before the plan decides what comes of it.
    if (event.type === "legEvent" && event.what === "redirected") rung.sentTo(event.args?.["to"]);
    if (event.type === "step") rung.saw(event);
  }
  return Object.fromEntries(rung.states);
}

class Rung {
  readonly states = new Map<string, PartyState[]>();
  #sentTo: readonly string[] = [];
  /** When who rings in this ringing began to, in milliseconds since the call began. */
  #since = new Map<string, number>();
  /** When its ring time is over. */
  #until = Number.POSITIVE_INFINITY;

  /** Whom a phone names that sends the call on, as somebody would dial them. */
  sentTo(to: unknown): void {
    this.#sentTo = listIn(to, ", ");
  }

  saw({ atMs, entry: { code = "", args = {} } }: StepEvent): void {
    const targets = listIn(args["targets"], " ");
    if (code === "ring.rings") {
      const { ringSeconds } = args;
      this.#since = new Map();
      this.#until = typeof ringSeconds === "number" ? atMs + ringSeconds * 1000 : Number.POSITIVE_INFINITY;
    }
    if (code === "ring.forwarded") {
      const to = [...(this.#sentTo.length === 0 ? targets : this.#sentTo)];
      for (const one of namesIn(args["by"]))
        this.#did(one, atMs, (afterMs) => ({ does: "forwards", to, afterMs }));
    }
    for (const one of targets) this.#rings(one, atMs);
    if (!Object.hasOwn(STATES, code)) return;
    for (const one of namesIn(args["who"])) this.#did(one, atMs, STATES[code as keyof typeof STATES]);
  }

  #rings(one: string, atMs: number): void {
    const before = this.states.get(one) ?? [];
    // Who is sent back to in the same ringing does what it did.
    if (!this.#since.has(one)) this.states.set(one, [...before, { does: "noAnswer" }]);
    this.#since.set(one, atMs);
  }

  #did(one: string, atMs: number, did: Did): void {
    if (!this.#since.has(one)) this.#rings(one, atMs);
    const since = this.#since.get(one) ?? atMs;
    // Told a moment after it was: what somebody did was done in time.
    const afterMs = Math.max(0, Math.min(atMs, this.#until - 1) - since);
    const before = this.states.get(one) ?? [];
    this.states.set(one, [...before.slice(0, -1), did(afterMs, this.#until - atMs)]);
  }
}

/** The extensions and numbers in `215 (Reception), +31201234567`. */
function namesIn(who: unknown): readonly string[] {
  return listIn(who, ", ").map((one) => one.split(" ")[0] ?? "");
}

function listIn(text: unknown, between: string): readonly string[] {
  return typeof text === "string" && text !== "" ? text.split(between) : [];
}
