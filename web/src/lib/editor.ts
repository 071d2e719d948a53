import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useToast } from "../components/toast.tsx";
import { ApiError, type DocumentProblem, isStale } from "./api-error.ts";
import { type Attempt, afterStale } from "./attempt.ts";
import { type Draft, useDraft } from "./draft.ts";
import {
  type DocumentOf,
  type Entity,
  type KindName,
  type ListKind,
  PAGES,
  type Saved,
  useRemoveEntity,
  useSaveEntity,
} from "./entities.ts";
import { clockTime } from "./format.ts";
import type { Clash } from "./merge.ts";
import { useUndoRemoval } from "./undo-removal.ts";

/** Somebody else saved while this was being edited, and both changed the same field. */
export interface Conflict<Document> {
  readonly merged: Document;
  /** What is sent when `merged` is what is wanted. */
  readonly attempt: Attempt<Document>;
  readonly clashes: readonly Clash[];
  readonly current: Entity<Document>;
  readonly changedBy: string;
  readonly changedAt: number;
}

export interface Editor<Document> {
  readonly draft: Draft<Document>;
  readonly isNew: boolean;
  readonly isSaving: boolean;
  /** What the server, or the rules in this browser, say of a field. */
  readonly errorAt: (path: string) => string | undefined;
  readonly touch: (path: string) => void;
  /** What belongs to no field of its own. */
  readonly problems: readonly DocumentProblem[];
  readonly refusal: ApiError | undefined;
  readonly conflict: Conflict<Document> | undefined;
  readonly save: () => void;
  /** Saves this in place of what is there now. */
  readonly resolve: (document: Document) => void;
  readonly takeTheirs: () => void;
  readonly remove: () => void;
}

/** What is wrong with a document, as the rules say that the server has too. */
export type Rules<Document> = (document: Document) => readonly DocumentProblem[];

const pathOf = (pointer: string): string =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");

const isErrorAt = ({ pointer, severity }: DocumentProblem, path: string): boolean =>
  severity !== "warning" && pathOf(pointer) === path;

/** Everything that a page does to edit one thing: what is typed, its faults, saving, somebody else's change, removing. */
export function useEditor<Kind extends KindName>(
  kind: Kind,
  entity: Entity<DocumentOf<Kind>> | undefined,
  blank: DocumentOf<Kind>,
  {
    rules,
    forget,
    onSaved,
  }: {
    readonly rules?: Rules<DocumentOf<Kind>>;
    readonly forget?: (document: DocumentOf<Kind>) => DocumentOf<Kind>;
    /** Also where the form is gone by now. */
    readonly onSaved?: (saved: Saved<DocumentOf<Kind>>) => void;
  } = {},
): Editor<DocumentOf<Kind>> {
  type Document = DocumentOf<Kind>;
  const { t } = useTranslation();
  const toast = useToast();
  const navigate = useNavigate();
  const draft = useDraft<Document & object>(
    `${kind}.${entity?.id ?? "new"}`,
    (entity?.document ?? blank) as Document & object,
    entity?.revision ?? 0,
    forget as ((document: Document & object) => Document & object) | undefined,
  );
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState<ApiError>();
  const [conflict, setConflict] = useState<Conflict<Document>>();
  const saving = useSaveEntity(kind);
  // Of what there is one, nothing is removed.
  const removing = useRemoveEntity(kind as ListKind);
  const undoRemoval = useUndoRemoval(kind as ListKind);
  const isSingle = kind === "settings" || kind === "outbound";
  const isBusy = useRef(false);
  const isShown = useIsShown();
  const isAllTouched = touched.has("*");
  const own = rules?.(draft.document) ?? [];

  const put = (attempt: Attempt<Document>): void => {
    // The server would make a new thing twice.
    if (isBusy.current) return;
    const { document } = attempt;
    setTouched(new Set(["*"]));
    if ((rules?.(document) ?? []).some(({ severity }) => severity !== "warning")) return;
    setRefusal(undefined);
    isBusy.current = true;
    // Not by the callbacks of `mutate`: who leaves the page at once, or saves again, would not hear of this one.
    void saving
      .mutateAsync({
        id: isSingle ? undefined : entity?.id,
        revision: entity === undefined && !isSingle ? undefined : attempt.revision,
        document,
      })
      .finally(() => {
        isBusy.current = false;
      })
      .then(
        (saved) => whenSaved(saved, attempt),
        (error: Error) => refused(error, attempt),
      );
  };

  const whenSaved = (saved: Saved<Document>, attempt: Attempt<Document>): void => {
    const isMade = entity === undefined && !isSingle;
    draft.settle(
      saved as Saved<Document & object>,
      attempt.typed as Document & object,
      isMade ? `${kind}.${saved.id}` : undefined,
    );
    setConflict(undefined);
    setTouched(new Set());
    toast({ text: t("state.saved", { time: clockTime(Date.now()) }) });
    onSaved?.(saved);
    if (isMade && isShown.current)
      void navigate(`${PAGES[kind]}/${encodeURIComponent(saved.id)}`, { replace: true });
  };

  const refused = (error: Error, attempt: Attempt<Document>): void => {
    if (!isStale(error)) return say(error);
    const current = error.more["current"] as Entity<Document>;
    const next = afterStale(attempt, current);
    // Differences that do not touch one another merge by themselves.
    if (next.clashes.length === 0) return put(next.attempt);
    if (!isShown.current) return say(error);
    const { changedBy, changedAt } = error.more;
    setConflict({
      merged: next.attempt.document,
      attempt: next.attempt,
      clashes: next.clashes,
      current,
      changedBy: typeof changedBy === "string" ? changedBy : current.changedBy,
      changedAt: typeof changedAt === "number" ? changedAt : current.changedAt,
    });
  };

  const say = (error: Error): void => {
    setRefusal(error instanceof ApiError ? error : new ApiError(0, { detail: error.message }));
    if (!isShown.current) toast({ text: error.message, tone: "bad" });
  };

  const said = refusal?.problems ?? [];
  const all = [...said, ...own];
  const errorAt = (path: string): string | undefined =>
    all.find((one) => isErrorAt(one, path) && (said.includes(one) || isAllTouched || touched.has(path)))
      ?.message;

  return {
    draft: draft as Draft<Document>,
    isNew: entity === undefined,
    isSaving: saving.isPending,
    errorAt,
    touch: (path) => setTouched((was) => new Set([...was, path])),
    problems: said.filter(({ pointer }) => pointer === "" || pointer === "/"),
    refusal,
    conflict,
    save: () => {
      const { document, before: base, revision } = draft;
      put({ document, base, revision, typed: document });
    },
    resolve: (document) => {
      if (conflict !== undefined) put({ ...conflict.attempt, document });
    },
    takeTheirs: () => {
      if (conflict === undefined) return;
      draft.take(conflict.current.document as Document & object, conflict.current.revision);
      setConflict(undefined);
    },
    remove: () => {
      if (entity === undefined) return;
      const { id, revision, key } = entity;
      void removing.mutateAsync({ id, revision }).then(() => {
        draft.drop();
        toast({ text: t("state.removed", { name: key }), undo: () => undoRemoval(id, key) });
        if (isShown.current) void navigate(PAGES[kind]);
      }, say);
    },
  };
}

/** Whether who asked is still on the page. */
function useIsShown(): { readonly current: boolean } {
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return isShown;
}
