import { memo, useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { PlanProblem } from "../../../../../src/dialplan/compile.ts";
import type { FormField } from "../../../../../src/dialplan/form.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { useProblemText } from "../editor/problem-text.ts";
import { useEditorPiece, usePlanView } from "../editor/view.ts";
import type { StepFormProps } from "../kinds/face.ts";
import { faceOf, formOf } from "../kinds/faces.ts";
import type { KeyValue } from "../tree/edits.ts";
import { FieldControl } from "./field-control.tsx";
import type { FieldProps } from "./field-props.ts";
import style from "./inspector.module.css";
import { shownAbove } from "./shown-above.ts";

/** The fields of a step, made of what its schema says; a kind may have a form of its own for some of them. */
export function StepForm({
  step,
  number,
  problems,
}: {
  readonly step: RawStep;
  readonly number: string;
  readonly problems: readonly PlanProblem[];
}) {
  const { t } = useTranslation("plans");
  const { editor, canEdit } = usePlanView();
  const shown = useShownAbove(number);
  const problemText = useProblemText();
  const form = formOf(step.type);
  const { Form, ownFields = [] } = faceOf(step.type);
  const change = useCallback(
    (values: readonly KeyValue[], joins?: boolean) => editor.change(number, values, joins),
    [editor, number],
  );
  if (form === undefined) return <p>{t("inspector.unknown")}</p>;
  const fields = form.fields.filter(({ key }) => !ownFields.includes(key));
  return (
    <div className={style.fields}>
      {fields.map((field) => {
        const problem = problems.find(({ path }) => path.at(-1) === field.key);
        return (
          <Field
            key={field.key}
            type={form.type}
            field={field}
            value={step[field.key]}
            problem={problem === undefined ? undefined : problemText(problem)}
            isFixed={!canEdit}
            unset={field.key === "callerIdForwarding" ? shown : undefined}
            change={change}
          />
        );
      })}
      {Form === undefined ? undefined : (
        <Form step={step} number={number} isFixed={!canEdit} change={change} />
      )}
    </div>
  );
}

/** In words, which number is shown where a step does not say it; undefined where nobody knows. */
function useShownAbove(number: string): string | undefined {
  const { t } = useTranslation("plans");
  const { directory } = usePlanView();
  const above = useEditorPiece(({ laid }) => shownAbove(laid, number, directory));
  if (above === undefined) return undefined;
  if (above === "alone")
    return t("choices.callerIdForwarding.unsetAlone", { number: t("choices.callerIdForwarding.caller") });
  return t("choices.callerIdForwarding.unsetAbove", { number: t(`choices.callerIdForwarding.${above}`) });
}

/** One field; drawn anew only when its own value is another one, for a choice of thousands of phones costs more than a letter may. */
const Field = memo(function Field({
  type,
  field,
  value,
  problem,
  isFixed,
  unset,
  change,
}: Pick<FieldProps, "field" | "value" | "problem" | "isFixed" | "unset"> &
  Pick<StepFormProps, "change"> & { readonly type: string }) {
  const { t } = useTranslation("plans");
  return (
    <FieldControl
      field={field}
      text={fieldText(t, type, field)}
      value={value}
      // What has no button of its own is said at its field; the sentence stands above already.
      isWrong={problem !== undefined}
      problem={problem}
      isFixed={isFixed}
      unset={unset}
      onChange={(next, joins) => change([next === undefined ? [field.key] : [field.key, next]], joins)}
    />
  );
});

/** The words of a field in the language of the page; those of the schema where there are none. */
export function fieldText(
  t: (key: string, options: { readonly defaultValue: string }) => string,
  type: string,
  { key, label, help }: Pick<FormField, "key" | "label" | "help">,
): { readonly label: string; readonly help: string } {
  const own = t(`fields.${type}.${key}.label`, { defaultValue: "" });
  if (own === "") return { label, help };
  return { label: own, help: t(`fields.${type}.${key}.help`, { defaultValue: "" }) };
}
