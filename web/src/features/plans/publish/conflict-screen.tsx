import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAbout } from "../editor/view.ts";
import { faceOf } from "../kinds/faces.ts";
import type { Autosave, Clash } from "../state/autosave.ts";
import type { Conflict, Side } from "../tree/merge.ts";
import { labelOf, shown } from "./difference-list.tsx";
import style from "./publish.module.css";

const SIDES = ["theirs", "mine"] as const;

/** Both changed the same: what it was, what the other one made of it, what was made of it here; each is chosen. */
export function ConflictScreen({ autosave, clash }: { readonly autosave: Autosave; readonly clash: Clash }) {
  const { t } = useTranslation("plans");
  const { conflicts, choices, changedBy } = clash;
  return (
    <section className={style.clash} aria-label={t("clash.title")}>
      <h2>{t("clash.title")}</h2>
      <p>{t("clash.who", { by: changedBy ?? t("clash.somebody") })}</p>
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">{t("clash.what")}</th>
            <th scope="col">{t("clash.before")}</th>
            <th scope="col">{t("clash.theirs")}</th>
            <th scope="col">{t("clash.mine")}</th>
          </tr>
        </thead>
        <tbody>
          {conflicts.map((conflict) => (
            <ConflictRow
              key={conflict.id}
              conflict={conflict}
              side={choices.get(conflict.id) ?? "mine"}
              onChoose={(side) => autosave.choose(conflict.id, side)}
            />
          ))}
        </tbody>
      </table>
      <div className={style.buttons}>
        <Button variant="default" onClick={() => autosave.settle("mine")}>
          {t("clash.useMine")}
        </Button>
        <Button variant="default" onClick={() => autosave.settle("theirs")}>
          {t("clash.useTheirs")}
        </Button>
        <Button onClick={() => autosave.settle("merged")}>{t("clash.merge")}</Button>
      </div>
    </section>
  );
}

function ConflictRow({
  conflict,
  side,
  onChoose,
}: {
  readonly conflict: Conflict;
  readonly side: Side;
  readonly onChoose: (side: Side) => void;
}) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { id, step, key } = conflict;
  const title = step === undefined ? "" : faceOf(step.type).title(step, about);
  const label =
    key === undefined ? "" : step === undefined ? t("inspector.name") : labelOf(t, String(step.type), key);
  const show = (value: unknown): string => {
    if (key !== undefined) return shown(t, String(step?.type), key, value);
    return value === undefined ? t("clash.removed") : t("clash.kept");
  };
  return (
    <tr>
      <th scope="row">{[title, label].filter((part) => part !== "").join(": ")}</th>
      <td>{show(conflict.before)}</td>
      {SIDES.map((one) => (
        <td key={one}>
          <label className={style.choice}>
            <input
              type="radio"
              name={id}
              aria-label={`${t(`clash.${one}`)}: ${show(conflict[one])}`}
              checked={side === one}
              onChange={() => onChoose(one)}
            />
            {show(conflict[one])}
          </label>
        </td>
      ))}
    </tr>
  );
}
