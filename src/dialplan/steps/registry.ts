import { z } from "zod";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { emergencyKind } from "./emergency/emergency.ts";
import * as kinds from "./kinds.ts";
import type { StepBase, StepKind, StepLike, StepsSchema } from "./step.ts";

/** The kinds that a plan may have. */
const KINDS = Object.values(kinds);

/** Kinds that only the switchboard itself writes, for what a phone dials. */
const UNOFFERED = [emergencyKind] as const;

type Kind = (typeof KINDS)[number] | (typeof UNOFFERED)[number];
type DocumentOf<K> = K extends StepKind<infer Document, infer _Step, infer _Own> ? Document : never;
type StepOf<K> = K extends StepKind<infer _Document, infer Step, infer _Own> ? Step : never;

/** A step as written in a plan document. */
export type StepDocument = DocumentOf<(typeof KINDS)[number]>;

/** A step as the switchboard itself may write it too. */
export type AnyStepDocument = DocumentOf<Kind>;

/** A compiled step: plain data. */
export type Step = StepOf<Kind>;

/** What compiling and walking need of a step's kind, whichever it is. */
export type AnyStepKind = StepKind<StepLike, Step & StepBase, unknown>;

// Each kind is only ever given documents and steps of its own type, which TypeScript cannot follow through a table.
const byType = new Map<string, AnyStepKind>(
  [...KINDS, ...UNOFFERED].map((kind) => [kind.type, kind as unknown as AnyStepKind]),
);

/** The types of all kinds, offered or not. */
export const stepTypes: readonly Step["type"][] = [...KINDS, ...UNOFFERED].map(({ type }) => type);

/** The kinds that a plan may have. */
export const stepKinds: readonly AnyStepKind[] = KINDS.flatMap(({ type }) => byType.get(type) ?? []);

/** The kind of a step's type. */
export function kindOf(type: Step["type"]): AnyStepKind {
  const kind = byType.get(type);
  if (kind === undefined) throw new Error(`there is no kind of step "${type}"`);
  return kind;
}

/** The kind of a step in a document that has not been checked; undefined where there is none. */
export function kindNamed(type: unknown): AnyStepKind | undefined {
  return typeof type === "string" ? byType.get(type) : undefined;
}

/** Steps of one level, with all below them, as a schema. */
export const stepsSchema: z.ZodType<readonly StepDocument[]> = levelOf("PlanStep", KINDS);

interface WithSchema {
  readonly type: string;
  schema(steps: StepsSchema): z.ZodType;
}

function levelOf<Document extends StepLike>(
  id: string,
  kinds: readonly WithSchema[],
): z.ZodType<readonly Document[]> {
  const level: z.ZodType<readonly Document[]> = z.lazy(() => z.array(step, "Steps are a list.").readonly());
  const known = kinds.map(({ type }) => type);
  const options = kinds.map((kind) => kind.schema(level)) as unknown as [z.ZodObject, ...z.ZodObject[]];
  const step = z
    .discriminatedUnion("type", options, { error: (issue) => unknownType(issue.input, known) })
    .meta({ id }) as unknown as z.ZodType<Document>;
  return level;
}

function unknownType(input: unknown, known: readonly string[]): string {
  const types = `Types are ${known.join(", ")}.`;
  if (typeof input !== "object" || input === null || !("type" in input))
    return `A step needs a type. ${types}`;
  const { type } = input;
  if (typeof type !== "string") return `A step's type is a word. ${types}`;
  const meant = didYouMean(type, known);
  return `There is no step type "${type.slice(0, 64)}". ${meant === undefined ? types : `Did you mean "${meant}"?`}`;
}
