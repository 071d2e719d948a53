import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useToast } from "../components/toast.tsx";
import { ApiError, type DocumentProblem, isStale, whyNot } from "./api-error.ts";
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
import { isError } from "./field-problems.ts";
import { type FormProblems, useFormProblems } from "./form-problems.ts";
import { clockTime } from "./format.ts";
import { useIsShown } from "./is-shown.ts";
import type { Clash } from "./merge.ts";
import { isSingleKind, rememberEntity } from "./remember-entity.ts";
import { sessionOptions } from "./session.ts";
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

export interface Editor<Document>
  extends Pick<FormProblems, "errorAt" | "touch" | "problems" | "refusal" | "stops"> {
  readonly kind: KindName;
  readonly draft: Draft<Document>;
  readonly isNew: boolean;
  readonly isSaving: boolean;
  readonly conflict: Conflict<Document> | undefined;
  readonly save: () => void;
  /** Saves this in place of what is there now. */
  readonly resolve: (document: Document) => void;
  readonly takeTheirs: () => void;
  readonly remove: () => void;
}

/** What is wrong with a document, as the rules say that the server has too. */
export type Rules<Document> = (document: Document) => readonly DocumentProblem[];

/** Since the session was asked for, a file was applied that keeps the configuration: the form says so by itself. */
function isKeptInFile(error: Error): boolean {
  return error instanceof ApiError && error.code === "keptInFile";
}

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
  const client = useQueryClient();
  const draft = useDraft<Document & object>(
    `${kind}.${entity?.id ?? "new"}`,
    (entity?.document ?? blank) as Document & object,
    entity?.revision ?? 0,
    forget as ((document: Document & object) => Document & object) | undefined,
  );
  const [conflict, setConflict] = useState<Conflict<Document>>();
  const saving = useSaveEntity(kind);
  // Of what there is one, nothing is removed.
  const removing = useRemoveEntity(kind as ListKind);
  const undoRemoval = useUndoRemoval(kind as ListKind);
  const isSingle = isSingleKind(kind);
  const isBusy = useRef(false);
  const isShown = useIsShown();
  const said = useFormProblems(draft.document, rules?.(draft.document) ?? []);

  const put = (attempt: Attempt<Document>): void => {
    // The server would make a new thing twice.
    if (isBusy.current) return;
    const { document } = attempt;
    said.begin();
    const wrong = (rules?.(document) ?? []).filter(isError);
    if (wrong.length > 0) return said.stop(wrong, document === attempt.typed);
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
    said.end();
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
    const { attempt: merged, clashes } = next;
    // Whoever takes theirs is shown what was read last, which would be the one before it.
    void rememberEntity(client, kind, current);
    const changed = whoChanged(error, current);
    setConflict({ merged: merged.document, attempt: merged, clashes, current, ...changed });
  };

  const say = (error: Error): void => {
    said.refuse(error);
    if (isKeptInFile(error)) void client.invalidateQueries({ queryKey: sessionOptions.queryKey });
    if (!isShown.current) toast({ text: whyNot(error, t("state.notReached")), tone: "bad" });
  };

  return {
    kind,
    draft: draft as Draft<Document>,
    isNew: entity === undefined,
    isSaving: saving.isPending,
    errorAt: said.errorAt,
    touch: said.touch,
    problems: said.problems,
    refusal: said.refusal,
    stops: said.stops,
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

/** Who saved meanwhile, and when: the refusal says it, else what is there now. */
function whoChanged(
  { more: { changedBy, changedAt } }: ApiError,
  current: Entity<unknown>,
): Pick<Conflict<unknown>, "changedBy" | "changedAt"> {
  return {
    changedBy: typeof changedBy === "string" ? changedBy : current.changedBy,
    changedAt: typeof changedAt === "number" ? changedAt : current.changedAt,
  };
}
