import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Logo } from "../../components/logo.tsx";
import { Segmented } from "../../components/segmented.tsx";
import { chooseLanguage } from "../../i18n/i18n.ts";
import { LANGUAGES, type Language } from "../../i18n/language.ts";
import style from "./frame.module.css";

/** The one card of a page without a menu. */
export function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { t, i18n } = useTranslation("signin");
  useEffect(() => {
    document.title = `${title} · Switchhook`;
  }, [title]);
  return (
    <main className={style["frame"]}>
      <div className={style["brand"]}>
        <Logo size={36} />
        Switchhook
      </div>
      <section className={style["card"]}>
        <h1>{title}</h1>
        {children}
      </section>
      <p className={style["below"]}>{t("place")}</p>
      <Segmented
        label={t("setup.language")}
        choices={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        value={i18n.language}
        onChange={(language) => void chooseLanguage(language as Language)}
      />
    </main>
  );
}
