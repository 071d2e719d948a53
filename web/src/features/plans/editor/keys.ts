import { type RefObject, useEffect } from "react";
import type { Editor } from "../state/editor.ts";
import { copyInto, loadYaml, pasteText } from "./clipboard-actions.ts";

/** Whether a key belongs to a field in which somebody types. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role=dialog], [role=menu], [role=listbox]") !== null)
  );
}

/** The step that has the keyboard, or is looked at. */
function stepOf(event: Event, editor: Editor): string | undefined {
  const row = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-step]") : null;
  return row?.dataset.step ?? editor.store.get().selected;
}

/** What the keyboard does on the page of a plan. */
export function useKeys(list: RefObject<HTMLElement | null>, editor: Editor, canEdit: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      // Copying and pasting begin so: the reader of YAML is there when the letter comes.
      if (event.key === "Control" || event.key === "Meta") void loadYaml();
      const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
      // Taking back is for the whole page: what was typed into a field of a step is an edit like any other.
      if (
        isUndo &&
        canEdit &&
        !(event.target instanceof HTMLElement && event.target.closest("[role=dialog], [data-own-undo]"))
      ) {
        event.preventDefault();
        if (event.shiftKey) editor.redo();
        else editor.undo();
        return;
      }
      if (isTyping(event.target) || !(event.target instanceof HTMLElement)) return;
      const number = event.target.closest<HTMLElement>("[data-step]")?.dataset.step;
      if (number !== undefined && onRow(event, number)) event.preventDefault();
    };
    const onRow = (event: KeyboardEvent, number: string): boolean => {
      const { key, altKey } = event;
      if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
        if (canEdit) editor.shift(number, key === "ArrowUp" ? "up" : "down");
        return true;
      }
      if (event.ctrlKey || event.metaKey || altKey) return false;
      if (key === "ArrowUp" || key === "ArrowDown")
        return walk(list.current, number, key === "ArrowUp" ? -1 : 1);
      if (key === "Delete" && canEdit) {
        editor.remove(number);
        return true;
      }
      if (key === "Escape") {
        editor.select(undefined);
        return true;
      }
      return false;
    };
    const onCopy = (event: ClipboardEvent): void => {
      const isCut = event.type === "cut";
      if (isTyping(event.target) || event.clipboardData === null || (isCut && !canEdit)) return;
      if ((getSelection()?.toString() ?? "") !== "") return;
      const number = stepOf(event, editor);
      const step = number === undefined ? undefined : editor.store.get().laid.byNumber.get(number)?.step;
      if (step === undefined || number === undefined) return;
      copyInto(event.clipboardData, [step]);
      event.preventDefault();
      if (isCut) editor.remove(number);
      else editor.say({ code: "copied", number });
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (isTyping(event.target) || event.clipboardData === null || !canEdit) return;
      const text = event.clipboardData.getData("text/plain");
      event.preventDefault();
      void pasteText(editor, text, stepOf(event, editor)).then((why) => {
        if (why === "notSteps") editor.say({ code: "notSteps" });
        else if (why !== undefined) editor.say({ code: "refused", why });
      });
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [list, editor, canEdit]);
}

/** Gives the keyboard to the row before or after, in the order of the page. */
function walk(list: HTMLElement | null, number: string, by: 1 | -1): boolean {
  const rows = [...(list?.querySelectorAll<HTMLElement>("[data-step]") ?? [])];
  const next = rows[rows.findIndex((row) => row.dataset.step === number) + by];
  const button = next?.querySelector("button");
  button?.focus();
  return button !== null && button !== undefined;
}
