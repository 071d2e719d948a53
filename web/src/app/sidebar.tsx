import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { Logo } from "../components/logo.tsx";
import { MarkOf } from "./mark.tsx";
import { BELOW, MAIN, type NavItem, PEOPLE, ROUTING } from "./nav.ts";
import { openPalette } from "./palette-door.ts";
import style from "./shell.module.css";
import { useMarks } from "./use-marks.ts";

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
        <Items items={MAIN} />
        <h2 className={style["section"]}>{t("nav.routing")}</h2>
        <Items items={ROUTING} />
        <h2 className={style["section"]}>{t("nav.people")}</h2>
        <Items items={PEOPLE} />
        <div className={style["space"]} />
        <Items items={BELOW} />
      </div>
    </nav>
  );
}

function Items({ items }: { readonly items: readonly NavItem[] }) {
  const { t } = useTranslation();
  const markOf = useMarks();
  return (
    <ul>
      {items.map(({ id, to, icon: Glyph }) => (
        <li key={id}>
          <NavLink to={to} end={to === "/"} className={style["item"] ?? ""}>
            <Glyph size={18} stroke={1.6} aria-hidden="true" />
            <span>{t(`nav.${id}`)}</span>
            <MarkOf mark={markOf(id)} />
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
