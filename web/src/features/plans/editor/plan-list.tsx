import { IconAlertTriangle, IconBell } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inOneLine } from "../../../lib/phone-number.ts";
import { branchFace, faceOf } from "../kinds/faces.ts";
import { announcementText } from "../state/say.ts";
import { stepsAt } from "../tree/edits.ts";
import { levelOfPrefix } from "../tree/outline.ts";
import { Bold } from "./bold.tsx";
import style from "./editor.module.css";
import { LevelList } from "./level.tsx";
import { useProblemText } from "./problem-text.ts";
import { useAbout, useEditorPiece, usePlanView } from "./view.ts";

/** A plan as a list of numbered steps, from where a call begins to what happens after the last one. */
export function PlanList() {
  const { t } = useTranslation("plans");
  const laid = useEditorPiece((state) => state.laid);
  const focused = useEditorPiece((state) => state.focused);
  useWantedFocus();
  const level = levelOfPrefix(laid, focused) ?? laid.top;
  return (
    <div className={style.list}>
      {focused === "" ? <Begins /> : <Crumbs prefix={focused} />}
      <Banner />
      <LevelList
        // The very list of the document: what has not changed is not drawn again.
        steps={stepsAt(laid.plan, level.path)}
        prefix={level.prefix}
        depth={1}
        label={t("list.label")}
      />
      {focused === "" ? (
        <p className={style.ends}>{laid.plan.steps.length === 0 ? t("list.empty") : t("list.ends")}</p>
      ) : undefined}
      <Announcer />
    </div>
  );
}

/** Which numbers lead here. */
function Begins() {
  const { t } = useTranslation("plans");
  const { id, numbers, things } = usePlanView();
  // The name that numbers know it by: that of the draft may be another one.
  const name = things.plans.find((plan) => plan.id === id)?.key;
  const newNumber = name === undefined ? "/numbers/new" : `/numbers/new?plan=${encodeURIComponent(name)}`;
  const [first, ...more] = numbers;
  const number = inOneLine(first?.shown ?? "");
  return (
    <div className={style.begins}>
      <span className={style.bell} aria-hidden="true">
        <IconBell size={17} stroke={1.9} />
      </span>
      {first === undefined ? (
        <p>
          {t("list.beginsNone")} <Link to={newNumber}>{t("list.giveNumber")}</Link>
        </p>
      ) : (
        <p>
          <Bold
            text={
              more.length === 0
                ? t("list.begins", { number })
                : t("list.beginsMore", { number, count: more.length })
            }
          />
        </p>
      )}
    </div>
  );
}

/** What stands above the branch that alone is shown. */
function Crumbs({ prefix }: { readonly prefix: string }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor } = usePlanView();
  const laid = useEditorPiece((state) => state.laid);
  const parts = prefix.split(".").slice(0, -1);
  return (
    <nav className={style.crumbs} aria-label={t("list.path")}>
      <button type="button" onClick={() => editor.focus("")}>
        {t("branch.unfocus")}
      </button>
      {parts.flatMap((_, index) => {
        if (index % 2 === 0) return [];
        const node = laid.byNumber.get(parts.slice(0, index).join("."));
        const branch = node?.branches[Number(parts[index]) - 1]?.branch;
        if (node === undefined || branch === undefined) return [];
        const here = `${parts.slice(0, index + 1).join(".")}.`;
        const text = `${node.number} ${faceOf(node.step.type).title(node.step, about)} › ${branchFace(node.step, branch, about).title}`;
        return [
          <span key={here} aria-hidden="true">
            ›
          </span>,
          here === prefix ? (
            <strong key={`${here} text`}>{text}</strong>
          ) : (
            <button key={`${here} text`} type="button" onClick={() => editor.focus(here)}>
              {text}
            </button>
          ),
        ];
      })}
    </nav>
  );
}

/** How many problems there are, and the way to the next one. */
function Banner() {
  const { t } = useTranslation("plans");
  const { editor } = usePlanView();
  const problemText = useProblemText();
  const problems = useEditorPiece((state) => state.problems);
  const selected = useEditorPiece((state) => state.selected);
  const count = [...problems.values()].reduce((sum, list) => sum + list.length, 0);
  if (count === 0) return undefined;
  const numbers = [...problems.keys()].filter((number) => number !== "");
  const next = numbers[(numbers.indexOf(selected ?? "") + 1) % numbers.length];
  const ofPlan = problems.get("") ?? [];
  return (
    <div className={style.banner}>
      <IconAlertTriangle size={18} stroke={1.7} aria-hidden="true" />
      <span>
        <Bold text={t("problems.before", { count })} />
        {ofPlan.map((problem) => (
          <span key={problem.code} className={style.ofPlan}>
            {problemText(problem)}
          </span>
        ))}
      </span>
      {next === undefined ? undefined : (
        <button type="button" className={style.link} onClick={() => editor.show(next)}>
          {t("problems.show", { number: next })}
        </button>
      )}
    </div>
  );
}

/** Gives the keyboard to the step that was moved, added or asked for, and shows it. */
function useWantedFocus(): void {
  const wanted = useEditorPiece((state) => state.wanted);
  useEffect(() => {
    if (wanted === undefined) return;
    const button = document.querySelector<HTMLElement>(`[id="step-${wanted.number}"]`);
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
  }, [wanted]);
}

/** Says what was done to who does not see it. */
function Announcer() {
  const { t } = useTranslation("plans");
  const said = useEditorPiece((state) => state.said);
  const count = useEditorPiece((state) => state.saidCount);
  return (
    <output className="sr-only" aria-live="polite" data-announcer="">
      {/* The same sentence a second time is another text, or it would not be read again. */}
      {said === undefined ? "" : announcementText(t, said) + (count % 2 === 0 ? "" : " ")}
    </output>
  );
}
