/** For so long after a break the same file is not asked for again: who wants it may want it at every turn. */
const REST_MS = 5_000;

/** A file that is fetched when it is first wanted, and what is in it once it is there. */
interface Shelf<Content> {
  readonly get: () => Content | undefined;
  readonly subscribe: (listener: () => void) => () => void;
  /** Has it fetched, unless it is there or on its way. What breaks is fetched anew by who wants it next, after a rest. */
  readonly want: () => void;
}

/** A shelf for the file that `load` fetches; `now`: milliseconds of any beginning. */
export function shelfOf<Content>(
  load: () => Promise<{ readonly default: Content }>,
  now: () => number = () => performance.now(),
): Shelf<Content> {
  const listeners = new Set<() => void>();
  let content: Content | undefined;
  let isAsked = false;
  let restsUntil = Number.NEGATIVE_INFINITY;
  return {
    get: () => content,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    want() {
      if (isAsked || now() < restsUntil) return;
      isAsked = true;
      load().then(
        (file) => {
          content = file.default;
          for (const listener of listeners) listener();
        },
        () => {
          isAsked = false;
          restsUntil = now() + REST_MS;
        },
      );
    },
  };
}
