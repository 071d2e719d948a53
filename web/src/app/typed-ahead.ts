/** Of a keyboard's event what is needed here. */
interface Key extends Event {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
}

/** Whether a key is a character that Option makes on a Mac (`@`, `ß`). Elsewhere Alt changes no character: Alt D is a shortcut. */
const isMadeByOption = (key: string): boolean => [...key].length === 1 && !/[a-z0-9 ]/i.test(key);

/** What is typed for a field that is not there yet. */
export interface TypedAhead {
  /** The text so far; nothing is kept from then on. The field asks when it has the focus. */
  take(): string;
}

/**
 * Keeps what is typed from now on, whatever has the focus, and lets nobody else have it: no field, no shortcut of a page, no button
 * that Enter would press. Keys that make no text go their way, as do those of an input method and accents on their way: what they make
 * is not known yet, and the browser does not let them be stopped, so that it lands in the field that has the focus.
 */
export function typedAhead(where: EventTarget): TypedAhead {
  let text = "";
  const listener = (event: Event): void => {
    const key = event as Key;
    if (key.ctrlKey || key.metaKey || key.isComposing || (key.altKey && !isMadeByOption(key.key))) return;
    if (key.key === "Backspace") text = [...text].slice(0, -1).join("");
    else if ([...key.key].length === 1) text += key.key;
    else if (key.key !== "Enter") return;
    key.preventDefault();
    key.stopPropagation();
  };
  where.addEventListener("keydown", listener, { capture: true });
  return {
    take() {
      where.removeEventListener("keydown", listener, { capture: true });
      const taken = text;
      text = "";
      return taken;
    },
  };
}

/** Calls `leave` when somebody turns away from what is not there yet: Escape, which nobody else gets, or a press anywhere; answers how to stop that. */
export function onTurnAway(where: EventTarget, leave: () => void): () => void {
  const onKey = (event: Event): void => {
    if ((event as Key).key !== "Escape") return;
    event.stopPropagation();
    leave();
  };
  where.addEventListener("keydown", onKey, { capture: true });
  where.addEventListener("pointerdown", leave, { capture: true });
  return () => {
    where.removeEventListener("keydown", onKey, { capture: true });
    where.removeEventListener("pointerdown", leave, { capture: true });
  };
}
