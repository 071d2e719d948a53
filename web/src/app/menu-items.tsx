import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { MarkOf } from "./mark.tsx";
import type { NavItem } from "./nav.ts";
import style from "./shell.module.css";
import { useMarks } from "./use-marks.ts";

/** Places in a menu, one below the other. */
export function MenuItems({
  items,
  onGo,
}: {
  readonly items: readonly NavItem[];
  /** One of them was chosen. */
  readonly onGo?: () => void;
}) {
  const { t } = useTranslation();
  const markOf = useMarks();
  return (
    <ul>
      {items.map(({ id, to, icon: Glyph }) => (
        <li key={id}>
          <NavLink to={to} end={to === "/"} onClick={onGo} className={style["item"] ?? ""}>
            <Glyph size={18} stroke={1.6} aria-hidden="true" />
            <span>{t(`nav.${id}`)}</span>
            <MarkOf mark={markOf(id)} />
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
