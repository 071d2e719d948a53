import { TextInput } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useEditorPiece, usePlanView } from "../editor/view.ts";
import style from "./inspector.module.css";

/** What is known of the plan as a whole, while no step is looked at. */
export function PlanFacts() {
  const { t } = useTranslation("plans");
  const { editor, canEdit, numbers } = usePlanView();
  const name = useEditorPiece(({ laid }) => laid.plan.name);
  return (
    <div className={style.inspector}>
      <div className={style.head}>
        <span className={style.big} data-tone="brand" aria-hidden="true">
          <IconRoute size={22} stroke={1.7} />
        </span>
        <div>
          <p className={style.crumb}>{t("inspector.plan")}</p>
          <h2>{name}</h2>
        </div>
      </div>
      <TextInput
        label={t("inspector.name")}
        description={t("inspector.nameHelp")}
        value={name}
        maxLength={100}
        error={name.trim() === ""}
        disabled={!canEdit}
        onChange={({ currentTarget }) => editor.rename(currentTarget.value)}
      />
      <section>
        <h3>{t("inspector.numbers")}</h3>
        {numbers.length === 0 ? (
          <p className={style.note}>{t("inspector.noNumbers")}</p>
        ) : (
          <ul className={style.numbers}>
            {numbers.map(({ id, shown }) => (
              <li key={id}>
                <Link to={`/numbers/${id}`}>{shown}</Link>
              </li>
            ))}
          </ul>
        )}
      </section>
      <p className={style.note}>{t("inspector.hint")}</p>
      {canEdit ? (
        <section className={style.keys}>
          <h3>{t("inspector.keys")}</h3>
          {(["shift", "remove", "undo", "copy"] as const).map((key) => (
            <p key={key}>{t(`inspector.key.${key}`)}</p>
          ))}
        </section>
      ) : undefined}
    </div>
  );
}
