import { useCallback, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { fetchProgram, type Load } from "./fetch-program.ts";
import { queryClient } from "./query.ts";

// What every page has and none begins with: dialogs. Their program comes when the first page stands and has what it asked for.

/** For a browser that does not say when it has nothing to do (Safari). */
const SOON_MS = 100;

let isQuiet = false;
let isWatched = false;
const listeners = new Set<() => void>();

function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(run);
  else setTimeout(run, SOON_MS);
}

/** Looks once there is nothing to do; where something is still asked, again when that has come. */
function look(): void {
  if (queryClient.isFetching() > 0) {
    const stop = queryClient.getQueryCache().subscribe(() => {
      if (queryClient.isFetching() > 0) return;
      stop();
      whenIdle(look);
    });
    return;
  }
  isQuiet = true;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!isWatched) whenIdle(look);
  isWatched = true;
  return () => listeners.delete(listener);
}

/**
 * A dialog whose program is fetched when it is opened, and else from when the page is at rest; `Dialog` is undefined until it is there.
 * Where it cannot be had, the page stays as it is and the dialog shut, and whoever opens it again has it asked for anew.
 */
export function useDialog<Component>(load: Load<Component>) {
  const [isOpen, setOpen] = useState(false);
  const { Dialog } = useDialogOf(
    load,
    isOpen,
    useCallback(() => setOpen(false), []),
  );
  return { Dialog, isOpen, setOpen };
}

/**
 * The same of a dialog that is open by something else, as by an address; `shut` is called where it cannot be had. Without a `load`
 * nothing is fetched: it is not for whoever is here.
 */
export function useDialogOf<Component>(load: Load<Component> | undefined, isOpen: boolean, shut: () => void) {
  const [Dialog, setDialog] = useState<Component>();
  const isRest = useSyncExternalStore(subscribe, () => isQuiet);
  const onMissing = useEffectEvent(() => {
    if (isOpen) shut();
  });
  useEffect(() => {
    if (load === undefined || (!isOpen && !isRest)) return;
    return fetchProgram(
      load,
      (made) => setDialog(() => made),
      () => onMissing(),
    );
  }, [load, isOpen, isRest]);
  useEffect(() => {
    if (!isOpen || Dialog !== undefined) return;
    addEventListener("keydown", swallow, true);
    return () => removeEventListener("keydown", swallow, true);
  }, [isOpen, Dialog]);
  return { Dialog };
}

/** What a dialog of `useDialog` is given. */
export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** What is typed for a dialog that is not there yet is no shortcut of the page behind it. */
function swallow(event: KeyboardEvent): void {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1) event.stopPropagation();
}

/** Of a dialog that was wanted before its program came: it opens once it stands, as only then it remembers what had the focus. */
export function useOpenOnceThere(isOpen: boolean): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setThere(true));
    return () => cancelAnimationFrame(frame);
  }, []);
  return isOpen && isThere;
}
