import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useHappenings } from "../../../lib/live/live.ts";
import { useMay, useUser } from "../../../lib/session.ts";
import { Autosave, type Saved } from "../state/autosave.ts";
import { type Editor, editorOf } from "../state/editor.ts";
import {
  forgetUnsaved,
  keepHistory,
  keepUnsaved,
  keptHistory,
  leaveUnsaved,
  tabName,
  takeUnsaved,
} from "../state/kept-edits.ts";
import { type DraftAnswer, planKeys, readDraft, readOf, saveDraft } from "../state/requests.ts";

/** Keeping what can be taken back costs a pass over the plan: not for each letter. */
const KEEP_MS = 300;

/**
 * The editor of a draft with its saving: goes on where this tab was before a reload, with what was not saved and what can be
 * taken back; and with what others do to the draft meanwhile. `published`: the version that calls take.
 */
export function useEditorSession(
  id: string,
  first: DraftAnswer,
  published: number,
  merged: (changedBy: string | undefined) => void,
): { readonly editor: Editor; readonly autosave: Autosave } {
  const client = useQueryClient();
  const signedIn = useUser();
  const isEditor = useMay("editor");
  // Of a page that is only looked at nothing is kept, and nothing is sent.
  const user = isEditor ? signedIn : undefined;
  const [session] = useState(() => begin(id, first, merged, user));
  const { editor, autosave } = session;
  useEffect(() => {
    session.start();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (): void => keepHistory(id, editor.store.get().history);
    const unsubscribe = editor.store.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(keep, KEEP_MS);
    });
    const leave = (): void => {
      keep();
      session.leave();
    };
    const online = (): void => void autosave.flush();
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", online);
    return () => {
      clearTimeout(timer);
      unsubscribe();
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("online", online);
      keep();
      void autosave.flush().then(() => client.invalidateQueries({ queryKey: planKeys.list }));
      autosave.stop();
    };
  }, [id, session, editor, autosave, client]);
  // What somebody else, or another tab, did is taken in at once: what is done here is done to it, not instead of it.
  useHappenings(
    useCallback(
      ({ topic, data }) => {
        if (topic === "reset") void autosave.look();
        if (topic === "draft.changed" && isAbout(data, id)) void autosave.look(data.revision);
      },
      [id, autosave],
    ),
  );
  useEffect(() => {
    if (autosave.base().basedOn < published) void autosave.look();
  }, [autosave, published]);
  return session;
}

function isAbout(data: unknown, id: string): data is { readonly revision: number } {
  const { id: plan, revision } = (data ?? {}) as { readonly id?: unknown; readonly revision?: unknown };
  return plan === id && typeof revision === "number";
}

/** `user`: whose unsaved edits are gone on with, and are kept; undefined: nobody's. */
function begin(
  id: string,
  first: DraftAnswer,
  merged: (changedBy: string | undefined) => void,
  user: string | undefined,
) {
  const tab = tabName();
  const unsaved = user === undefined ? undefined : takeUnsaved(id, user, tab, Date.now());
  const editor = editorOf(keptHistory(id, unsaved?.plan ?? first.document));
  const read = readOf(first);
  const base: Saved =
    unsaved === undefined
      ? read.theirs
      : { plan: unsaved.base, revision: unsaved.revision, basedOn: unsaved.basedOn };
  const autosave = new Autosave(editor, base, {
    send: (plan, madeFrom) => saveDraft(id, plan, madeFrom),
    read: () => readDraft(id),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    keep(value) {
      if (user === undefined) return;
      if (value === undefined) return forgetUnsaved(id, user, tab);
      const {
        plan,
        base: { plan: before, revision, basedOn },
      } = value;
      keepUnsaved(id, user, { plan, base: before, revision, basedOn, at: Date.now(), tab });
    },
    merged,
  });
  const start = (): void => {
    if (unsaved === undefined) return;
    autosave.heard(read);
    void autosave.flush();
  };
  const leave = (): void => {
    if (user !== undefined) leaveUnsaved(id, user, tab);
  };
  return { editor, autosave, start, leave };
}
