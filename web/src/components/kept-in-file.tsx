import { useTranslation } from "react-i18next";
import { ago } from "../lib/format.ts";
import { useKeptIn, useMay } from "../lib/session.ts";
import style from "./editor-parts.module.css";

/** Why who may change the configuration cannot do it here, where a company file keeps it. */
export function KeptInFile() {
  const { t } = useTranslation();
  const isEditor = useMay("editor");
  const keptIn = useKeptIn();
  if (keptIn === undefined || !isEditor) return undefined;
  const { file, appliedBy, appliedAt } = keptIn;
  return (
    <p className={style["restored"]}>
      {t("state.keptInFile", { file, by: appliedBy, when: ago(appliedAt) })} {t("state.keptInFileHint")}
    </p>
  );
}
