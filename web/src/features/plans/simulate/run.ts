import type { RingTarget } from "../../../../../src/dialplan/command.ts";
import { compileToTry } from "../../../../../src/dialplan/compile.ts";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import type { Plan } from "../../../../../src/dialplan/plan.ts";
import type { TraceEntry } from "../../../../../src/dialplan/trace.ts";
import { MapView } from "../../../../../src/lib/map-view.ts";
import type { Said } from "../../../../../src/lib/said.ts";
import type { StoryEvent } from "../../../../../src/model/call-record.ts";
import type { GivenReply, PartyState } from "../../../../../src/simulate/given.ts";
import { unanswered } from "../../../../../src/simulate/reply.ts";
import { type RingCommand, simulate as simulateCall } from "../../../../../src/simulate/simulate.ts";
import { calledWebhook, type World, withDraft } from "../../../../../src/simulate/world.ts";
import type { Things } from "../state/directory.ts";
import type { RawPlan } from "../tree/outline.ts";

/** What a phone does when it rings. */
export type PhoneState = "answers" | "noAnswer" | "busy" | "rejects" | "offline";

/** A reply of a webhook as it is typed, or as it came when it was really asked. */
export interface TypedReply {
  readonly text: string;
  readonly status: number;
  readonly elapsedMs: number;
  /** It was really asked, and no reply came: why. The text is that of before. */
  readonly failure?: Said | undefined;
}

/** A call to be tried on a plan. */
export interface TriedCall {
  /** Called, `+E.164`. */
  readonly did: string;
  /** As typed: a number, an extension; empty: anonymous. */
  readonly caller: string;
  readonly callerName: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What the caller types each time that a code is asked for; nothing: no digit. */
  readonly digits: readonly string[];
  readonly replies: ReadonlyMap<string, TypedReply>;
  /** By extension, or by number for outside ones. */
  readonly phones: ReadonlyMap<string, PhoneState>;
}

type Ended = Extract<StoryEvent, { readonly type: "ended" }>;

/** What became of it. */
export interface Simulated {
  readonly trace: readonly TraceEntry[];
  /** Who answered, in words; undefined: nobody. */
  readonly answeredBy: string | undefined;
  /** A sentence without its stop. */
  readonly reason: string;
  /** How it ended without an answer. */
  readonly ended: Ended | undefined;
  /** What the ringing phone shows. */
  readonly shown: { readonly name: string; readonly number: string } | undefined;
  /** Extensions and numbers that were rung. */
  readonly rung: readonly string[];
}

/** What a receiver answers of whom nothing is said. */
export const STANDARD_REPLY: TypedReply = { text: "status=ACK", status: 200, elapsedMs: 84 };

const STATES: Readonly<Record<PhoneState, PartyState>> = {
  answers: { does: "answers" },
  noAnswer: { does: "noAnswer" },
  busy: { does: "busy" },
  rejects: { does: "rejects" },
  offline: { does: "notRegistered" },
};

/** The company as the pages know it; its other plans are compiled when a call comes to them. */
export function worldOf(
  directory: Directory,
  { webhooks, plans }: Things,
  numbers: readonly { readonly number: string }[],
  plan: string,
): World {
  const known = new Map<string, Plan>();
  const documents = new Map(plans.map(({ document }) => [document.name, document]));
  return {
    ...directory,
    webhooks: new Map(webhooks.map(({ document }) => [document.name, calledWebhook(document)])),
    plans: new MapView([documents], (document) => {
      const { name } = document;
      const tried = known.get(name) ?? compileToTry(document, directory);
      const compiled =
        "steps" in tried ? tried : tried.ok ? tried.value.plan : { name, version: 1, steps: [] };
      known.set(name, compiled);
      return compiled;
    }),
    numbers: new Map(numbers.map(({ number }) => [number, { number, plan }])),
    // Whether calls can leave is the server's to know; here they can.
    trunks: [OUTSIDE],
    outboundTrunk: OUTSIDE.name,
  };
}

const OUTSIDE = { name: "outside" } as const;

/** Walks a draft with a call, by the very code of real calls; only what happens outside is made up. Pure. */
export function simulate(document: RawPlan, world: World, call: TriedCall): Simulated | undefined {
  const drafted = withDraft(world, document, 1);
  if (!drafted.ok) return undefined;
  const { story, verdict, rings } = simulateCall(
    drafted.value.world,
    {
      number: call.did,
      from: call.caller.trim() === "" ? "anonymous" : call.caller.trim(),
      callerName: call.callerName,
      plan: drafted.value.plan.name,
      at: call.at,
      digits: [...call.digits],
      replies: repliesOf(world, call),
      phones: Object.fromEntries([...call.phones].map(([party, state]) => [party, STATES[state]])),
    },
    (target) => describe(target, world),
  );
  const answeredBy = verdict?.answeredBy;
  return {
    trace: story.flatMap((event) => (event.type === "step" ? [event.entry] : [])),
    answeredBy,
    reason: verdict?.reason ?? "",
    ended: story.findLast((event): event is Ended => event.type === "ended"),
    shown: answeredBy === undefined ? undefined : shownBy(rings.at(-1), call),
    rung: rings.flatMap(({ targets }) => targets.map(partyOf)),
  };
}

/** Every webhook answers; what is not typed as well as it can. */
function repliesOf({ webhooks }: World, { replies }: TriedCall): Record<string, readonly GivenReply[]> {
  return Object.fromEntries(
    [...webhooks.keys()].map((name) => {
      const { text, status, elapsedMs, failure } = replies.get(name) ?? STANDARD_REPLY;
      const given = { body: text, status, afterMs: elapsedMs };
      return [name, [failure === undefined ? given : { result: unanswered(failure, "", elapsedMs) }]];
    }),
  );
}

const partyOf = (target: RingTarget): string => (target.kind === "phone" ? target.extension : target.number);

function describe(target: RingTarget, { phones }: World): string {
  const name = target.kind === "phone" ? (phones.get(target.extension)?.name ?? "") : "";
  return `${partyOf(target)} ${name}`.trim();
}

function shownBy(ring: RingCommand | undefined, { did, caller }: TriedCall): Simulated["shown"] {
  if (ring === undefined) return undefined;
  const { callerIdForwarding, callerName } = ring;
  if (callerIdForwarding === "suppressed") return { name: "", number: "" };
  return { name: callerName, number: callerIdForwarding === "called" ? did : caller };
}
