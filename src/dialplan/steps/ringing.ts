import type { ArgsOf } from "../../lib/said.ts";
import { type CallerIdForwarding, type RingTarget, targetName } from "../command.ts";
import type { Directory } from "../directory.ts";
import type { ToldEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";
import { speaker } from "../words.ts";
import { ringingWords } from "./ringing-words.ts";
import type { Move, Scene, StepBase, StepOutcome } from "./step.ts";

/** A step that rings, as ringing-kind.ts makes it of its kind. */
export interface RingingStep {
  readonly step: StepBase & { readonly ringMs: number };
  readonly label: string;
  /** The step's own setting, where it has one. */
  readonly callerIdForwarding: CallerIdForwarding | undefined;
  readonly ignoresForwarding: boolean;
}

/** A member of a group that rings after others (strategy inOrder). */
interface Queued {
  readonly extension: string;
  /** How many forwards led to it: a chain of them that goes on in a later ring command is still one chain. */
  readonly redirections: number;
}

/** What a step that rings keeps while it waits. */
export interface RingingNow {
  /** Who rings now, or is rung in the place of one who did. */
  readonly targets: readonly RingTarget[];
  /** Who rings after these. */
  readonly queue: readonly Queued[];
}

const speak = speaker(ringingWords);
/** One decision of a step that rings. */
export const say = <Code extends keyof typeof ringingWords>(
  { step, label }: RingingStep,
  code: Code,
  args: ArgsOf<(typeof ringingWords)[Code]>,
): ToldEntry => speak(step, label, code, args);

/** Asks the shell to ring these targets at once, to whom so many `redirections` led, and the `queue` after them. */
export function ring(
  ringing: RingingStep,
  { walk, directory }: Pick<Scene, "walk" | "directory">,
  targets: readonly RingTarget[],
  {
    queue = [],
    redirections = 0,
  }: { readonly queue?: readonly Queued[]; readonly redirections?: number } = {},
): Move<RingingNow> {
  const { step } = ringing;
  const callerIdForwarding = ringing.callerIdForwarding ?? walk.callerIdForwarding;
  const { callerName } = walk;
  return {
    kind: "ask",
    walk,
    own: { targets, queue },
    command: {
      type: "ring",
      step: step.number,
      targets,
      redirections,
      ringMs: step.ringMs,
      callerName,
      callerIdForwarding,
    },
    trace: [
      say(ringing, "ring.rings", {
        who: describeTargets(targets, directory),
        targets: targets.map(targetName).join(" "),
        ringSeconds: step.ringMs / 1000,
        callerName,
        callerIdForwarding,
      }),
    ],
  };
}

/** Rings a group as its strategy says; members without a phone are skipped, and a group without any too. */
export function ringGroup(ringing: RingingStep, extension: string, scene: Scene): Move<RingingNow> {
  const group = scene.directory.groups.get(extension);
  if (group === undefined) return skip(ringing, scene.walk, "ring.groupGone", { group: extension });
  const { name, strategy } = group;
  const members = group.members.filter((member) => scene.directory.phones.has(member));
  const [first, ...others] = members;
  if (first === undefined) return skip(ringing, scene.walk, "ring.groupEmpty", { group: extension, name });
  const absent = group.members.filter((member) => !scene.directory.phones.has(member));
  const before = [
    ...(absent.length > 0 ? [say(ringing, "ring.membersSkipped", { skipped: absent.join(", ") })] : []),
    // A plan that names such a group is not saved; a webhook's destination or a phone can still lead here.
    ...(strategy === "smart" ? [say(ringing, "ring.smartNotYet", { group: extension })] : []),
  ];
  const inOrder = strategy === "inOrder";
  const queue = inOrder ? others.map((one) => ({ extension: one, redirections: 0 })) : [];
  const move = ring(ringing, scene, (inOrder ? [first] : members).map(phone), { queue });
  return { ...move, trace: [...before, ...move.trace] };
}

/** After ringing: connected, the next member of a group in order, or the next step (dialplan.md, Progression). */
export function afterRinging(
  ringing: RingingStep,
  scene: Scene<RingingNow>,
  { result, status, detail, by }: Extract<StepOutcome, { readonly type: "rang" }>,
): Move<RingingNow> {
  const { step } = ringing;
  const { targets, queue } = scene.own;
  const who = describeTargets(by === undefined ? targets : [by], scene.directory);
  const args = { who, status, ringSeconds: step.ringMs / 1000, ...(detail === "" ? {} : { detail }) };
  // A 403 of whoever was rung is "rejected"; this one is ours, before anything was sent (reliability B13).
  const isOurs = result === "failed" && status === 403;
  const trace = [say(ringing, isOurs ? "ring.notCalled" : `ring.${result}`, args)];
  const walk: Walk = { ...scene.walk, lastRing: result };
  if (result === "answered") {
    return { kind: "end", walk, command: { type: "connected", step: step.number }, trace };
  }
  const [member, ...others] = queue;
  if (member === undefined) return { kind: "go", walk, to: step.next, trace };
  const { extension, redirections } = member;
  const after = { queue: others, redirections };
  const move = ring(ringing, { walk, directory: scene.directory }, [phone(extension)], after);
  return { ...move, trace: [...trace, ...move.trace] };
}

/** Goes on without ringing, and says why. */
export function skip<Code extends keyof typeof ringingWords>(
  ringing: RingingStep,
  walk: Walk,
  code: Code,
  args: ArgsOf<(typeof ringingWords)[Code]>,
): Move<RingingNow> {
  return { kind: "go", walk, to: ringing.step.next, trace: [say(ringing, code, args)] };
}

/** A ring target for an internal number. */
export function phone(extension: string): RingTarget {
  return { kind: "phone", extension };
}

/** `215 (Reception), +31201234567`. */
export function describeTargets(targets: readonly RingTarget[], directory: Directory): string {
  return targets
    .map((target) => {
      if (target.kind === "external") return target.number;
      const name = directory.phones.get(target.extension)?.name ?? "";
      return name === "" ? target.extension : `${target.extension} (${name})`;
    })
    .join(", ");
}
