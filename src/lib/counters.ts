/** Where a room counts what happens in it. A name may carry labels: `sip_datagrams_dropped{reason="rate"}`. */
export interface Counters {
  /** Adds `n`, by default 1. */
  add(name: string, n?: number): void;
}

/** Counters that can be read: in tests, and for `/metrics`. */
export interface CounterStore extends Counters {
  /** The value of one counter; 0 when nothing was ever added. */
  get(name: string): number;
  /** A copy of all counters, ordered by name. */
  snapshot(): Readonly<Record<string, number>>;
}

class Cell {
  value = 0;
}

/**
 * Counters in memory. Names come from the code, never from the network, so their number is bounded; whoever puts
 * a label on a name sees to it that the label has few values.
 */
export function createCounters(): CounterStore {
  const cells = new Map<string, Cell>();
  return {
    add(name, n = 1) {
      let cell = cells.get(name);
      if (cell === undefined) {
        cell = new Cell();
        cells.set(name, cell);
      }
      cell.value += n;
    },
    get: (name) => cells.get(name)?.value ?? 0,
    snapshot() {
      const all = Object.create(null) as Record<string, number>;
      for (const name of [...cells.keys()].sort()) all[name] = cells.get(name)?.value ?? 0;
      return all;
    },
  };
}
