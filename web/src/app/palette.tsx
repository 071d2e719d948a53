import { useEffect } from "react";
import { useDialog } from "./later.ts";
import { onOpenPalette } from "./palette-door.ts";

const load = () => import("./palette-dialog.tsx");

/** Finds anything and does anything: `Ctrl K`. */
export function Palette() {
  const { Dialog, isOpen, setOpen } = useDialog(load);
  useEffect(() => onOpenPalette(() => setOpen(true)), [setOpen]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [setOpen]);
  return Dialog === undefined ? undefined : <Dialog isOpen={isOpen} onClose={() => setOpen(false)} />;
}
