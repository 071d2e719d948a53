import { IconSquareRounded } from "@tabler/icons-react";
import { stepForms } from "../../../../../src/dialplan/form.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import type { About, BranchFace, Face } from "./face.ts";

// A kind of step has one file here, and needs no line anywhere: what is not there looks as its schema says.
const files = import.meta.glob<{ readonly face?: Face }>(["./*.ts", "!./face.ts", "!./faces.ts"], {
  eager: true,
});

const byType = new Map(
  Object.values(files).flatMap(({ face }) => (face === undefined ? [] : [[face.type, face]])),
);

/** The forms of all kinds that a plan may have. */
export const FORMS = stepForms();

const formByType = new Map(FORMS.map((form) => [form.type, form]));

/** The face of a type, its own or one made of its schema. */
export function faceOf(type: unknown): Face {
  const name = typeof type === "string" ? type : "";
  const own = byType.get(name);
  if (own !== undefined) return own;
  const made = plainFace(name);
  byType.set(name, made);
  return made;
}

/** The fields of a type; undefined for one that there is not. */
export function formOf(type: unknown): (typeof FORMS)[number] | undefined {
  return typeof type === "string" ? formByType.get(type) : undefined;
}

function plainFace(type: string): Face {
  const form = formByType.get(type);
  return {
    type,
    icon: IconSquareRounded,
    tone: "neutral",
    section: "end",
    title: (step) => [form?.title ?? type, nameIn(step, type)].filter((part) => part !== "").join(" "),
    subtitle: () => "",
    initial: () =>
      Object.fromEntries(
        (form?.fields ?? []).flatMap((field) => (field.required ? [[field.key, emptyOf(field)]] : [])),
      ),
  };
}

/** What the step names, so that a row says more than its kind. */
function nameIn(step: RawStep, type: string): string {
  const named = formByType.get(type)?.fields.find(({ control }) => control === "reference");
  const value = named === undefined ? undefined : step[named.key];
  return typeof value === "string" ? value : "";
}

function emptyOf(field: (typeof FORMS)[number]["fields"][number]): unknown {
  switch (field.control) {
    case "select":
      return field.choices[0]?.value ?? "";
    case "number":
      return field.min ?? 0;
    case "boolean":
      return false;
    case "list":
      return [];
    case "group":
      return {};
    default:
      return "";
  }
}

/** What a branch of a step is called. */
export function branchFace(
  step: RawStep,
  branch: { readonly path: readonly string[]; readonly label: string },
  about: About,
): BranchFace {
  return faceOf(step.type).branch?.(branch.path, about) ?? { title: branch.label, hint: "", tone: "neutral" };
}
