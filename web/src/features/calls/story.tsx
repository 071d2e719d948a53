import {
  type Icon,
  IconArrowsHorizontal,
  IconArrowsSplit2,
  IconDialpad,
  IconMusic,
  IconNote,
  IconWebhook,
} from "@tabler/icons-react";
import { type KeyboardEvent, memo, useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { duration, secondsIn } from "../../lib/format.ts";
import { unbroken } from "../../lib/unbroken.ts";
import type { Axis } from "./axis.ts";
import type { Row } from "./row.ts";
import type { RowSaying } from "./row-saying.ts";
import { useSaying } from "./sayings.ts";
import style from "./story.module.css";

const ICONS: Readonly<Record<Row["icon"], Icon>> = {
  message: IconArrowsHorizontal,
  decision: IconArrowsSplit2,
  sound: IconMusic,
  keys: IconDialpad,
  webhook: IconWebhook,
  note: IconNote,
};

/** The rows of a call, at the heights of the axis. Arrow keys walk, a row opens what stands behind it. */
export function StoryList({
  rows,
  axis,
  isPlain = false,
  opened,
  onOpen,
}: {
  readonly rows: readonly Row[];
  readonly axis: Axis;
  /** Rows are as high as their text. */
  readonly isPlain?: boolean;
  readonly opened: number | undefined;
  readonly onOpen: (seq: number) => void;
}) {
  const { t } = useTranslation("calls");
  const saying = useSaying();
  const list = useRef<HTMLOListElement>(null);
  const open = useRef(onOpen);
  useEffect(() => {
    open.current = onOpen;
  }, [onOpen]);
  // Of 2,000 rows only those are drawn anew that differ.
  const openRow = useCallback((seq: number) => open.current(seq), []);
  const walk = useCallback((event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button[data-entry]") ?? [])];
    buttons[buttons.indexOf(document.activeElement as HTMLElement) + by]?.focus();
  }, []);
  return (
    <ol className={style["list"]} ref={list} data-plain={isPlain ? "" : undefined}>
      {axis.slots.map((slot) => {
        if (slot.type === "gap") {
          return (
            <li key={`gap ${slot.top}`} className={style["gap"]} style={{ height: slot.height }}>
              <span aria-hidden="true">⋮</span> {t("later", { time: duration(slot.ms) })}
            </li>
          );
        }
        const row = rows[slot.index];
        if (row === undefined) return undefined;
        return (
          <li key={row.seq} style={isPlain ? undefined : { height: slot.height }}>
            <StoryRow saying={saying} row={row} isOpen={opened === row.seq} onOpen={openRow} onKey={walk} />
          </li>
        );
      })}
    </ol>
  );
}

const StoryRow = memo(function StoryRow({
  saying,
  row,
  isOpen,
  onOpen,
  onKey,
}: {
  readonly saying: (said: RowSaying) => string;
  readonly row: Row;
  readonly isOpen: boolean;
  readonly onOpen: (seq: number) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}) {
  const Glyph = ICONS[row.icon];
  const said = saying(row.said);
  return (
    <button
      type="button"
      className={style["row"]}
      data-entry={row.seq}
      data-tone={row.tone}
      aria-expanded={isOpen}
      onClick={() => onOpen(row.seq)}
      onKeyDown={onKey}
    >
      <span className={style["time"]}>{secondsIn(row.atMs)}</span>
      <span className={style["icon"]} data-icon={row.icon} aria-hidden="true">
        <Glyph size={14} stroke={1.8} />
      </span>
      <span className={style["text"]} title={said}>
        <span className={style["said"]}>
          {row.step === undefined || row.step === "" ? undefined : (
            <span className={style["step"]}>{row.step}</span>
          )}
          {unbroken(said)}
        </span>
        {row.more === undefined ? undefined : (
          <span className={style["more"]}>{unbroken(saying(row.more))}</span>
        )}
      </span>
    </button>
  );
});
