import { useEffect, useEffectEvent } from "react";
import { keep, kept } from "./kept.ts";

/** `n`, `/`, `j`, `Escape`, or two in a row: `g c`. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const SINGLE = "single-keys";
const SECOND_KEY_MS = 1200;

/** Whether keys of one letter do something: they can be switched off (WCAG 2.1.4). */
export function singleKeys(): boolean {
  return kept(SINGLE) !== "off";
}
export function setSingleKeys(isOn: boolean): void {
  keep(SINGLE, isOn ? undefined : "off");
}

/** Inputs that are chosen or pressed: no letter goes there. */
const NOT_TYPED: readonly string[] = ["radio", "checkbox", "button", "submit", "reset"];

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (target instanceof HTMLInputElement && !NOT_TYPED.includes(target.type)) ||
      ["TEXTAREA", "SELECT"].includes(target.tagName) ||
      target.closest("[role=dialog], [role=menu]") !== null)
  );
}

/**
 * Ctrl S, or ⌘S, on a page with a form; also while somebody types. Where `save` is undefined there is nothing to save, and the browser
 * does not ask where to keep the page either.
 */
export function useSaveKey(save: (() => void) | undefined): void {
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // A key that is held comes again and again.
    if (!event.repeat) save?.();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
}

/** Keys that do something while a page is shown, unless somebody types. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const actionOf = useEffectEvent((key: string) => shortcuts[key]);
  useEffect(() => {
    let first: { readonly key: string; readonly at: number } | undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || (event.key.length === 1 && !singleKeys())) return;
      const isSecond = first !== undefined && event.timeStamp - first.at < SECOND_KEY_MS;
      const pair = isSecond ? `${first?.key} ${event.key}` : event.key;
      const action = actionOf(pair) ?? actionOf(event.key);
      first = { key: event.key, at: event.timeStamp };
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
