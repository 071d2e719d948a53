import {
  type Icon,
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Tone } from "../theme/tokens.ts";
import style from "./status-badge.module.css";

const ICONS: Partial<Record<Tone, Icon>> = {
  good: IconCircleCheck,
  bad: IconCircleX,
  warn: IconAlertTriangle,
  neutral: IconCircle,
  brand: IconInfoCircle,
};

/** A state in a word with its icon: never by colour alone. `icon={null}`: the word says enough. */
export function StatusBadge({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon?: Icon | null;
  readonly children: ReactNode;
}) {
  const Glyph = icon === undefined ? ICONS[tone] : icon;
  return (
    <span className={style["badge"]} data-tone={tone}>
      {Glyph === undefined || Glyph === null ? undefined : <Glyph size={14} aria-hidden="true" />}
      {children}
    </span>
  );
}
