/** Holds one value for as long as it is registered. */
interface Slot<V> {
  value: V | undefined;
}

/**
 * What comes and goes with calls, by key, in the order of its coming: a Map that lets go of what it has given up. V8 links the
 * table that a Map has outgrown to the next one; once such a table is old, what was live in it survives every collection of
 * young objects until the next full one, and with it all that it holds (docs/adr/0131). Here dead tables hold empty slots.
 */
export class Registry<K extends string | number, V extends object> {
  readonly #slots = new Map<K, Slot<V>>();

  get size(): number {
    return this.#slots.size;
  }

  get(key: K): V | undefined {
    return this.#slots.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#slots.has(key);
  }

  set(key: K, value: V): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, { value });
    else slot.value = value;
  }

  /** True: it was there. */
  delete(key: K): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    slot.value = undefined;
    return this.#slots.delete(key);
  }

  clear(): void {
    for (const slot of this.#slots.values()) slot.value = undefined;
    this.#slots.clear();
  }

  /** What is deleted meanwhile is passed over, what is added comes too: as with a Map. */
  *values(): Generator<V, undefined> {
    for (const { value } of this.#slots.values()) if (value !== undefined) yield value;
  }

  *entries(): Generator<readonly [K, V], undefined> {
    for (const [key, { value }] of this.#slots) if (value !== undefined) yield [key, value];
  }
}
