import { useNavigate } from "react-router";
import { useDialog } from "../lib/later.ts";
import { useShortcuts } from "../lib/shortcuts.ts";

const load = () => import("./keyboard-list.tsx");

/** The keys that work everywhere, and the page that lists them. */
export function KeyboardHelp() {
  const { Dialog, isOpen, setOpen } = useDialog(load);
  const navigate = useNavigate();
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
  return Dialog === undefined ? undefined : <Dialog isOpen={isOpen} onClose={() => setOpen(false)} />;
}

/** To the next or the one before of the rows that lead somewhere. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[at < 0 ? (by === 1 ? 0 : rows.length - 1) : at + by]?.focus();
}
