let isPressed = false;

if (typeof document !== "undefined") {
  addEventListener("pointerdown", () => press(true), true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => press(false), true);
}

/**
 * Runs this at once, or where something is being pressed, when that was let go of and clicked: what appears between pressing and letting
 * go moves what is below it from under the pointer, and the click is lost.
 */
export function afterPress(run: () => void): void {
  if (!isPressed) return run();
  const end = new AbortController();
  const released = (): void => {
    end.abort();
    // The click comes right behind.
    setTimeout(run, 0);
  };
  for (const type of ["pointerup", "pointercancel"])
    addEventListener(type, released, { capture: true, signal: end.signal });
}

function press(now: boolean): void {
  isPressed = now;
}
