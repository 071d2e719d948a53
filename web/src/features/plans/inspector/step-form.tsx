import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { PlanProblem } from "../../../../../src/dialplan/compile.ts";
import type { FormField } from "../../../../../src/dialplan/form.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { useProblemText } from "../editor/problem-text.ts";
import { usePlanView } from "../editor/view.ts";
import { faceOf, formOf } from "../kinds/faces.ts";
import type { KeyValue } from "../tree/edits.ts";
import { FieldControl } from "./field-control.tsx";
import style from "./inspector.module.css";

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
          <FieldControl
            key={field.key}
            field={field}
            text={fieldText(t, form.type, field)}
            value={step[field.key]}
            // What has no button of its own is said at its field; the sentence stands above already.
            isWrong={problem !== undefined}
            problem={problem === undefined ? undefined : problemText(problem)}
            isFixed={!canEdit}
            onChange={(value, joins) =>
              change([value === undefined ? [field.key] : [field.key, value]], joins)
            }
          />
        );
      })}
      {Form === undefined ? undefined : (
        <Form step={step} number={number} isFixed={!canEdit} change={change} />
      )}
    </div>
  );
}

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
