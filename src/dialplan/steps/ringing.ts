import type { CallerIdForwarding, RingTarget } from "../command.ts";
import type { Directory } from "../directory.ts";
import type { RingResult } from "../outcome.ts";
import type { TraceData, TraceEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";
import { entryOf, type Move, type Scene, type StepBase, type StepOutcome } from "./step.ts";

/** A step that rings, and how: what phone, group, fixed and variable destination have in common. */
export interface RingingStep {
  readonly step: StepBase & { readonly ringMs: number };
  readonly label: string;
  /** Whether a 302 from a phone is followed. */
  readonly followForwards: boolean;
  /** The step's own setting, where it has one. */
  readonly callerIdForwarding: CallerIdForwarding | undefined;
}

/** Asks the shell to ring these targets at once; `queue` are members of a group to ring after them. */
export function ring(
  ringing: RingingStep,
  scene: Scene,
  targets: readonly RingTarget[],
  queue: readonly string[],
  before: readonly TraceEntry[],
): Move {
  const { walk, directory } = scene;
  const { step } = ringing;
  const callerIdForwarding = ringing.callerIdForwarding ?? walk.callerIdForwarding;
  const who = describeTargets(targets, directory);
  const seconds = step.ringMs / 1000;
  const trace = entry(
    ringing,
    `Rings ${who} for ${seconds} s, ${showing(walk.callerName, callerIdForwarding)}.`,
    {
      targets: targets.map(targetName).join(" "),
      ringSeconds: seconds,
      callerName: walk.callerName,
      callerIdForwarding,
    },
  );
  return {
    kind: "ask",
    walk: { ...walk, waitingFor: "rang", ringing: targets, queue },
    command: {
      type: "ring",
      step: step.number,
      targets,
      ringMs: step.ringMs,
      callerName: walk.callerName,
      callerIdForwarding,
      followForwards: ringing.followForwards,
    },
    trace: before.length === 0 ? [trace] : [...before, trace],
  };
}

/** Rings a group as its strategy says; members without a phone are skipped, and a group without any too. */
export function ringGroup(ringing: RingingStep, extension: string, scene: Scene): Move {
  const group = scene.directory.groups.get(extension);
  if (group === undefined) return skip(ringing, scene, `There is no group ${extension} any more: skipped.`);
  const members = group.members.filter((member) => scene.directory.phones.has(member));
  const absent = group.members.filter((member) => !scene.directory.phones.has(member));
  const trace: TraceEntry[] = [];
  if (absent.length > 0) {
    trace.push(entry(ringing, `Skips ${absent.join(", ")}: no such phone.`, { skipped: absent.join(" ") }));
  }
  const [first, ...others] = members;
  if (first === undefined) {
    return skip(ringing, scene, `Group ${extension} (${group.name}) has no phone to ring: skipped.`);
  }
  if (group.strategy === "inOrder") return ring(ringing, scene, [phone(first)], others, trace);
  if (group.strategy === "smart") {
    // A plan that names such a group is not compiled; a webhook's destination can still lead here.
    const text = `Group ${extension} has the strategy smart, which is not available yet: all ring at once.`;
    trace.push(entry(ringing, text));
  }
  return ring(ringing, scene, members.map(phone), [], trace);
}

/** After ringing: connected, the next member of a group in order, or the next step (dialplan.md, Progression). */
export function afterRinging(ringing: RingingStep, scene: Scene, outcome: StepOutcome): Move {
  if (outcome.type !== "rang")
    throw new Error(`step ${ringing.step.number} rings, but was told "${outcome.type}"`);
  const { result, status, detail } = outcome;
  const who = describeTargets(scene.walk.ringing, scene.directory);
  const data: TraceData = detail === "" ? { result, status } : { result, status, detail };
  const trace = entry(ringing, sentence(result, who, status, ringing.step.ringMs), data);
  const walk: Walk = { ...scene.walk, waitingFor: "nothing", ringing: [], queue: [], lastRing: result };
  if (result === "answered") {
    return { kind: "end", walk, command: { type: "connected", step: ringing.step.number }, trace: [trace] };
  }
  const [member, ...others] = scene.walk.queue;
  if (member !== undefined) return ring(ringing, { ...scene, walk }, [phone(member)], others, [trace]);
  return { kind: "go", walk, to: ringing.step.next, trace: [trace] };
}

/** Goes on without ringing; the sentence says why. */
export function skip(ringing: RingingStep, scene: Scene, text: string, data?: TraceData): Move {
  return {
    kind: "go",
    walk: scene.walk,
    to: ringing.step.next,
    trace: [entry(ringing, text, { ...data, skipped: true })],
  };
}

/** A ring target for an internal number. */
export function phone(extension: string): RingTarget {
  return { kind: "phone", extension };
}

/** Suppressed hides the name as well: RFC 3323 §4.1, From is "Anonymous". */
function showing(callerName: string, forwarding: CallerIdForwarding): string {
  if (forwarding === "suppressed") return "as an anonymous caller";
  const name = callerName === "" ? "without a name" : `showing "${callerName}"`;
  return forwarding === "called" ? `${name} and the called number` : name;
}

function entry(ringing: RingingStep, text: string, data?: TraceData): TraceEntry {
  return entryOf(ringing.step, ringing.label, text, data);
}

function targetName(target: RingTarget): string {
  return target.kind === "phone" ? target.extension : target.number;
}

function describeTargets(targets: readonly RingTarget[], directory: Directory): string {
  return targets
    .map((target) => {
      if (target.kind === "external") return target.number;
      const name = directory.phones.get(target.extension)?.name ?? "";
      return name === "" ? target.extension : `${target.extension} (${name})`;
    })
    .join(", ");
}

function sentence(result: RingResult, who: string, status: number, ringMs: number): string {
  const code = status > 0 ? ` (${status})` : "";
  switch (result) {
    case "answered":
      return `${who} answered: connected.`;
    case "timeout":
      return `${who} did not answer within ${ringMs / 1000} s.`;
    case "busy":
      return `${who}: busy${code}.`;
    case "rejected":
      return `${who}: rejected the call${code}.`;
    case "unavailable":
      return `${who}: not registered, or wants no calls now${code}.`;
    case "failed":
      return `${who}: could not be reached${code}.`;
  }
}
