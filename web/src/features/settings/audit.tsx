import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../components/states.tsx";
import { request } from "../../lib/api.ts";
import type { KindName } from "../../lib/entities.ts";
import { dayTime } from "../../lib/format.ts";
import style from "./settings.module.css";

interface AuditPage {
  readonly items: readonly {
    readonly id: number;
    readonly at: number;
    readonly by: string;
    readonly what: string;
    readonly version?: number;
    readonly changes: readonly {
      readonly kind: KindName;
      readonly id: string;
      readonly key: string;
      readonly before?: unknown;
      readonly after?: unknown;
      readonly secretChanged: boolean;
    }[];
  }[];
  readonly next: string | null;
}

/** Who changed what and when. */
export function Audit() {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const log = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) =>
      request<AuditPage>("GET", "/audit", { query: { cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  if (log.error !== null) return <ErrorState error={log.error} onRetry={() => void log.refetch()} />;
  const items = (log.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      {log.data !== undefined && items.length === 0 ? (
        <p className={style["hint"]}>{t("audit.empty")}</p>
      ) : undefined}
      <ol>
        {items.map(({ id, at, by, what, version, changes }) => (
          <li key={id} className={style["row"]}>
            <span>
              {changes.length === 0
                ? what
                : changes
                    .slice(0, 5)
                    .map(({ kind, key, before, after }) => {
                      const how = before === undefined ? "came" : after === undefined ? "went" : "changed";
                      return `${shell(`palette.kind.${kind}`)} ${key} (${t(`audit.${how}`)})`;
                    })
                    .join(", ")}
              <small>
                {by} · {dayTime(at)}
                {version === undefined ? "" : ` · ${t("audit.version", { version })}`}
                {changes.some(({ secretChanged }) => secretChanged) ? ` · ${t("audit.secret")}` : ""}
              </small>
            </span>
          </li>
        ))}
      </ol>
      {log.hasNextPage ? (
        <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {shell("do.showMore")}
        </Button>
      ) : undefined}
    </>
  );
}
