/** More than this many makes an empty map dear, fewer makes a change of a large one dear: 10,000 entries lie 40 to a bucket. */
const BUCKETS = 256;

/**
 * A map that never changes: `with` gives another one that shares with it all that is the same (docs/adr/0058). Entries lie
 * in buckets by a hash of their key, and a change copies the buckets that it touches; so it costs the same in a map of ten
 * entries and of ten thousand. The order of its entries is not that in which they were put.
 */
export class PersistentMap<Value> implements ReadonlyMap<string, Value> {
  readonly size: number;
  readonly #buckets: readonly (ReadonlyMap<string, Value> | undefined)[];

  private constructor(buckets: readonly (ReadonlyMap<string, Value> | undefined)[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  /** The very same where it is one already. */
  static of<Value>(entries: Iterable<readonly [string, Value]>): PersistentMap<Value> {
    if (entries instanceof PersistentMap) return entries as PersistentMap<Value>;
    return new PersistentMap<Value>([], 0).with(entries, []);
  }

  /** Takes keys out, then puts entries in. */
  with(put: Iterable<readonly [string, Value]>, drop: Iterable<string>): PersistentMap<Value> {
    const buckets = Array.from({ length: BUCKETS }, (_, at) => this.#buckets[at]);
    const copied = new Map<number, Map<string, Value>>();
    let size = this.size;
    const own = (key: string): Map<string, Value> => {
      const at = bucketOf(key);
      let bucket = copied.get(at);
      if (bucket === undefined) {
        bucket = new Map(buckets[at]);
        copied.set(at, bucket);
        buckets[at] = bucket;
      }
      return bucket;
    };
    for (const key of drop) if (own(key).delete(key)) size -= 1;
    for (const [key, value] of put) {
      const bucket = own(key);
      if (!bucket.has(key)) size += 1;
      bucket.set(key, value);
    }
    return copied.size === 0 ? this : new PersistentMap(buckets, size);
  }

  /** Keys whose value is not the very same in both; looks only into buckets that the two do not share. */
  differing(other: PersistentMap<Value>): readonly string[] {
    const found: string[] = [];
    for (let at = 0; at < BUCKETS; at += 1) {
      const [own, its] = [this.#buckets[at], other.#buckets[at]];
      if (own === its) continue;
      for (const [key, value] of own ?? []) if (its?.get(key) !== value || !its.has(key)) found.push(key);
      for (const key of its?.keys() ?? []) if (own?.has(key) !== true) found.push(key);
    }
    return found;
  }

  get(key: string): Value | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) ?? false;
  }

  *entries(): MapIterator<[string, Value]> {
    for (const bucket of this.#buckets) if (bucket !== undefined) yield* bucket.entries();
    return undefined;
  }

  *keys(): MapIterator<string> {
    for (const bucket of this.#buckets) if (bucket !== undefined) yield* bucket.keys();
    return undefined;
  }

  *values(): MapIterator<Value> {
    for (const bucket of this.#buckets) if (bucket !== undefined) yield* bucket.values();
    return undefined;
  }

  forEach(visit: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }
}

/** FNV-1a (draft-eastlake-fnv §2) over UTF-16 units; its upper bits are the well mixed ones. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  return hash & (BUCKETS - 1);
}

/** Keys whose value is not the very same in both; of two maps that share most, it costs what they do not share. */
export function changedKeys<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): readonly string[] {
  return PersistentMap.of(after).differing(PersistentMap.of(before));
}
