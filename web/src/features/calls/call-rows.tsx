import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { StatusBadge } from "../../components/status-badge.tsx";
import { useSaid } from "../../i18n/use-said.ts";
import { RESULT_TONES } from "../../lib/call-results.ts";
import { dayTime, duration } from "../../lib/format.ts";
import { inOneLine, useWrittenNumber } from "../../lib/phone-number.ts";
import { useMayChange } from "../../lib/session.ts";
import style from "./call-rows.module.css";
import type { ListedCall } from "./shown-call.ts";

const ROW = 58;
/** Older calls are fetched when so few rows are left below. */
const AHEAD = 20;

/** The rows of the list; only those on the screen are there. */
export function CallRows({
  calls,
  hasMore,
  onMore,
}: {
  readonly calls: readonly ListedCall[];
  readonly hasMore: boolean;
  readonly onMore: () => void;
}) {
  const { t } = useTranslation("calls");
  const say = useSaid();
  const mayMend = useMayChange();
  const list = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: calls.length,
    estimateSize: () => ROW,
    overscan: 8,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => calls[index]?.id ?? index,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= calls.length - AHEAD) onMore();
  }, [hasMore, last, calls.length, onMore]);
  return (
    <ul ref={list} className={style["rows"]} aria-label={t("title")} style={{ height: rows.getTotalSize() }}>
      {shown.map(({ index, key, start }) => {
        const call = calls[index];
        if (call === undefined) return undefined;
        return (
          <li
            key={key}
            data-index={index}
            ref={rows.measureElement}
            style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
          >
            <CallRow call={call} say={say} mayMend={mayMend} />
          </li>
        );
      })}
    </ul>
  );
}

/** Kept as it is while others are scrolled in. */
const CallRow = memo(function CallRow({
  call,
  say,
  mayMend,
}: {
  readonly call: ListedCall;
  readonly say: ReturnType<typeof useSaid>;
  readonly mayMend: boolean;
}) {
  const { t } = useTranslation("calls");
  const { t: shell } = useTranslation();
  const written = useWrittenNumber();
  const reason = useReason(call, say);
  const [fix] = call.fixes ?? [];
  const from = [inOneLine(written(call.caller)) || shell("anonymous"), call.callerName]
    .filter((one) => one !== "")
    .join(" ");
  const took = call.endedAt - (call.answeredAt ?? call.endedAt);
  return (
    <div className={style["row"]}>
      <Link to={`/calls/${call.id}`} className={style["link"]} data-row="">
        <time className={style["time"]} dateTime={new Date(call.startedAt).toISOString()}>
          {dayTime(call.startedAt)}
        </time>
        <span className={style["who"]}>
          <strong>{from}</strong>
          <span aria-hidden="true"> → </span>
          <strong>{inOneLine(written(call.called))}</strong>
          <span className={style["reason"]}>{reason.slice(0, 1).toUpperCase() + reason.slice(1)}</span>
        </span>
        <span className={style["state"]}>
          {call.attempts > 1 ? <span>{t("attempts", { count: call.attempts })}</span> : undefined}
          <StatusBadge tone={RESULT_TONES[call.result]}>{shell(`result.${call.result}`)}</StatusBadge>
          <span className={style["took"]}>{call.answeredAt === undefined ? "" : duration(took)}</span>
        </span>
      </Link>
      {fix === undefined || !mayMend ? undefined : (
        <Link to={`/calls/${call.id}`} className={style["fix"]}>
          {t(`fix.${fix.fix}`)}
        </Link>
      )}
    </div>
  );
});

/** Why it went so; of an answered call who answered, and how it ended: which step rang is a matter of its page. */
function useReason({ reason, said, answeredBy }: ListedCall, say: ReturnType<typeof useSaid>): string {
  const { t } = useTranslation("calls");
  const written = useWrittenNumber();
  const why = said?.code === "end.afterAnswer" ? said.args["why"] : undefined;
  if (answeredBy === undefined || typeof why !== "object") return say({ text: reason, ...said });
  const [, phone, other = ""] = /^phone (\S+)|^(\S+)/.exec(answeredBy) ?? [];
  const who = phone === undefined ? written(other) : t("phoneNamed", { phone });
  return `${t("answeredBy", { who })} · ${say(why)}`;
}
