import { lazy, Suspense, useEffect, useState } from "react";
import { useLater } from "./later.ts";
import { onOpenPalette } from "./palette-door.ts";

const PaletteDialog = lazy(() => import("./palette-dialog.tsx"));

/** Finds anything and does anything: `Ctrl K`. */
export function Palette() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => onOpenPalette(() => setOpen(true)), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const isThere = useLater(isOpen);
  return (
    <Suspense>
      {isThere ? <PaletteDialog isOpen={isOpen} onClose={() => setOpen(false)} /> : undefined}
    </Suspense>
  );
}
