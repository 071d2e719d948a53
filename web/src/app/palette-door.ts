const OPEN = "switchhook:palette";

/** Opens the search and command palette, from wherever. */
export function openPalette(): void {
  dispatchEvent(new Event(OPEN));
}

/** Calls the listener each time that the palette shall open; answers how to stop that. */
export function onOpenPalette(listener: () => void): () => void {
  addEventListener(OPEN, listener);
  return () => removeEventListener(OPEN, listener);
}
