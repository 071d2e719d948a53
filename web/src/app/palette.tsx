import { useEffect, useRef } from "react";
import { useDialog } from "../lib/later.ts";
import { onOpenPalette } from "./palette-door.ts";
import { onTurnAway, type TypedAhead, typedAhead } from "./typed-ahead.ts";

const load = () => import("./palette-dialog.tsx");

/** Finds anything and does anything: `Ctrl K`. What is typed before it stands is in its field when it does. */
export function Palette() {
  const { Dialog, isOpen, setOpen } = useDialog(load);
  const typed = useRef<TypedAhead>(undefined);
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
  useEffect(() => {
    if (!isOpen) return;
    const ahead = typedAhead(window);
    typed.current = ahead;
    return () => void ahead.take();
  }, [isOpen]);
  useEffect(() => {
    if (isOpen && Dialog === undefined) return onTurnAway(window, () => setOpen(false));
    return;
  }, [isOpen, Dialog, setOpen]);
  return Dialog === undefined ? undefined : (
    <Dialog isOpen={isOpen} onClose={() => setOpen(false)} takeTyped={() => typed.current?.take() ?? ""} />
  );
}
