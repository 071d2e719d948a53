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

  /** Octets that hold this portion, from `from` to `to`. Throws a RangeError where its slab was never told. */
  copied({ slab, memory, from, to }: Portion): Uint8Array<ArrayBuffer> {
    const { shared, octets } = memory === undefined ? this.#known(slab) : this.#told(slab, memory);
    octets.set(shared.subarray(from, to), from);
    return octets;
  }

  #known(slab: number | undefined): Mirror {
    const mirror = slab === undefined ? undefined : this.#mirrors.get(slab);
    if (mirror === undefined) throw new RangeError(`slab ${slab} is not known`);
    return mirror;
  }

  #told(slab: number | undefined, memory: SharedArrayBuffer): Mirror {
    const known = slab === undefined ? undefined : this.#mirrors.get(slab);
    // Handed over again, what is in the mirror is still used.
    if (known !== undefined) return known;
    const made = { shared: new Uint8Array(memory), octets: new Uint8Array(memory.byteLength) };
    if (slab !== undefined) this.#mirrors.set(slab, made);
    return made;
  }
}
