import { compileToTry, type PlanProblem } from "../dialplan/compile.ts";
import type { DirectoryWebhook } from "../dialplan/directory.ts";
import type { Plan } from "../dialplan/plan.ts";
import { MapView } from "../lib/map-view.ts";
import type { Result } from "../lib/result.ts";
import { ok } from "../lib/result.ts";
import { directoryWebhook } from "../model/directory-webhook.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { CalledDirectory } from "../model/way.ts";
import type { CalledWebhook } from "./reply.ts";

/** A company as a simulated call sees it; a snapshot is one. */
export interface World extends CalledDirectory {
  readonly webhooks: ReadonlyMap<string, DirectoryWebhook & CalledWebhook>;
  readonly trunks: readonly { readonly name: string }[];
  readonly outboundTrunk: string | undefined;
}

/** The company as it is configured; its plans are compiled when a call comes to them. */
export function worldOf(entities: Entities): World {
  const { directory } = entities.around;
  const known = new Map<string, Plan>();
  return {
    ...directory,
    webhooks: new MapView([entities.documents("webhook")], calledWebhook),
    plans: new MapView([entities.documents("plan")], (document) => {
      const { name } = document;
      const plan = known.get(name) ?? storedPlan(name, document, entities);
      known.set(name, plan);
      return plan;
    }),
    numbers: entities.documents("number"),
    trunks: entities.all("trunk").map(({ document }) => document),
    outboundTrunk: entities.get("outbound", "")?.document.trunk,
  };
}

/** A webhook as simulated calls ask it, of its document. */
export function calledWebhook(
  document: Parameters<typeof directoryWebhook>[0] &
    Omit<CalledWebhook, "timeoutMs"> & { readonly timeoutSeconds?: number | undefined },
): DirectoryWebhook & CalledWebhook {
  const { urlTemplate, ignoreAnswer, method, timeoutSeconds } = document;
  const timeoutMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
  return { ...directoryWebhook(document), urlTemplate, ignoreAnswer, method, timeoutMs };
}

/** What was published has been checked; where something it names is gone since, the walk says so. */
function storedPlan(name: string, document: unknown, entities: Entities): Plan {
  const version = entities.get("plan", name)?.revision ?? 1;
  const tried = compileToTry(document, entities.around.directory, version);
  return tried.ok ? tried.value.plan : { name, version, steps: [] };
}

/** A draft in the place of the plan of its name. */
export interface DraftedWorld {
  readonly world: World;
  readonly plan: Plan;
  /** What is in the way of publishing it. */
  readonly problems: readonly PlanProblem[];
}

/** The company with a draft in force; an error where the draft cannot be walked at all. `version`: that it would have. */
export function withDraft(
  world: World,
  document: unknown,
  version: number,
): Result<DraftedWorld, readonly PlanProblem[]> {
  const tried = compileToTry(document, world, version);
  if (!tried.ok) return tried;
  const { plan, problems } = tried.value;
  const plans = new MapView([world.plans, new Map([[plan.name, plan]])], (one: Plan) => one);
  return ok({ world: { ...world, plans }, plan, problems });
}
