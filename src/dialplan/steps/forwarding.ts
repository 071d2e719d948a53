import { type RingTarget, targetName } from "../command.ts";
import { understandDestination } from "../destination.ts";
import type { Directory } from "../directory.ts";
import type { Forward } from "../outcome.ts";
import { quoteText } from "../quote.ts";
import type { ToldEntry } from "../trace.ts";
import { saidOf } from "../words.ts";
import { describeTargets, phone, type RingingNow, type RingingStep, say } from "./ringing.ts";
import type { Move, Scene } from "./step.ts";

/** Followed one after the other at the most; a longer chain is a loop or an attack. */
export const MAX_REDIRECTIONS = 5;

/** Whom a forward leads to: at once, and after those of the step have not answered. */
interface Way {
  readonly now: readonly RingTarget[];
  readonly later: readonly string[];
  readonly trace: readonly ToldEntry[];
}

/**
 * What a 302 does (dialplan.md, Progression: followed, unless the group ignores forwarding). Whom the phone names rings in
 * its place beside those who ring; of a group that rings in order the first member does, and the others follow, one after
 * the other, when nobody has answered. Who rings already is not rung again.
 */
export function afterForward(
  ringing: RingingStep,
  scene: Scene<RingingNow>,
  forward: Forward,
): Move<RingingNow> {
  const { walk, own, directory } = scene;
  const ways = waysOf(ringing, directory, forward);
  const named = ways.flatMap((way) => way.now);
  const now = [...new Map(named.map((one) => [targetName(one), one])).values()];
  const taken = new Set(now.map(targetName));
  const later = [...new Set(ways.flatMap((way) => way.later))].filter((one) => !taken.has(one));
  const trace = ways.flatMap((way) => way.trace);
  const last = trace.at(-1);
  if (now.length > 0) trace.push(followed(ringing, directory, forward, { now, later }));
  const gone = !forward.ringing.includes(forward.by) && now.length > 0;
  const targets = [...own.targets.filter((one) => !gone || targetName(one) !== forward.by), ...now];
  const redirections = forward.redirections + 1;
  const queue = [
    ...later.map((extension) => ({ extension, redirections })),
    ...own.queue.filter(({ extension }) => !taken.has(extension) && !later.includes(extension)),
  ];
  return {
    kind: "ask",
    walk,
    own: { targets, queue },
    command: {
      type: "follow",
      step: ringing.step.number,
      targets: now,
      why: now.length > 0 || last === undefined ? "" : saidOf(last),
    },
    trace,
  };
}

function waysOf(ringing: RingingStep, directory: Directory, forward: Forward): readonly Way[] {
  const by = describeTargets([phone(forward.by)], directory);
  if (ringing.ignoresForwarding) return [nowhere(say(ringing, "ring.forwardIgnored", { by }))];
  if (forward.redirections >= MAX_REDIRECTIONS) {
    return [nowhere(say(ringing, "ring.forwardTooOften", { by, most: MAX_REDIRECTIONS }))];
  }
  if (forward.to.length === 0) return [nowhere(say(ringing, "ring.forwardNowhere", { by }))];
  return forward.to.map((to) => wayTo(ringing, directory, forward, to));
}

function wayTo(ringing: RingingStep, directory: Directory, forward: Forward, text: string): Way {
  const by = describeTargets([phone(forward.by)], directory);
  const to = quoteText(text);
  const understood = understandDestination(text, directory);
  if (!understood.ok) {
    const { message: why, code: refused } = understood.error;
    return nowhere(say(ringing, "ring.forwardRefused", { by, to, why, refused }));
  }
  const { value } = understood;
  const rings = (name: string): boolean => forward.ringing.includes(name);
  const nobody = nowhere(say(ringing, "ring.forwardNobody", { by, to }));
  if (value.kind === "external") {
    const { number } = value;
    return rings(number) ? nobody : { now: [{ kind: "external", number }], later: [], trace: [] };
  }
  const group = value.kind === "group" ? directory.groups.get(value.extension) : undefined;
  // Whoever forwards to a group that it is in wants no call now.
  const members = group?.members.filter((one) => one !== forward.by && directory.phones.has(one));
  const free = (members ?? [value.extension]).filter((one) => !rings(one));
  const [first] = free;
  if (first === undefined) return nobody;
  const inOrder = group?.strategy === "inOrder";
  return {
    now: (inOrder ? [first] : free).map(phone),
    later: inOrder ? free.slice(1) : [],
    trace: [],
  };
}

function nowhere(entry: ToldEntry): Way {
  return { now: [], later: [], trace: [entry] };
}

function followed(
  ringing: RingingStep,
  directory: Directory,
  forward: Forward,
  { now, later }: Pick<Way, "now" | "later">,
): ToldEntry {
  return say(ringing, "ring.forwarded", {
    by: describeTargets([phone(forward.by)], directory),
    who: describeTargets(now, directory),
    targets: now.map(targetName).join(" "),
    later: later.join(" "),
  });
}
