import type { Icon } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { ComponentType } from "react";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import type { Tone } from "../../../theme/tokens.ts";
import type { KeyValue } from "../tree/edits.ts";

/** What a step is described with. */
export interface About {
  readonly t: TFunction<"plans">;
  readonly directory: Directory;
}

/** What a form of a step gets. */
export interface StepFormProps {
  readonly step: RawStep;
  readonly number: string;
  /** Whether it may be changed. */
  readonly isFixed: boolean;
  /** `joins`: it goes on with the change before, such as the next letter, and both are taken back at once. */
  readonly change: (values: readonly KeyValue[], joins?: boolean) => void;
}

/** How a kind of step looks and is asked for. One that has no face gets what its schema says of it. */
export interface Face {
  readonly type: string;
  readonly icon: Icon;
  readonly tone: Tone;
  /** Where the menu of new steps has it. */
  readonly section: "ring" | "ask" | "end";
  /** Its place there; those without one come last. */
  readonly order?: number;
  title(step: RawStep, about: About): string;
  /** What stands beside the title; empty: nothing. */
  subtitle(step: RawStep, about: About): string;
  /** The keys of a new step, besides its type. */
  initial(about: About): Readonly<Record<string, unknown>>;
  /** What a person calls a branch, what it means, and whether it is the good one. */
  branch?(path: readonly string[], about: About): BranchFace;
  /** Stands below the fields of the schema, or, where `fields` says so, instead of them. */
  readonly Form?: ComponentType<StepFormProps>;
  /** Keys that the schema has and the form does not ask for by itself. */
  readonly ownFields?: readonly string[];
}

export interface BranchFace {
  readonly title: string;
  readonly hint: string;
  readonly tone: "good" | "bad" | "neutral";
}

/** A text of a step's document; empty where it has none. */
export function textAt(step: RawStep, key: string): string {
  const value = step[key];
  return typeof value === "string" ? value : "";
}

/** "rings 20 s", where the step says how long or its schema has a standard. */
export function rings(step: RawStep, standard: number, { t }: About): string {
  const { ringSeconds = standard } = step;
  return typeof ringSeconds === "number" ? t("row.rings", { seconds: ringSeconds }) : "";
}

/** Parts of a subtitle, those that are empty left out. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}
