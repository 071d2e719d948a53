import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { IconAlertTriangle, IconChevronDown, IconChevronUp, IconGripVertical } from "@tabler/icons-react";
import { memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { Tile } from "../../../components/tile.tsx";
import { useSaid } from "../../../i18n/use-said.ts";
import { faceOf } from "../kinds/faces.ts";
import { usePiece } from "../state/store.ts";
import { shortNumber } from "../tree/outline.ts";
import style from "./editor.module.css";
import { useProblemText } from "./problem-text.ts";
import { RowMenu } from "./row-menu.tsx";
import { useAbout, useEditorPiece, usePlanView } from "./view.ts";

/** A step: what it is, what is wrong with it, and what a simulated call did there. */
export const StepRow = memo(function StepRow({
  step,
  number,
}: {
  readonly step: RawStep;
  readonly number: string;
}) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor, canEdit, told } = usePlanView();
  const row = useRef<HTMLDivElement>(null);
  const grip = useRef<HTMLSpanElement>(null);
  const isSelected = useEditorPiece(({ selected }) => selected === number);
  const problems = useEditorPiece((state) => state.problems.get(number));
  const problemText = useProblemText();
  const sentence = useSaid();
  const entries = usePiece(told, (now) => now?.steps.get(number));
  const way = usePiece(told, (now) =>
    now === undefined ? undefined : now.steps.has(number) ? "taken" : "left",
  );
  const face = faceOf(step.type);
  const subtitle = face.subtitle(step, about);

  useEffect(() => {
    const element = row.current;
    const dragHandle = grip.current;
    if (element === null || dragHandle === null || !canEdit) return undefined;
    return draggable({ element, dragHandle, getInitialData: () => ({ step: number }) });
  }, [canEdit, number]);

  return (
    <div
      ref={row}
      className={style.row}
      data-step={number}
      data-selected={isSelected ? "" : undefined}
      data-problem={problems === undefined ? undefined : ""}
      data-way={way}
    >
      <span
        ref={grip}
        className={style.grip}
        data-fixed={canEdit ? undefined : ""}
        title={canEdit ? t("row.grip") : undefined}
      >
        <IconGripVertical size={16} stroke={1.6} aria-hidden="true" />
      </span>
      <button
        type="button"
        id={`step-${number}`}
        className={style.what}
        aria-current={isSelected ? "step" : undefined}
        onClick={() => editor.select(number)}
      >
        <span className="sr-only">{t("step", { number })}: </span>
        <span className={style.number} aria-hidden="true">
          {shortNumber(number)}
        </span>
        <Tile icon={face.icon} tone={face.tone} />
        <span className={style.text}>
          <span className={style.line}>
            <span className={style.title}>{face.title(step, about)}</span>
            {subtitle === "" ? undefined : <span className={style.subtitle}>{subtitle}</span>}
          </span>
          {problems?.map((problem) => (
            <span key={problem.code + problem.path.join("/")} className={style.problem}>
              <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
              {problemText(problem)}
            </span>
          ))}
          {entries?.map((entry, index) => (
            // A call may say the same twice at one step.
            <span key={`${index} ${entry.code}`} className={style.told}>
              {sentence(entry)}
            </span>
          ))}
        </span>
      </button>
      {canEdit ? (
        <span className={style.tools}>
          <button
            type="button"
            className={style.tool}
            aria-label={t("row.moveUp", { number })}
            onClick={() => editor.shift(number, "up")}
          >
            <IconChevronUp size={18} stroke={1.8} aria-hidden="true" />
          </button>
          <button
            type="button"
            className={style.tool}
            aria-label={t("row.moveDown", { number })}
            onClick={() => editor.shift(number, "down")}
          >
            <IconChevronDown size={18} stroke={1.8} aria-hidden="true" />
          </button>
          <RowMenu number={number} step={step} />
        </span>
      ) : undefined}
    </div>
  );
});
