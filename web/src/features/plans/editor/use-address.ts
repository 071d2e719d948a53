import { useCallback, useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import type { Editor } from "../state/editor.ts";
import { usePiece } from "../state/store.ts";

/**
 * The step that is looked at and the simulation stand in the address, so that each has one: for another tab, for somebody
 * else, for the back button.
 */
export function useAddress(editor: Editor): {
  readonly isSimulating: boolean;
  readonly setSimulating: (is: boolean) => void;
} {
  const [params, setParams] = useSearchParams();
  const selected = usePiece(editor.store, (state) => state.selected);
  const step = params.get("step") ?? undefined;
  const seen = useRef<string | undefined>(undefined);
  useEffect(() => {
    // The address changed: by a link, by going back, or when the page was opened.
    if (step !== seen.current) {
      seen.current = step;
      if (step !== editor.store.get().selected) editor.select(step);
    }
  }, [step, editor]);
  useEffect(() => {
    if (selected === seen.current) return;
    seen.current = selected;
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (selected === undefined) next.delete("step");
        else next.set("step", selected);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  }, [selected, setParams]);
  const setSimulating = useCallback(
    (is: boolean) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          if (is) next.set("simulate", "1");
          else next.delete("simulate");
          return next;
        },
        { preventScrollReset: true },
      ),
    [setParams],
  );
  return { isSimulating: params.get("simulate") === "1", setSimulating };
}
