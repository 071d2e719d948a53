import { ActionIcon, Button } from "@mantine/core";
import { IconAlertTriangle, IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { PlanProblem } from "../../../../../src/dialplan/compile.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { didYouMean } from "../../../../../src/lib/did-you-mean.ts";
import { useProblemText } from "../editor/problem-text.ts";
import { useAbout, useEditorPiece, usePlanView } from "../editor/view.ts";
import { faceOf, formOf } from "../kinds/faces.ts";
import type { Things } from "../state/directory.ts";
import type { StepNode } from "../tree/outline.ts";
import { stepKey } from "../tree/step-key.ts";
import { choicesOf } from "./choices.ts";
import style from "./inspector.module.css";
import { PlanFacts } from "./plan-facts.tsx";
import { StepForm } from "./step-form.tsx";
import { StepTraffic } from "./traffic.tsx";

/** Beside the list: the step that is looked at, or the plan. */
export function Inspector() {
  const node = useEditorPiece(({ laid, selected }) =>
    selected === undefined ? undefined : laid.byNumber.get(selected),
  );
  return node === undefined ? <PlanFacts /> : <StepInspector node={node} />;
}

function StepInspector({ node }: { readonly node: StepNode }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { canEdit } = usePlanView();
  const { step, number } = node;
  const problems = useEditorPiece((state) => state.problems.get(number));
  const face = faceOf(step.type);
  const Glyph = face.icon;
  const note = t(`notes.${face.type}` as "notes.phone", { defaultValue: formOf(step.type)?.help ?? "" });
  return (
    <div className={style.inspector}>
      <div className={style.head}>
        <span className={style.big} data-tone={face.tone} aria-hidden="true">
          <Glyph size={22} stroke={1.7} />
        </span>
        <div>
          <p className={style.crumb}>{t("step", { number })}</p>
          <h2>{face.title(step, about)}</h2>
        </div>
      </div>
      {problems?.map((problem) => (
        <Problem key={problem.code + problem.path.join("/")} problem={problem} node={node} />
      ))}
      {/* By what it is: somebody else may give it another number while somebody types in it. */}
      <StepForm key={stepKey(step)} step={step} number={number} problems={problems ?? []} />
      {note === "" ? undefined : <p className={style.note}>{note}</p>}
      <StepTraffic number={number} />
      {canEdit ? <Foot number={number} /> : undefined}
    </div>
  );
}

/** Up, down, away. Not drawn anew for each letter of a field. */
const Foot = memo(function Foot({ number }: { readonly number: string }) {
  const { t } = useTranslation("plans");
  const { editor } = usePlanView();
  return (
    <div className={style.foot}>
      <ActionIcon
        variant="default"
        size={32}
        aria-label={t("inspector.up")}
        onClick={() => editor.shift(number, "up")}
      >
        <IconArrowUp size={18} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={32}
        aria-label={t("inspector.down")}
        onClick={() => editor.shift(number, "down")}
      >
        <IconArrowDown size={18} />
      </ActionIcon>
      <Button
        variant="subtle"
        color="red"
        leftSection={<IconTrash size={16} stroke={1.7} />}
        className={style.remove ?? ""}
        onClick={() => editor.remove(number)}
      >
        {t("inspector.remove")}
      </Button>
    </div>
  );
});

function Problem({ problem, node }: { readonly problem: PlanProblem; readonly node: StepNode }) {
  const { t } = useTranslation("plans");
  const { editor, canEdit, directory, things } = usePlanView();
  const text = useProblemText();
  const suggestion = suggestionOf(problem, node.step, things);
  const key = problem.path.at(-1);
  const shown =
    suggestion === undefined
      ? ""
      : [suggestion, directory.phones.get(suggestion)?.name ?? directory.groups.get(suggestion)?.name ?? ""]
          .join(" ")
          .trim();
  return (
    <div className={style.problem} role="note">
      <IconAlertTriangle size={18} stroke={1.7} aria-hidden="true" />
      <div>
        {text(problem)}
        {suggestion === undefined || !canEdit || typeof key !== "string" ? undefined : (
          <button
            type="button"
            className={style.use}
            onClick={() => editor.change(node.number, [[key, suggestion]])}
          >
            {t("problems.use", { value: shown })}
          </button>
        )}
      </div>
    </div>
  );
}

/** What was probably meant by a name of which there is no thing. */
function suggestionOf({ path }: PlanProblem, step: RawStep, things: Things): string | undefined {
  const key = path.at(-1);
  const field = formOf(step.type)?.fields.find((one) => one.key === key);
  const value = typeof key === "string" ? step[key] : undefined;
  if (field?.control !== "reference" || typeof value !== "string") return undefined;
  const known = choicesOf(field.kind, things).map((choice) => choice.value);
  return known.includes(value) ? undefined : didYouMean(value, known);
}
