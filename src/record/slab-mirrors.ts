import type { Portion } from "./portion.ts";

interface Mirror {
  readonly shared: Uint8Array;
  readonly octets: Uint8Array<ArrayBuffer>;
}

/**
 * Plain memory in which each portion stands where it stands in its slab. A copy, for views of shared memory cost more to make
 * and to read; and memory that stays, for what is allocated for each portion makes the collector go over all objects again and
 * again. A slab is written to anew once all in it is on disk: until then what is in its mirror stays too.
 */
export class SlabMirrors {
  readonly #mirrors = new Map<number, Mirror>();

  /** Octets that hold this portion, and where it begins in them. Throws a RangeError where its slab was never told. */
  copied({ slab, memory, from, to }: Portion): {
    readonly octets: Uint8Array<ArrayBuffer>;
    readonly at: number;
  } {
    // A slab of a burst is forgotten: a mirror of all of it would be made for each of its portions.
    if (slab === undefined && memory !== undefined)
      return { octets: new Uint8Array(new Uint8Array(memory, from, to - from)), at: 0 };
    const { shared, octets } = this.#mirrorOf(slab, memory);
    octets.set(shared.subarray(from, to), from);
    return { octets, at: from };
  }

  #mirrorOf(slab: number | undefined, memory: SharedArrayBuffer | undefined): Mirror {
    const known = slab === undefined ? undefined : this.#mirrors.get(slab);
    // Handed over again, what is in the mirror is still used.
    if (known !== undefined) return known;
    if (slab === undefined || memory === undefined) throw new RangeError(`slab ${slab} is not known`);
    const made = { shared: new Uint8Array(memory), octets: new Uint8Array(memory.byteLength) };
    this.#mirrors.set(slab, made);
    return made;
  }
}
