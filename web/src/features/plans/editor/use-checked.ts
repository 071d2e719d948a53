import { useEffect } from "react";
import { compile } from "../../../../../src/dialplan/compile.ts";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import { type Editor, planOf, problemsByStep } from "../state/editor.ts";
import { useSettled } from "./use-settled.ts";

/** Checks the plan as it is edited, by the code that the server checks it with; after what was typed is shown. */
export function useChecked(editor: Editor, directory: Directory): void {
  const plan = useSettled(editor.store, planOf);
  useEffect(() => {
    const compiled = compile(plan, directory);
    const problems = problemsByStep(compiled.ok ? [] : compiled.error);
    editor.store.set((state) =>
      state.problems.size === 0 && problems.size === 0 ? state : { ...state, problems },
    );
  }, [editor, plan, directory]);
}
