import { Button, Menu } from "@mantine/core";
import { IconDots, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { entityForm } from "../../../src/model/entities/forms.ts";
import { kindOf } from "../../../src/model/entities/kinds.ts";
import { useCoreText } from "../i18n/core-text.ts";
import type { Draft } from "../lib/draft.ts";
import type { Editor } from "../lib/editor.ts";
import {
  type DocumentOf,
  type Entity,
  type KindName,
  type ListKind,
  PAGES,
  type Use,
  useEntity,
} from "../lib/entities.ts";
import { pathOf } from "../lib/field-problems.ts";
import { leastRoleOf } from "../lib/roles.ts";
import { useMay, useMaySave } from "../lib/session.ts";
import { useSaveKey } from "../lib/shortcuts.ts";
import { ConflictScreen } from "./conflict-screen.tsx";
import style from "./editor-parts.module.css";
import { labelsAt } from "./field-labels.ts";
import { KeptInFile } from "./kept-in-file.tsx";
import { Page } from "./page.tsx";
import { ProblemList } from "./problem-list.tsx";
import { ErrorState, Gone, PageSkeleton } from "./states.tsx";
import { openWrongFields } from "./wrong-fields.ts";

/** The page of the thing that the address names, or of a new one. */
export function EntityRoute<Kind extends ListKind>({
  kind,
  form: Form,
}: {
  readonly kind: Kind;
  readonly form: (props: { readonly entity: Entity<DocumentOf<Kind>> | undefined }) => ReactNode;
}) {
  const { id } = useParams();
  const isNew = id === undefined;
  const { data, error, refetch } = useEntity(kind, id, !isNew);
  if (isNew) return <Form key="new" entity={undefined} />;
  if (data !== undefined)
    return (
      <>
        <Gone error={error} />
        <Form key={data.id} entity={data} />
      </>
    );
  if (error === null) return <PageSkeleton />;
  return (
    <Page>
      <ErrorState error={error} onRetry={() => void refetch()} />
    </Page>
  );
}

/** Save, and what else can be done with the thing. */
export function EditorActions<Document>({
  editor,
  children,
  menu,
}: {
  readonly editor: Editor<Document>;
  readonly children?: ReactNode;
  readonly menu?: ReactNode;
}) {
  const { t } = useTranslation();
  const may = useMaySave(editor.kind);
  const { save, isNew, isSaving } = editor;
  const isIdle = !editor.draft.isChanged && !isNew;
  useSaveKey(may && !isSaving && !isIdle ? save : undefined);
  if (!may) return children;
  return (
    <>
      {children}
      {isNew ? undefined : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label={t("do.more")} className={style["dots"] ?? ""}>
              <IconDots size={18} aria-hidden="true" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {menu}
            <Menu.Item color="var(--bad)" leftSection={<IconTrash size={16} />} onClick={editor.remove}>
              {t("do.remove")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Button onClick={save} loading={isSaving} disabled={isIdle}>
        {t("do.save")}
      </Button>
    </>
  );
}

/** What stands above a form: a conflict, why it was not saved, what was typed before a reload. */
export function EditorNotices<Document>({ editor }: { readonly editor: Editor<Document> }) {
  const { t } = useTranslation();
  const { conflict, refusal, stops, draft } = editor;
  const nameOf = useFieldName(editor.kind);
  const problems = editor.problems.map((problem) => {
    // What no field says, with what the field is called.
    const name = nameOf(pathOf(problem));
    return name === undefined ? problem : { ...problem, message: `${name}: ${problem.message}` };
  });
  const isAllowed = useMay(leastRoleOf(editor.kind));
  useEffect(() => {
    if (stops > 0) openWrongFields()?.focus();
  }, [stops]);
  useEffect(() => {
    if (refusal !== undefined) openWrongFields();
  }, [refusal]);
  const users = (refusal?.more["users"] ?? []) as readonly Use[];
  return (
    <>
      {isAllowed ? (
        <KeptInFile />
      ) : (
        <p className={style["restored"]}>
          {t("state.readOnly")} {t("state.notAllowedHint")}
        </p>
      )}
      {conflict === undefined ? undefined : (
        <ConflictScreen
          conflict={conflict}
          onUse={editor.resolve}
          onTheirs={editor.takeTheirs}
          label={(path) => nameOf(path) ?? path}
        />
      )}
      {refusal === undefined ? (
        <ProblemList problems={problems} />
      ) : (
        <ProblemList
          problems={
            problems.length > 0 || refusal.problems.length === 0
              ? [
                  {
                    pointer: "",
                    code: refusal.code,
                    message: refusalText(refusal.status, refusal.message, t("state.notReached")),
                  },
                  ...problems,
                ]
              : refusal.problems
          }
        />
      )}
      {users.length === 0 ? undefined : <UsedBy uses={users} />}
      <Restored draft={draft} />
    </>
  );
}

/** What was typed before a reload, or before the page was left, and dropping it. */
export function Restored({ draft }: { readonly draft: Pick<Draft<unknown>, "isRestored" | "drop"> }) {
  const { t } = useTranslation();
  if (!draft.isRestored) return undefined;
  return (
    <p className={style["restored"]}>
      {t("state.unsavedKept")}{" "}
      <button type="button" onClick={draft.drop}>
        {t("state.unsavedDrop")}
      </button>
    </p>
  );
}

/** What the field at a path of a document is called; undefined: no field has it. */
function useFieldName(kind: KindName): (path: string) => string | undefined {
  const text = useCoreText();
  const fields = useMemo(() => entityForm(kindOf(kind)).fields, [kind]);
  return (path) => {
    const labels = labelsAt(fields, path).map(text);
    return labels.length === 0 ? undefined : labels.join(", ");
  };
}

function refusalText(status: number, message: string, notReached: string): string {
  return status === 0 ? notReached : message;
}

/** Which things use this one, each a link. */
export function UsedBy({ uses, prefix }: { readonly uses: readonly Use[]; readonly prefix?: string }) {
  const { t } = useTranslation();
  if (uses.length === 0) return undefined;
  return (
    <span className={style["uses"]}>
      {prefix}{" "}
      {uses.map(({ kind, id, key }, at) => (
        <span key={`${kind} ${id}`}>
          {at === 0 ? "" : ", "}
          <Link to={`${PAGES[kind]}/${encodeURIComponent(id)}`}>
            {kind === "outbound" || kind === "settings" ? t(`onlyOne.${kind}`) : key}
          </Link>
        </span>
      ))}
    </span>
  );
}
