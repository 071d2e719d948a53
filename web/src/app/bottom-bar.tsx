import { useTranslation } from "react-i18next";
import { NavLink, useLocation } from "react-router";
import { useDialog } from "../lib/later.ts";
import { MarkOf } from "./mark.tsx";
import { MenuItems } from "./menu-items.tsx";
import { BELOW, MAIN, MORE_ICON as More, type NavItem, PEOPLE, ROUTING } from "./nav.ts";
import style from "./shell.module.css";
import { useMarks } from "./use-marks.ts";

const load = () => import("./more-drawer.tsx");

const HERE = new Set<NavItem["id"]>(["plans", "webhooks"]);
const items = [...MAIN, ...ROUTING.filter(({ id }) => HERE.has(id))];
const others = [...ROUTING.filter(({ id }) => !HERE.has(id)), ...PEOPLE, ...BELOW];

/** The menu of phones. */
export function BottomBar() {
  const { Dialog, isOpen, setOpen } = useDialog(load);
  const { t } = useTranslation();
  const markOf = useMarks();
  const { pathname } = useLocation();
  const isElsewhere = others.some(({ to }) => pathname.startsWith(to));
  return (
    <nav className={style["bar"]} aria-label={t("nav.main")}>
      {items.map(({ id, to, icon: Glyph }) => (
        <NavLink key={id} to={to} end={to === "/"} className={style["tab"] ?? ""}>
          <Glyph size={22} stroke={1.6} aria-hidden="true" />
          <span>{t(`nav.${id}`)}</span>
          <MarkOf mark={markOf(id)} />
        </NavLink>
      ))}
      <button
        type="button"
        className={style["tab"]}
        data-here={isElsewhere ? "" : undefined}
        onClick={() => setOpen(true)}
        aria-expanded={isOpen}
      >
        <More size={22} stroke={1.6} aria-hidden="true" />
        <span>{t("nav.more")}</span>
        <MarkOf mark={others.map(({ id }) => markOf(id)).find((mark) => mark !== undefined)} />
      </button>
      {Dialog === undefined ? undefined : (
        <Dialog title={t("nav.more")} isOpen={isOpen} onClose={() => setOpen(false)}>
          <MenuItems items={others} onGo={() => setOpen(false)} />
        </Dialog>
      )}
    </nav>
  );
}
