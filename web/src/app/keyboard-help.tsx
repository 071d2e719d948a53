import { lazy, Suspense, useState } from "react";
import { useNavigate } from "react-router";
import { useShortcuts } from "../lib/shortcuts.ts";
import { useLater } from "./later.ts";

const KeyboardList = lazy(() => import("./keyboard-list.tsx"));

/** The keys that work everywhere, and the page that lists them. */
export function KeyboardHelp() {
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const go = (to: string) => () => void navigate(to);
  useShortcuts({
    "g h": go("/"),
    "g c": go("/calls"),
    "g p": go("/plans"),
    "g w": go("/webhooks"),
    w: go("/wallboard"),
    "?": () => setOpen(true),
    j: () => step(1),
    k: () => step(-1),
  });
  const isThere = useLater(isOpen);
  return (
    <Suspense>
      {isThere ? <KeyboardList isOpen={isOpen} onClose={() => setOpen(false)} /> : undefined}
    </Suspense>
  );
}

/** To the next or the one before of the rows that lead somewhere. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[at < 0 ? (by === 1 ? 0 : rows.length - 1) : at + by]?.focus();
}
