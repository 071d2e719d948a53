import { IconCheck, IconCircleDot, IconX, IconZoomIn } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Branch, RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { branchFace } from "../kinds/faces.ts";
import { usePiece } from "../state/store.ts";
import style from "./editor.module.css";
import { useAbout, usePlanView } from "./view.ts";

const ICONS = { good: IconCheck, bad: IconX, neutral: IconCircleDot };

/** A branch of a step: its rail in a colour, and beside it an icon and a word, for colour alone says nothing. */
export function BranchHead({
  step,
  branch,
  number,
  prefix,
  children,
}: {
  readonly step: RawStep;
  readonly branch: Branch;
  readonly number: string;
  readonly prefix: string;
  readonly children: (label: string) => ReactNode;
}) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor, told } = usePlanView();
  const { title, hint, tone } = branchFace(step, branch, about);
  const Glyph = ICONS[tone];
  const way = usePiece(told, (now) =>
    now === undefined ? undefined : now.branches.has(prefix) ? "taken" : "left",
  );
  return (
    <div className={style.branch} data-tone={tone} data-way={way}>
      <div className={style.branchHead}>
        <span className={style.branchIcon} aria-hidden="true">
          <Glyph size={14} stroke={2.2} />
        </span>
        <strong>{title}</strong>
        <span className={style.hint}>{hint}</span>
        <button
          type="button"
          className={style.focus}
          aria-label={`${t("branch.focus")}: ${t("branch.of", { branch: title, number })}`}
          title={t("branch.focus")}
          onClick={() => editor.focus(prefix)}
        >
          <IconZoomIn size={16} stroke={1.7} aria-hidden="true" />
        </button>
      </div>
      {children(t("branch.of", { branch: title, number }))}
    </div>
  );
}
