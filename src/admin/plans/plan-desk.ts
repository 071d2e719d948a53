import { isDeepStrictEqual } from "node:util";
import type {
  PublishedPlan,
  ShownDraft,
  ShownPlanProblem,
  ShownPlanVersion,
} from "../../api/contract/plans.ts";
import { pointerTo } from "../../api/contract/pointer.ts";
import { type Refused, refused } from "../../api/contract/problems.ts";
import { compile, type PlanProblem } from "../../dialplan/compile.ts";
import { planDifference, type StepChange } from "../../dialplan/difference.ts";
import { reasonOf } from "../../lib/failure.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { Entity } from "../../model/entities/entities.ts";
import { keyOf } from "../../model/entities/entities.ts";
import type { PlanDraft, PlanRepository, PlanVersionSummary } from "../../model/repositories.ts";
import type { Desk } from "../desk.ts";
import { putEntity } from "../edit-entity.ts";
import { noRoom } from "../edit-refusal.ts";
import { Turns } from "../turns.ts";

export type PlanCode =
  | "noSuchPlan"
  | "noSuchVersion"
  | "nothingToPublish"
  | "planProblems"
  | "stale"
  | "keptInFile"
  | "notSaved"
  | "diskFull";

type Answer<Value, Code extends PlanCode> = Promise<Result<Value, Refused<Code>>>;

export interface PlanDeskParts {
  readonly desk: Desk;
  readonly plans: PlanRepository;
  /** Milliseconds since the epoch. */
  readonly wall: () => number;
}

/** What is published: a draft, or an earlier version again. */
interface Wanted {
  readonly id: string;
  readonly document: unknown;
  /** The revision that it takes the place of. */
  readonly revision: number;
  readonly by: Doer;
  readonly note: string;
}

/** Drafts and versions of dial plans: saved, published, compared, and brought back (docs/adr/0071). */
export class PlanDesk {
  readonly #parts: PlanDeskParts;
  /** One change of a draft after the other. */
  readonly #turns = new Turns();

  constructor(parts: PlanDeskParts) {
    this.#parts = parts;
  }

  /** The draft; where there is none, what calls take. */
  async draft(id: string): Answer<ShownDraft, "noSuchPlan"> {
    const plan = this.plan(id);
    if (plan === undefined) return err(noSuchPlan());
    return ok(this.#shown(plan, await this.#parts.plans.draft(id)));
  }

  /** `seen`: the revision of the draft that the person has seen; 0: there was none; undefined: whatever is there. */
  saveDraft(
    id: string,
    document: unknown,
    {
      seen,
      basedOn,
      by,
    }: { readonly seen?: number | undefined; readonly basedOn?: number | undefined; readonly by: Doer },
  ): Answer<ShownDraft, "noSuchPlan" | "stale" | "notSaved" | "diskFull"> {
    return this.#onDraft(id, { seen, basedOn }, async (plan, before) => {
      const { plans, wall } = this.#parts;
      const draft: PlanDraft = {
        id,
        document,
        basedOn: Math.min(basedOn ?? before?.basedOn ?? plan.revision, plan.revision),
        revision: (before?.revision ?? 0) + 1,
        changedBy: by.name,
        changedAt: wall(),
      };
      await plans.saveDraft(draft, undefined);
      return this.#shown(plan, draft);
    });
  }

  dropDraft(
    id: string,
    seen: number | undefined,
  ): Answer<undefined, "noSuchPlan" | "stale" | "notSaved" | "diskFull"> {
    return this.#onDraft(id, { seen }, async (): Promise<undefined> => {
      await this.#parts.plans.dropDraft(id, undefined);
    });
  }

  /** The draft becomes what new calls take; calls in progress keep what they have. */
  publish(
    id: string,
    wanted: {
      readonly note: string;
      readonly revision?: number | undefined;
      readonly overwrite: boolean;
      readonly by: Doer;
    },
  ): Answer<
    PublishedPlan,
    "noSuchPlan" | "nothingToPublish" | "planProblems" | "stale" | "keptInFile" | "notSaved" | "diskFull"
  > {
    return this.#onPlan<
      PublishedPlan,
      "noSuchPlan" | "nothingToPublish" | "planProblems" | "stale" | "keptInFile"
    >(id, async (plan) => {
      const draft = await this.#parts.plans.draft(id);
      if (draft === undefined) return err(refused("nothingToPublish", "This dial plan has no draft."));
      const { revision = draft.revision, overwrite, by, note } = wanted;
      if (revision !== draft.revision) return err(this.#stale(plan, draft));
      if (!overwrite && (await this.#isBehind(plan, draft))) {
        const detail = `Version ${plan.revision} was published after this draft was made from version ${draft.basedOn}.`;
        return err(refused("stale", detail, versionNow(plan)));
      }
      const { document } = draft;
      const made = await this.#put({ id, document, revision: plan.revision, by, note });
      if (!made.ok) return made;
      const dropped = await thereafter("its draft is still there", () =>
        this.#parts.plans.dropDraft(id, draft.revision),
      );
      return ok({ ...made.value, warnings: [...made.value.warnings, ...dropped] });
    });
  }

  /** An earlier version, again, as a new one. */
  rollback(
    id: string,
    wanted: { readonly version: number; readonly note: string; readonly by: Doer },
  ): Answer<
    PublishedPlan,
    "noSuchPlan" | "noSuchVersion" | "planProblems" | "stale" | "keptInFile" | "notSaved" | "diskFull"
  > {
    return this.#onPlan<
      PublishedPlan,
      "noSuchPlan" | "noSuchVersion" | "planProblems" | "stale" | "keptInFile"
    >(id, async (plan) => {
      const version = await this.#parts.plans.version(id, wanted.version);
      if (version === undefined) return err(noSuchVersion());
      const note = wanted.note === "" ? `Version ${wanted.version} again` : wanted.note;
      const { document } = version;
      return this.#put({ id, document, revision: plan.revision, by: wanted.by, note });
    });
  }

  async versions(
    id: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Answer<{ readonly items: PlanVersionSummary[]; readonly next: number | null }, "noSuchPlan"> {
    if (this.plan(id) === undefined) return err(noSuchPlan());
    const found = await this.#parts.plans.versions(id, { ...page, limit: page.limit + 1 });
    const items = found.slice(0, page.limit);
    return ok({ items, next: found.length > items.length ? (items.at(-1)?.version ?? null) : null });
  }

  async version(id: string, version: number): Answer<ShownPlanVersion, "noSuchPlan" | "noSuchVersion"> {
    if (this.plan(id) === undefined) return err(noSuchPlan());
    const found = await this.#parts.plans.version(id, version);
    return found === undefined ? err(noSuchVersion()) : ok(found);
  }

  async difference(
    id: string,
    from: number | "draft",
    to: number | "draft",
  ): Answer<{ readonly changes: StepChange[] }, "noSuchPlan" | "noSuchVersion"> {
    const plan = this.plan(id);
    if (plan === undefined) return err(noSuchPlan());
    const [before, after] = [await this.documentOf(plan, from), await this.documentOf(plan, to)];
    if (before === undefined || after === undefined) return err(noSuchVersion());
    return ok({ changes: [...planDifference(before, after)] });
  }

  /** A plan that is there. */
  plan(id: string): Entity<"plan"> | undefined {
    const entity = this.#parts.desk.entities.byId(id);
    return entity?.kind === "plan" ? (entity as unknown as Entity<"plan">) : undefined;
  }

  /** The draft (what calls take, where there is none), or a version; undefined: there is no such version. */
  async documentOf(plan: Entity<"plan">, which: number | "draft"): Promise<unknown> {
    if (which !== "draft") return (await this.#parts.plans.version(plan.id, which))?.document;
    return (await this.#parts.plans.draft(plan.id))?.document ?? plan.document;
  }

  #shown(plan: Entity<"plan">, draft: PlanDraft | undefined): ShownDraft {
    const { revision: published, changedBy, changedAt } = plan;
    const shown = draft ?? { document: plan.document, basedOn: published, revision: 0, changedBy, changedAt };
    return {
      document: named(plan, shown.document),
      basedOn: shown.basedOn,
      published,
      revision: shown.revision,
      changedBy: shown.changedBy,
      changedAt: shown.changedAt,
      problems: [...this.#problems(plan, shown.document)],
      changes: [...planDifference(plan.document, shown.document)],
    };
  }

  /** Calls take something else than what a draft was made from. Another name is nothing else: a draft has none. */
  async #isBehind(plan: Entity<"plan">, { basedOn }: PlanDraft): Promise<boolean> {
    if (basedOn === plan.revision) return false;
    const from = await this.#parts.plans.version(plan.id, basedOn);
    return from === undefined || !isDeepStrictEqual(named(plan, from.document), plan.document);
  }

  #problems(plan: Entity<"plan">, document: unknown): readonly ShownPlanProblem[] {
    const compiled = compile(named(plan, document), this.#parts.desk.entities.around.directory);
    return compiled.ok ? [] : compiled.error.map(shownPlanProblem);
  }

  async #put({
    id,
    document,
    revision,
    by,
    note,
  }: Wanted): Answer<PublishedPlan, "noSuchPlan" | "planProblems" | "stale" | "keptInFile"> {
    const plan = this.plan(id);
    if (plan === undefined) return err(noSuchPlan());
    const problems = this.#problems(plan, document);
    if (problems.length > 0) return err(hasProblems(problems));
    const { desk, plans } = this.#parts;
    const made = await putEntity(desk, { kind: "plan", id, revision, document: named(plan, document) }, by);
    if (!made.ok) {
      const { code, sentence } = made.error;
      if (code === "gone") return err(noSuchPlan());
      if (code === "kept") return err(refused("keptInFile", sentence, { keptIn: made.error.kept }));
      return err(refused(code === "stale" ? "stale" : "planProblems", sentence));
    }
    const { entity, isLive } = made.value;
    const isNew = made.value.change !== undefined && note !== "";
    const warnings = isNew
      ? await thereafter("its note was not kept", () => plans.annotate(id, entity.revision, note))
      : [];
    return ok({ version: entity.revision, live: isLive, warnings });
  }

  #stale(plan: Entity<"plan">, draft: PlanDraft | undefined): Refused<"stale"> {
    const { changedBy, changedAt, ...current } = this.#shown(plan, draft);
    const detail = draft === undefined ? "There is no draft any more." : "The draft was changed meanwhile.";
    return refused("stale", detail, { current: { ...current, changedBy, changedAt }, changedBy, changedAt });
  }

  /**
   * Of a draft, as it was `seen`. Each draft of a plan counts from 1: one that was made from a later version than `basedOn` is another
   * one, of whatever revision.
   */
  #onDraft<Value>(
    id: string,
    { seen, basedOn }: { readonly seen: number | undefined; readonly basedOn?: number | undefined },
    work: (plan: Entity<"plan">, before: PlanDraft | undefined) => Promise<Value>,
  ): Answer<Value, "noSuchPlan" | "stale" | "notSaved" | "diskFull"> {
    return this.#onPlan<Value, "stale">(id, async (plan) => {
      const before = await this.#parts.plans.draft(id);
      const isAnother =
        seen !== (before?.revision ?? 0) ||
        (before !== undefined && (basedOn ?? before.basedOn) < before.basedOn);
      if (seen !== undefined && isAnother) return err(this.#stale(plan, before));
      return ok(await work(plan, before));
    });
  }

  /** Takes a turn with a plan; what the store throws becomes an answer. */
  #onPlan<Value, Code extends PlanCode>(
    id: string,
    work: (plan: Entity<"plan">) => Answer<Value, Code>,
  ): Answer<Value, Code | "noSuchPlan" | "notSaved" | "diskFull"> {
    return this.#turns.take<Result<Value, Refused<Code | "noSuchPlan" | "notSaved" | "diskFull">>>(
      async () => {
        const plan = this.plan(id);
        if (plan === undefined) return err(noSuchPlan());
        try {
          return await work(plan);
        } catch (error) {
          return err(
            noRoom(error) ?? refused("notSaved", `The dial plan could not be saved: ${reasonOf(error)}.`),
          );
        }
      },
    );
  }
}

/** Does what follows a plan that calls take already: that it failed is a warning, for nothing takes the plan back. */
async function thereafter(but: string, work: () => Promise<unknown>): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [`The dial plan is published, but ${but}: ${reasonOf(error)}.`];
  }
}

/** A plan has its name by being that plan; a draft does not rename it. */
function named(plan: Entity<"plan">, document: unknown): unknown {
  return typeof document === "object" && document !== null ? { ...document, name: keyOf(plan) } : document;
}

export function noSuchPlan(): Refused<"noSuchPlan"> {
  return refused("noSuchPlan", "There is no dial plan with this id.");
}

export function noSuchVersion(): Refused<"noSuchVersion"> {
  return refused("noSuchVersion", "There is no such version of this dial plan, or it is not kept any more.");
}

export function hasProblems(problems: readonly ShownPlanProblem[]): Refused<"planProblems"> {
  return refused("planProblems", problems[0]?.message ?? "", { problems: problems.slice(0, 100) });
}

function versionNow({ revision, changedBy, changedAt }: Entity<"plan">): Readonly<Record<string, unknown>> {
  return { current: { version: revision, changedBy, changedAt }, changedBy, changedAt };
}

/** A problem as answers have it. */
export function shownPlanProblem({ path, step, code, message, suggestion }: PlanProblem): ShownPlanProblem {
  return {
    pointer: pointerTo(path),
    step,
    code,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
