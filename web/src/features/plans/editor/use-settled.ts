import { useDeferredValue, useEffect, useState } from "react";
import type { Store } from "../state/store.ts";

/** Nobody types two letters with so long between them who types at all. */
const QUIET_MS = 120;

/**
 * A piece of a store when it has not changed for a moment: what costs more than a frame waits until nobody types, and who looks at it
 * is not drawn for each letter. `piece` has to stay the same.
 */
export function useSettled<State, Piece>(store: Store<State>, piece: (state: State) => Piece): Piece {
  const [settled, setSettled] = useState(() => piece(store.get()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen: Piece | undefined;
    const look = (): void => {
      const now = piece(store.get());
      if (Object.is(now, seen)) return;
      seen = now;
      clearTimeout(timer);
      // The updater form: a piece may be a function.
      timer = setTimeout(() => setSettled(() => now), QUIET_MS);
    };
    look();
    const unsubscribe = store.subscribe(look);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store, piece]);
  return useDeferredValue(settled);
}
