import { randomFillSync } from "node:crypto";

/** Source of every identifier that must not be guessed; tests pass a seeded one (test/fakes/seeded-ids.ts). */
export interface Ids {
  /** `bits / 4` lower-case hexadecimal digits. */
  hex(bits: number): string;
  /** An integer in [0, below). */
  integer(below: number): number;
}

const POOL_BYTES = 16_384;

/** Cryptographically random ids, drawn from a pool so that a call does not pay one system call an id. */
export function randomIds(): Ids {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  const take = (bytes: number): number => {
    if (used + bytes > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const at = used;
    used += bytes;
    return at;
  };
  return {
    hex(bits) {
      const bytes = bits >> 3;
      const at = take(bytes);
      return pool.toString("hex", at, at + bytes);
    },
    integer(below) {
      return pool.readUInt32LE(take(4)) % below;
    },
  };
}
