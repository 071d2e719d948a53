import { memo } from "react";
import { useTranslation } from "react-i18next";
import { at, branchesOf } from "../../../../../src/dialplan/outline.ts";
import { branchLevel, stepNumber } from "../../../../../src/dialplan/step-number.ts";
import { kindNamed } from "../../../../../src/dialplan/steps/registry.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { stepKey } from "../tree/step-key.ts";
import { AddStep } from "./add-step.tsx";
import { BranchHead } from "./branch-head.tsx";
import style from "./editor.module.css";
import { StepRow } from "./step-row.tsx";
import { usePlanView } from "./view.ts";

/** Steps at this depth and below stand closer together, or a plan of 14 levels would run out of the page. */
const DEEP = 5;

const NONE: readonly RawStep[] = [];

/** One list of steps with all below them. Drawn again only when one of its own steps is another one. */
export const LevelList = memo(function LevelList({
  steps,
  prefix,
  depth,
  label,
}: {
  readonly steps: readonly RawStep[];
  readonly prefix: string;
  readonly depth: number;
  readonly label: string;
}) {
  const { t } = useTranslation("plans");
  const { canEdit } = usePlanView();
  const last = steps.at(-1);
  const isOpen = last === undefined || (kindNamed(last.type)?.follow ?? "yes") === "yes";
  return (
    <>
      <ol className={style.level} aria-label={label}>
        {steps.map((step, index) => (
          <StepItem key={stepKey(step)} step={step} index={index} prefix={prefix} depth={depth} />
        ))}
      </ol>
      {steps.length === 0 && depth > 1 ? <p className={style.nothing}>{t("branch.empty")}</p> : undefined}
      <div className={style.end} data-gap={`${prefix}|${steps.length}`}>
        {isOpen && canEdit ? <AddStep prefix={prefix} index={steps.length} /> : undefined}
      </div>
    </>
  );
});

const StepItem = memo(function StepItem({
  step,
  index,
  prefix,
  depth,
}: {
  readonly step: RawStep;
  readonly index: number;
  readonly prefix: string;
  readonly depth: number;
}) {
  const { canEdit } = usePlanView();
  const number = stepNumber(prefix, index);
  const branches = branchesOf(step);
  return (
    <li className={style.item}>
      <div className={style.gap} data-gap={`${prefix}|${index}`}>
        {canEdit ? <AddStep prefix={prefix} index={index} isBetween /> : undefined}
      </div>
      <StepRow step={step} number={number} />
      {branches.map((branch, ordinal) => {
        const below = branchLevel(number, ordinal);
        const list = at(step, branch.path);
        return (
          <BranchHead key={branch.path.join(".")} step={step} branch={branch} number={number} prefix={below}>
            {(label) => (
              <div className={style.below} data-deep={depth + 1 >= DEEP ? "" : undefined}>
                <LevelList
                  steps={Array.isArray(list) ? (list as readonly RawStep[]) : NONE}
                  prefix={below}
                  depth={depth + 1}
                  label={label}
                />
              </div>
            )}
          </BranchHead>
        );
      })}
    </li>
  );
});
