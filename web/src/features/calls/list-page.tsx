import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Page, PageHead } from "../../components/page.tsx";
import { Empty, ErrorState, PageSkeleton } from "../../components/states.tsx";
import { otherTimeZone } from "../../lib/format.ts";
import { useUnlessLive } from "../../lib/live/live.ts";
import { CallRows } from "./call-rows.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { type Filters, filtersOf } from "./filters.ts";
import { callsOptions, csvHref, FRESH_MS } from "./list.ts";
import style from "./list-page.module.css";
import { NewCalls } from "./new-calls.tsx";
import { useOlder } from "./use-older.ts";

/** All calls, newest first, with why each went where it went. */
export function Component() {
  const { t } = useTranslation("calls");
  const [query, setQuery] = useSearchParams();
  const filters = useMemo(() => filtersOf(query), [query]);
  const everyMs = useUnlessLive(FRESH_MS);
  const list = useInfiniteQuery({
    ...callsOptions(filters),
    // Of a list that somebody reads far down, all pages would be fetched anew.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 1 ? false : everyMs),
  });
  const older = useOlder(list, query.toString());
  const calls = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const refused = list.data?.pages[0]?.refused;
  const zone = otherTimeZone();
  const isFiltered = Object.keys(filters).length > 0;
  const change = (changed: Filters): void =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [filter, value] of Object.entries(changed)) {
          if (value === "") next.delete(filter);
          else next.set(filter, value);
        }
        return next;
      },
      { replace: true },
    );
  return (
    <Page
      width="wide"
      head={
        <PageHead
          title={t("title")}
          meta={zone === undefined ? undefined : t("zone", { zone })}
          actions={
            <Button
              component="a"
              href={csvHref(filters)}
              download
              variant="default"
              leftSection={<IconDownload size={16} />}
            >
              {t("csv")}
            </Button>
          }
        />
      }
    >
      <FilterBar filters={filters} onChange={change} />
      {refused !== undefined && refused.calls + refused.registrations > 0 ? (
        <p className={style["strangers"]}>
          {t("strangers", {
            calls: t("strangerCalls", { count: refused.calls }),
            logins: t("strangerLogins", { count: refused.registrations }),
          })}
        </p>
      ) : undefined}
      {list.isPending ? <PageSkeleton /> : undefined}
      {list.error === null || list.isFetchNextPageError || older.error !== undefined ? undefined : (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && calls.length === 0 ? (
        <Empty
          sentence={t(isFiltered ? "emptyFiltered" : "empty")}
          action={
            isFiltered ? (
              <Button variant="default" onClick={() => setQuery(new URLSearchParams(), { replace: true })}>
                {t("clear")}
              </Button>
            ) : undefined
          }
        />
      ) : undefined}
      {list.data !== undefined && list.data.pages.length > 1 ? (
        <NewCalls filters={filters} pages={list.data.pages} at={list.dataUpdatedAt} />
      ) : undefined}
      {calls.length === 0 ? undefined : (
        <CallRows calls={calls} hasMore={list.hasNextPage} onMore={older.onNear} />
      )}
      {older.error === undefined ? undefined : <ErrorState error={older.error} onRetry={older.ask} />}
    </Page>
  );
}
