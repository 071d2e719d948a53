/**
 * What other maps hold, seen as one map without copying any: of a key that several have, what the last of them has; each
 * value made when it is asked for.
 */
export class MapView<From, Value> implements ReadonlyMap<string, Value> {
  readonly #maps: readonly ReadonlyMap<string, From>[];
  readonly #make: (from: From) => Value;

  constructor(maps: readonly ReadonlyMap<string, From>[], make: (from: From) => Value) {
    this.#maps = maps;
    this.#make = make;
  }

  get size(): number {
    return new Set(this.keys()).size;
  }

  get(key: string): Value | undefined {
    const holder = this.#maps.findLast((map) => map.has(key));
    return holder === undefined ? undefined : this.#make(holder.get(key) as From);
  }

  has(key: string): boolean {
    return this.#maps.some((map) => map.has(key));
  }

  *entries(): MapIterator<[string, Value]> {
    for (const key of this.keys()) yield [key, this.get(key) as Value];
    return undefined;
  }

  *keys(): MapIterator<string> {
    for (const [at, map] of this.#maps.entries())
      for (const key of map.keys())
        if (!this.#maps.slice(0, at).some((earlier) => earlier.has(key))) yield key;
    return undefined;
  }

  *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  forEach(visit: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }
}
