import { useTranslation } from "react-i18next";
import style from "./inspector.module.css";

/** What the phone that rings will display. */
export function Handset({
  name,
  number,
  note,
}: {
  readonly name: string;
  readonly number: string;
  readonly note?: string | undefined;
}) {
  const { t } = useTranslation("plans");
  return (
    <figure className={style.handset} aria-label={t("handset.label")}>
      <small>{t("handset.label")}</small>
      <strong dir="auto">{name === "" ? t("handset.nameless") : name}</strong>
      <span>{number}</span>
      {note === undefined ? undefined : <small>{note}</small>}
    </figure>
  );
}
