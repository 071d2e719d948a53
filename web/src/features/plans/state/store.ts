import { useSyncExternalStore } from "react";

/** A value that parts of a page look at, each at the piece that it shows. */
export interface Store<State> {
  readonly get: () => State;
  readonly set: (change: (state: State) => State) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function storeOf<State>(first: State): Store<State> {
  let state = first;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      const next = change(state);
      if (Object.is(next, state)) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The piece of a store that a component shows; it is drawn again only when that piece is another one. */
export function usePiece<State, Piece>(store: Store<State>, piece: (state: State) => Piece): Piece {
  return useSyncExternalStore(store.subscribe, () => piece(store.get()));
}
