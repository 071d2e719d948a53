import type { StoryEvent } from "../../../src/model/call-record.ts";
import { describeEvent } from "../../../src/model/story.ts";
import type { PartyState, SimulatedCall } from "../../../src/simulate/given.ts";
import { simulate } from "../../../src/simulate/simulate.ts";
import type { World } from "../../../src/simulate/world.ts";
import type { StoryLine } from "./trace.ts";

// Pure, so that a browser simulates the same calls.

/** A call of a scenario, as it is given to the simulator. */
export interface ScenarioCall {
  readonly call: SimulatedCall;
  /** What real stories call whoever is rung, by extension or number. */
  readonly labels: Readonly<Record<string, string>>;
  /** What outside numbers do, whichever they are. */
  readonly outside: PartyState;
}

/** Simulates it; gives the lines of its story. */
export function simulatedLines(world: World, { call, labels, outside }: ScenarioCall): readonly StoryLine[] {
  const phones = new Proxy(call.phones, {
    get: (states, key: string) => states[key] ?? (key.startsWith("+") ? outside : undefined),
  });
  const { story } = simulate(world, { ...call, phones }, (target) =>
    target.kind === "phone"
      ? (labels[target.extension] ?? `phone ${target.extension}`)
      : `${target.number} through trunk "${world.outboundTrunk}"`,
  );
  return story.map(lineOf).filter(isDecided);
}

function lineOf(event: StoryEvent): StoryLine {
  const says = describeEvent(event);
  if (event.type !== "step") {
    const code = event.type === "replied" ? event.failure : undefined;
    return { at: 0, is: event.type, ...(code === undefined ? {} : { code }), says };
  }
  const { step, type, code, args } = event.entry;
  return {
    at: 0,
    step,
    type,
    ...(code === undefined ? {} : { code }),
    ...(args === undefined
      ? {}
      : { args: JSON.parse(JSON.stringify(args, wordless)) as Record<string, unknown> }),
    says,
  };
}

/** Of a sentence within a sentence, code and arguments. */
function wordless(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("code" in value && "text" in value)) return value;
  const { text: _text, ...rest } = value;
  return rest;
}

/** What the plan and its webhooks say of a call; not what SIP and sound do, nor how two who were connected part. */
export function isDecided({ is, says }: StoryLine): boolean {
  if (is === "ended") return says.startsWith("Switchhook ended the call");
  return is === undefined || is === "number" || is === "plan" || is === "asked" || is === "replied";
}
