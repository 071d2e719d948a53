import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Autosave } from "../state/autosave.ts";
import { type Editor, editorOf } from "../state/editor.ts";
import { keepHistory, keepUnsaved, keptHistory, keptUnsaved, tabName } from "../state/kept-edits.ts";
import { type DraftAnswer, planKeys, saveDraft } from "../state/requests.ts";

/** What a tab left unsaved is taken over by another one when it is this old: the tab that made it is gone. */
const ABANDONED_MS = 60_000;
/** Keeping what can be taken back costs a pass over the plan: not for each letter. */
const KEEP_MS = 300;

/**
 * The editor of a draft with its saving: goes on where this tab was before a reload, with what was not saved and what can be
 * taken back.
 */
export function useEditorSession(
  id: string,
  first: DraftAnswer,
  merged: (changedBy: string | undefined) => void,
): { readonly editor: Editor; readonly autosave: Autosave } {
  const client = useQueryClient();
  const [session] = useState(() => begin(id, first, merged));
  const { editor, autosave } = session;
  useEffect(() => {
    session.start();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (): void => keepHistory(id, editor.store.get().history);
    const unsubscribe = editor.store.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(keep, KEEP_MS);
    });
    const online = (): void => void autosave.flush();
    window.addEventListener("pagehide", keep);
    window.addEventListener("online", online);
    return () => {
      clearTimeout(timer);
      unsubscribe();
      window.removeEventListener("pagehide", keep);
      window.removeEventListener("online", online);
      keep();
      void autosave.flush().then(() => client.invalidateQueries({ queryKey: planKeys.list }));
      autosave.stop();
    };
  }, [id, session, editor, autosave, client]);
  return session;
}

function begin(id: string, first: DraftAnswer, merged: (changedBy: string | undefined) => void) {
  const tab = tabName();
  const left = keptUnsaved(id);
  const unsaved =
    left !== undefined && (left.tab === tab || Date.now() - left.at > ABANDONED_MS) ? left : undefined;
  const editor = editorOf(keptHistory(id, unsaved?.plan ?? first.document));
  const base =
    unsaved === undefined
      ? { plan: first.document, revision: first.revision }
      : { plan: unsaved.base, revision: unsaved.revision };
  const autosave = new Autosave(editor, base, {
    send: (plan, revision) => saveDraft(id, plan, revision),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    keep: (value) => keepUnsaved(id, value === undefined ? undefined : { ...value, at: Date.now(), tab }),
    merged,
  });
  const start = (): void => {
    if (unsaved === undefined) return;
    autosave.heard({ plan: first.document, revision: first.revision }, first.changedBy, first.changedAt);
    void autosave.flush();
  };
  return { editor, autosave, start };
}
