import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { Logo } from "../components/logo.tsx";
import { MenuItems } from "./menu-items.tsx";
import { BELOW, MAIN, PEOPLE, ROUTING } from "./nav.ts";
import { openPalette } from "./palette-door.ts";
import style from "./shell.module.css";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The menu at the left. */
export function Sidebar() {
  const { t } = useTranslation();
  return (
    <nav className={style["sidebar"]} aria-label={t("nav.main")}>
      <NavLink to="/" className={style["brand"]} end>
        <Logo />
        {t("product")}
      </NavLink>
      <button
        type="button"
        className={style["find"]}
        onClick={openPalette}
        aria-keyshortcuts="Control+K Meta+K"
      >
        <IconSearch size={16} aria-hidden="true" />
        <span>{t("find")}</span>
        <kbd>{isMac ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <div className={style["menu"]}>
        <MenuItems items={MAIN} />
        <h2 className={style["section"]}>{t("nav.routing")}</h2>
        <MenuItems items={ROUTING} />
        <h2 className={style["section"]}>{t("nav.people")}</h2>
        <MenuItems items={PEOPLE} />
        <div className={style["space"]} />
        <MenuItems items={BELOW} />
      </div>
    </nav>
  );
}
