import { Button } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useHappenings, useUnlessLive } from "../../lib/live/live.ts";
import type { Filters } from "./filters.ts";
import { type CallList, callsOptions, FRESH_MS, newestOptions } from "./list.ts";
import style from "./new-calls.module.css";
import { newsOf, withCall } from "./newest.ts";
import type { ListedCall } from "./shown-call.ts";

/** So near to the top, what comes in is put into the list by itself. */
const TOP_PX = 100;

/**
 * Keeps a list of which several pages were fetched up to date by its first page alone. At the top it begins anew with that page, and
 * the next ones are fetched again where somebody scrolls; further down nothing moves, and a button says what is new. A call that
 * ends is told of by itself, wherever it stands.
 */
export function NewCalls({
  filters,
  pages,
  at,
}: {
  readonly filters: Filters;
  readonly pages: readonly CallList[];
  /** When they were fetched. */
  readonly at: number;
}) {
  const { t } = useTranslation("calls");
  const client = useQueryClient();
  const isAtTop = useSyncExternalStore(onScroll, atTop);
  const { data: newest } = useQuery({
    ...newestOptions(filters, pages[0], at),
    refetchInterval: useUnlessLive(FRESH_MS),
  });
  const news = useMemo(() => (newest === undefined ? undefined : newsOf(pages, newest)), [pages, newest]);
  const queryKey = useMemo(() => callsOptions(filters).queryKey, [filters]);
  const put = useCallback(
    (known: readonly CallList[]) =>
      client.setQueryData(queryKey, (now) => now && { ...now, pages: [...known] }, {
        // The pages below are as old as they were.
        updatedAt: client.getQueryState(queryKey)?.dataUpdatedAt ?? 0,
      }),
    [client, queryKey],
  );
  useEffect(() => {
    if (news === undefined || newest === undefined) return;
    if (isAtTop && news.isMoved) client.setQueryData(queryKey, { pages: [newest], pageParams: [undefined] });
    else if (news.pages !== pages) put(news.pages);
  }, [client, queryKey, pages, news, newest, isAtTop, put]);
  useHappenings(
    useCallback(
      ({ topic, data }) => {
        const ended = topic === "call.ended" ? callOf(data) : undefined;
        const now = client.getQueryData(queryKey)?.pages;
        // Of the newest ones the first page tells, and until it is asked again it knows no better.
        if (ended === undefined || now === undefined || newest?.items.some(({ id }) => id === ended.id))
          return;
        const known = withCall(now, ended);
        if (known !== now) put(known);
      },
      [client, queryKey, newest, put],
    ),
  );
  return (
    <output className={style["place"]}>
      {news === undefined || news.count === 0 || isAtTop ? undefined : (
        <Button
          className={style["button"] ?? ""}
          size="xs"
          leftSection={<IconArrowUp size={14} aria-hidden="true" />}
          onClick={() => scrollTo({ top: 0 })}
        >
          {t(news.isMore ? "newCallsOrMore" : "newCalls", { count: news.count })}
        </Button>
      )}
    </output>
  );
}

/** Of an event about a call, the call as lists have it. */
function callOf(data: unknown): ListedCall | undefined {
  return ((data ?? {}) as { readonly call?: ListedCall }).call;
}

function onScroll(listener: () => void): () => void {
  addEventListener("scroll", listener, { passive: true });
  return () => removeEventListener("scroll", listener);
}

function atTop(): boolean {
  return scrollY < TOP_PX;
}
