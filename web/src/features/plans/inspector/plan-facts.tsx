import { Button } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { use, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMaySave } from "../../../lib/session.ts";
import { type Standing, StandingContext, useEditorPiece, usePlanView } from "../editor/view.ts";
import { RenameDialog } from "../list/rename-dialog.tsx";
import { usePublishing } from "../publish/use-publishing.ts";
import type { Autosave } from "../state/autosave.ts";
import style from "./inspector.module.css";

/** What is known of the plan as a whole, while no step is looked at. */
export function PlanFacts() {
  const { t } = useTranslation("plans");
  const { id, canEdit, numbers } = usePlanView();
  const mayRename = useMaySave("plan");
  const standing = use(StandingContext);
  const drawn = useEditorPiece(({ laid }) => laid.plan.name);
  const name = standing?.name ?? drawn;
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
      {mayRename && standing !== undefined ? <Rename id={id} standing={standing} /> : undefined}
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
      {canEdit && standing?.isDraft === true ? <ThrowAway autosave={standing.autosave} /> : undefined}
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

function Rename({ id, standing: { name, version } }: { readonly id: string; readonly standing: Standing }) {
  const { t } = useTranslation("plans");
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        {t("rename.title")}
      </Button>
      {isOpen ? (
        <RenameDialog id={id} before={name} version={version} onClose={() => setOpen(false)} />
      ) : undefined}
    </div>
  );
}

/** A draft that nobody wants, as one that something else was published over, is no draft any more. */
function ThrowAway({ autosave }: { readonly autosave: Autosave }) {
  const { t } = useTranslation("plans");
  const { failed, isSending, throwAway } = usePublishing(autosave);
  return (
    <div>
      <Button variant="default" size="xs" loading={isSending} onClick={() => void throwAway()}>
        {t("publish.throwAway")}
      </Button>
      {failed === undefined ? undefined : (
        <p className={style.failed} role="alert">
          {failed}
        </p>
      )}
    </div>
  );
}
