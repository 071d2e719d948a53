import { useMemo } from "react";
import type { Autosave } from "../state/autosave.ts";
import { type Editor, planOf } from "../state/editor.ts";
import { type Difference, differences } from "../tree/difference.ts";
import type { RawPlan } from "../tree/outline.ts";
import { useSettled } from "./use-settled.ts";
import type { Standing } from "./view.ts";

/** What calls take. */
export interface Published {
  readonly version: number;
  readonly document: RawPlan;
}

/** How a draft stands to what calls take, and what differs: step by step, for what a plan is called is no part of its draft. */
export function useStanding(
  editor: Editor,
  autosave: Autosave,
  { version, document }: Published,
): { readonly standing: Standing; readonly changes: readonly Difference[] } {
  const { name } = document;
  // What differs is counted when nobody types.
  const draft = useSettled(editor.store, planOf);
  const changes = useMemo(() => differences(document, { ...draft, name: document.name }), [document, draft]);
  const isDraft = changes.length > 0;
  const standing = useMemo(() => ({ name, version, isDraft, autosave }), [name, version, isDraft, autosave]);
  return { standing, changes };
}
