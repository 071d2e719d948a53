import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../components/states.tsx";
import { request } from "../../lib/api.ts";
import type { KindName } from "../../lib/entities.ts";
import { dayTime } from "../../lib/format.ts";
import style from "./settings.module.css";
import type en from "./words/en.ts";

type Deed = keyof typeof en.audit.deed;

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
    readonly from?: string;
    readonly about?: string;
    readonly details?: readonly {
      readonly name: string;
      readonly before?: string;
      readonly after?: string;
    }[];
  }[];
  readonly next: string | null;
}

/** `role: viewer → editor`. The fields are those of the API, and are named as there. */
function detailText({
  name,
  before,
  after,
}: {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}): string {
  return `${name}: ${[before, after].filter((value) => value !== undefined).join(" → ")}`;
}

/** Who changed what and when. */
export function Audit() {
  const { t, i18n } = useTranslation("settings");
  const deed = (what: string): string =>
    i18n.exists(`settings:audit.deed.${what}`) ? t(`audit.deed.${what as Deed}`) : what;
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
        {items.map(({ id, at, by, what, version, changes, from, about, details = [] }) => (
          <li key={id} className={style["row"]}>
            <span>
              {changes.length === 0
                ? [deed(what), about].filter(Boolean).join(": ")
                : changes
                    .slice(0, 5)
                    .map(({ kind, key, before, after }) => {
                      const how = before === undefined ? "came" : after === undefined ? "went" : "changed";
                      return `${shell(`palette.kind.${kind}`)} ${key} (${t(`audit.${how}`)})`;
                    })
                    .join(", ")}
              {details.length === 0 ? undefined : <small>{details.map(detailText).join(", ")}</small>}
              <small>
                {by === "" ? t("audit.somebody") : by}
                {from === undefined ? "" : ` · ${from}`} · {dayTime(at)}
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
