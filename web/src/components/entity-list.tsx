import { Button, TextInput } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { type DocumentOf, type Entity, type ListKind, PAGES, useEntities } from "../lib/entities.ts";
import { useMaySave } from "../lib/session.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { useTypedText } from "../lib/typed-text.ts";
import style from "./entity-list.module.css";
import { KeptInFile } from "./kept-in-file.tsx";
import { Page, PageHead } from "./page.tsx";
import { Row, Rows } from "./rows.tsx";
import { Empty, ErrorState } from "./states.tsx";

interface RowParts {
  readonly tile?: ReactNode;
  readonly title: ReactNode;
  readonly detail?: ReactNode;
  readonly state?: ReactNode;
  readonly trail?: ReactNode;
}

const WAIT_MS = 150;

/** The page with all things of a kind: searched by the server, further pages as one scrolls. */
export function EntityList<Kind extends ListKind>({
  kind,
  title,
  search,
  addLabel,
  empty,
  emptyHint,
  row,
  actions,
  above,
  below,
}: {
  readonly kind: Kind;
  readonly title: string;
  readonly search: string;
  readonly addLabel: string;
  readonly empty: ReactNode;
  readonly emptyHint?: ReactNode;
  readonly row: (entity: Entity<DocumentOf<Kind>>) => RowParts;
  readonly actions?: ReactNode;
  readonly above?: ReactNode;
  readonly below?: ReactNode;
}) {
  const [params, setParams] = useSearchParams();
  const asked = params.get("q") ?? "";
  const [q, setQ] = useTypedText(
    asked,
    (text) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (text === "") next.delete("q");
          else next.set("q", text);
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    WAIT_MS,
  );
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const mayEdit = useMaySave(kind);
  const list = useEntities(kind, asked);
  const { t } = useTranslation();
  const items = (list.data?.pages ?? []).flatMap((page) => page.items);
  const page = PAGES[kind];

  useShortcuts({
    "/": () => field.current?.focus(),
    ...(mayEdit ? { n: () => void navigate(`${page}/new`) } : {}),
  });

  const add = mayEdit ? (
    <Button component={Link} to={`${page}/new`} leftSection={<IconPlus size={16} aria-hidden="true" />}>
      {addLabel}
    </Button>
  ) : undefined;
  const isEmpty = list.data !== undefined && items.length === 0;
  return (
    <Page
      head={
        <PageHead
          title={title}
          actions={
            <>
              {actions}
              {add}
            </>
          }
        />
      }
    >
      <KeptInFile />
      {above}
      {isEmpty && asked === "" ? (
        <Empty sentence={empty} action={add} hint={emptyHint} />
      ) : (
        <>
          <TextInput
            ref={field}
            className={style["search"] ?? ""}
            type="search"
            aria-label={search}
            placeholder={search}
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            value={q}
            onChange={(event) => setQ(event.currentTarget.value)}
          />
          {list.error === null ? undefined : (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          )}
          {isEmpty ? <p className={style["nothing"]}>{t("state.nothing")}</p> : undefined}
          <Rows label={title}>
            {items.map((entity) => (
              <Row key={entity.id} to={`${page}/${encodeURIComponent(entity.id)}`} {...row(entity)} />
            ))}
          </Rows>
          {list.hasNextPage ? (
            <Button
              className={style["next"] ?? ""}
              variant="default"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t("do.showMore")}
            </Button>
          ) : undefined}
        </>
      )}
      {below}
    </Page>
  );
}
