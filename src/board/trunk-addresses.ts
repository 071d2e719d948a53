import { GenerationCache } from "../lib/generation-cache.ts";

/** More addresses than that are not kept: those that were not asked about lately go. */
const REMEMBERED = 4096;
const TRUNKS_AT_ONE = 8;

/**
 * Addresses that the names among trunks' hosts led to. They make nobody a trunk who calls from there (that is what
 * `acceptFrom` is for); they only say that such an address is a trunk's.
 */
export class TrunkAddresses {
  readonly #names = new GenerationCache<string, readonly string[]>(REMEMBERED);

  note(trunk: string, address: string): void {
    const names = this.#names.get(address) ?? [];
    if (!names.includes(trunk)) this.#names.set(address, [...names, trunk].slice(-TRUNKS_AT_ONE));
  }

  /** Names of the trunks that are there. */
  at(address: string): readonly string[] {
    return this.#names.get(address) ?? NONE;
  }
}

const NONE: readonly string[] = [];
