/** Of a keyboard's event what is needed here. */
interface Key extends Event {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What is typed for a field that is not there yet. */
export interface TypedAhead {
  /** The text so far; nothing is kept from then on. The field asks when it has the focus. */
  take(): string;
}

/**
 * Keeps what is typed from now on, whatever has the focus, and lets nobody else have it: no field, no shortcut of a page, no button
 * that Enter would press. Keys that make no text go their way.
 */
export function typedAhead(where: EventTarget): TypedAhead {
  let text = "";
  const listener = (event: Event): void => {
    const key = event as Key;
    if (key.ctrlKey || key.metaKey || key.altKey) return;
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
