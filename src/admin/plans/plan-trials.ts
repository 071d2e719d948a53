import type {
  PlanTraffic,
  ReplayedCalls,
  ShownSimulation,
  WantedSimulation,
} from "../../api/contract/plans.ts";
import { type Refused, refused } from "../../api/contract/problems.ts";
import type { WebhookValues } from "../../dialplan/command.ts";
import { stepsInto } from "../../dialplan/difference.ts";
import { takenSteps } from "../../dialplan/taken-steps.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { readZonedTime } from "../../lib/zoned-time.ts";
import { type Entity, keyOf } from "../../model/entities/entities.ts";
import { compiledWebhook } from "../../model/entities/webhook.ts";
import type { CallRepository, PlanRepository } from "../../model/repositories.ts";
import type { Webhook } from "../../model/webhook.ts";
import type { GivenReply, SimulatedCall } from "../../simulate/given.ts";
import { byNamesOfToday, renamesBetween } from "../../simulate/renamed.ts";
import { callAgain } from "../../simulate/replay.ts";
import { type Simulation, simulate } from "../../simulate/simulate.ts";
import { type World, withDraft, worldOf } from "../../simulate/world.ts";
import type { Desk } from "../desk.ts";
import { hasProblems, noSuchPlan, noSuchVersion, type PlanDesk, shownPlanProblem } from "./plan-desk.ts";

const DAY_MS = 86_400_000;
const TRAFFIC_DAYS = 7;
/** Paths that a count of traffic looks at; the newest count where there are more. */
const MOST_PATHS = 100_000;
/** Calls of one plan that are looked at for those that a replay walks again. */
const REPLAYED_AT_ONCE = 10;
/** Requests that one simulation makes. */
const MOST_ASKED = 20;

export interface PlanTrialParts {
  readonly desk: Desk;
  readonly planDesk: PlanDesk;
  readonly plans: PlanRepository;
  readonly calls: Pick<CallRepository, "get">;
  /** Really asks a webhook, marked as a test; gives what a call would make of it. Undefined: none may be asked at this moment. */
  ask(webhook: Webhook, values: WebhookValues): Promise<GivenReply | undefined>;
  /** Milliseconds since the epoch. */
  readonly wall: () => number;
  /** Lets other work go first. */
  readonly rest: () => Promise<void>;
}

/** What would come of calls, and what came of those that were. */
export class PlanTrials {
  readonly #parts: PlanTrialParts;

  constructor(parts: PlanTrialParts) {
    this.#parts = parts;
  }

  /** A call to a number. */
  async simulateCall(wanted: WantedSimulation): Promise<Result<ShownSimulation, Refused<"noSuchPlan">>> {
    const world = worldOf(this.#parts.desk.entities);
    if (wanted.plan !== undefined && !world.plans.has(wanted.plan)) return err(noSuchPlan());
    return ok({ ...(await this.#run(world, wanted)), problems: [] });
  }

  /** A call that this plan takes, as it is published, as its draft is, or as a version was. */
  async simulate(
    id: string,
    { on, ...wanted }: Omit<WantedSimulation, "plan"> & { readonly on: "published" | "draft" | number },
  ): Promise<Result<ShownSimulation, Refused<"noSuchPlan" | "noSuchVersion" | "planProblems">>> {
    const plan = this.#parts.planDesk.plan(id);
    if (plan === undefined) return err(noSuchPlan());
    const world = worldOf(this.#parts.desk.entities);
    const name = keyOf(plan);
    if (on === "published")
      return ok({ ...(await this.#run(world, { ...wanted, plan: name })), problems: [] });
    const drafted = await this.#drafted(world, plan, on);
    if (!drafted.ok) return drafted;
    const { world: changed, problems } = drafted.value;
    const seen = await this.#run(changed, { ...wanted, plan: name });
    return ok({ ...seen, problems: problems.map(shownPlanProblem) });
  }

  async #drafted(world: World, plan: Entity<"plan">, on: "draft" | number) {
    const document = await this.#parts.planDesk.documentOf(plan, on);
    if (document === undefined) return err(noSuchVersion());
    const version = on === "draft" ? plan.revision + 1 : on;
    const shaped =
      typeof document === "object" && document !== null ? { ...document, name: keyOf(plan) } : document;
    const drafted = withDraft(world, shaped, version);
    return drafted.ok ? drafted : err(hasProblems(drafted.error.map(shownPlanProblem)));
  }

  /** Asks the webhooks that are to be asked as the walk comes to them. */
  async #run(world: World, wanted: WantedSimulation): Promise<Omit<ShownSimulation, "problems">> {
    const { at: when, ...given } = wanted;
    const call: SimulatedCall = { ...given, at: this.#timeOf(when) };
    const replies: Record<string, readonly GivenReply[]> = { ...call.replies };
    for (let asked = 0; ; asked += 1) {
      const seen = simulate(world, { ...call, replies });
      const { wanted: next } = seen;
      if (next === undefined || asked >= MOST_ASKED) return shown(seen);
      const webhook = this.#parts.desk.entities.get("webhook", next.webhook);
      if (webhook === undefined) return shown(seen);
      const reply = await this.#parts.ask(compiledWebhook(webhook.document), next.values);
      if (reply === undefined) return shown(seen);
      replies[next.webhook] = [...(replies[next.webhook] ?? []), reply];
    }
  }

  #timeOf(when: WantedSimulation["at"]): number {
    if (typeof when === "number") return when;
    const zone = this.#parts.desk.entities.get("settings", "")?.document.home.timeZone ?? "UTC";
    return (when === undefined ? undefined : readZonedTime(when, zone)) ?? this.#parts.wall();
  }

  /** Steps of versions that were published meanwhile are counted where they stand now. */
  async traffic(id: string): Promise<Result<PlanTraffic, Refused<"noSuchPlan">>> {
    const { planDesk, plans, wall } = this.#parts;
    const plan = planDesk.plan(id);
    if (plan === undefined) return err(noSuchPlan());
    const since = wall() - TRAFFIC_DAYS * DAY_MS;
    const paths = await plans.paths(id, since, MOST_PATHS);
    const steps = new Map<string, { came: number; answered: number }>();
    for (const [version, own] of Map.groupBy(paths, (one) => one.version)) {
      const document =
        version === plan.revision ? plan.document : (await plans.version(id, version))?.document;
      const now = stepsInto(document, plan.document);
      for (const { path } of own) count(steps, path, now);
    }
    const counted = [...steps].map(([step, { came, answered }]) => ({ step, came, answered }));
    counted.sort((a, b) => a.step.localeCompare(b.step, "en", { numeric: true }));
    return ok({ since, version: plan.revision, calls: paths.length, steps: counted });
  }

  /** Walks the last calls again, with what came of them, through the draft: which end at another step, or with nobody. */
  async replay(
    id: string,
    most: number,
  ): Promise<Result<ReplayedCalls, Refused<"noSuchPlan" | "planProblems">>> {
    const { planDesk, plans, calls, desk, rest } = this.#parts;
    const plan = planDesk.plan(id);
    if (plan === undefined) return err(noSuchPlan());
    const drafted = await this.#drafted(worldOf(desk.entities), plan, "draft");
    if (!drafted.ok) {
      const { detail, more } = drafted.error;
      return err(refused("planProblems", detail, more));
    }
    const draft = await planDesk.documentOf(plan, "draft");
    const elsewhere: ReplayedCalls["elsewhere"] = [];
    const { world } = drafted.value;
    const since = new Map<number, ReturnType<typeof changedSince>>();
    let walked = 0;
    for (const { callId, version } of await plans.paths(id, 0, most)) {
      const record = await calls.get(callId);
      if (record === undefined || record.result === "ongoing") continue;
      const changed =
        since.get(version) ??
        changedSince((await plans.version(id, version))?.document ?? plan.document, draft, world);
      since.set(version, changed);
      const { now, renames } = changed;
      const again = simulate(world, byNamesOfToday(callAgain(record, keyOf(plan)), renames));
      const entries = record.story.flatMap((event) => (event.type === "step" ? event.entry : []));
      const before = pathOf(takenSteps(entries));
      const after = pathOf(again.path);
      const [from = "", to = ""] = [before.at(-1), after.at(-1)];
      if (now.get(from) !== to || isAnswered(record) !== isAnswered(again.verdict)) {
        const { startedAt, caller, called } = record;
        elsewhere.push({ id: callId, startedAt, caller, called, before: [...before], after: [...after] });
      }
      walked += 1;
      if (walked % REPLAYED_AT_ONCE === 0) await rest();
    }
    return ok({ calls: walked, elsewhere });
  }
}

/** Where the steps of a version stand in the draft, and what it names by other names than are there now. */
function changedSince(was: unknown, draft: unknown, world: World) {
  return { now: stepsInto(was, draft), renames: renamesBetween(was, draft, world) };
}

function shown({ story, path, verdict, wanted }: Simulation): Omit<ShownSimulation, "problems"> {
  return {
    story: [...story],
    path: [...path],
    ...(verdict === undefined ? {} : { verdict }),
    ...(wanted === undefined ? {} : { wanted }),
  };
}

function count(
  steps: Map<string, { came: number; answered: number }>,
  path: readonly { readonly step: string; readonly answered: boolean }[],
  now: ReadonlyMap<string, string>,
): void {
  // A call that comes to a step again has come to it once.
  const came = new Set(path.map(({ step }) => step));
  const answered = new Set(path.filter((one) => one.answered).map(({ step }) => step));
  for (const step of came) {
    const place = now.get(step);
    if (place === undefined) continue;
    const counted = steps.get(place) ?? { came: 0, answered: 0 };
    steps.set(place, {
      came: counted.came + 1,
      answered: counted.answered + (answered.has(step) ? 1 : 0),
    });
  }
}

function isAnswered(end: { readonly answeredBy: string | undefined } | undefined): boolean {
  return end?.answeredBy !== undefined;
}

/** The steps of the plan itself, not those of plans that it led to. */
function pathOf(path: Simulation["path"]): readonly string[] {
  return path.filter(({ plan }) => plan === undefined).map(({ step }) => step);
}
