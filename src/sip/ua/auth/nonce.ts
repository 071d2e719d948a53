import { createHmac } from "node:crypto";
import type { Clock } from "../../../runtime/clock.ts";
import type { Ids } from "../../../runtime/ids.ts";
import { sourceKey } from "../../transport/address.ts";
import { equalsConstantTime } from "./digest.ts";

/** `unknown`: not made by us for this source; `used`: with this count, or without one, before. */
export type NonceState = "fresh" | "expired" | "unknown" | "used";

export interface NonceOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Key of the HMAC, at least 128 random bits. Best made anew at each start. */
  readonly secret: string;
  readonly lifetimeMs: number;
  /** Nonces in use that are remembered at once. */
  readonly tableSize: number;
}

/** Counts of one nonce that have been used: the highest, and which of the `WINDOW` below it. */
interface Usage {
  readonly issuedAt: number;
  highest: number;
  /** Bit i: count `highest - i` was used; bits 0–31 and 32–63. */
  low: number;
  high: number;
  /** Used by a client that does not count (RFC 2069): never again. */
  spent: boolean;
}

const WINDOW = 64;
const TIME_DIGITS = 12;
const RANDOM_DIGITS = 16;
const MAC_DIGITS = 32;
const NONCE_DIGITS = TIME_DIGITS + RANDOM_DIGITS + MAC_DIGITS;

function isUsed(usage: Usage, nc: number): boolean {
  const back = usage.highest - nc;
  if (back < 0) return false;
  if (back >= WINDOW) return true;
  return back < 32 ? ((usage.low >>> back) & 1) === 1 : ((usage.high >>> (back - 32)) & 1) === 1;
}

function markUsed(usage: Usage, nc: number): void {
  const ahead = nc - usage.highest;
  if (ahead > 0) {
    if (ahead >= WINDOW) {
      usage.high = 0;
      usage.low = 0;
    } else if (ahead >= 32) {
      usage.high = usage.low << (ahead - 32);
      usage.low = 0;
    } else {
      usage.high = (usage.high << ahead) | (usage.low >>> (32 - ahead));
      usage.low <<= ahead;
    }
    usage.low |= 1;
    usage.highest = nc;
    return;
  }
  const back = -ahead;
  if (back < 32) usage.low |= 1 << back;
  else if (back < WINDOW) usage.high |= 1 << (back - 32);
}

/**
 * The nonces of a digest server. A nonce carries its time, 64 random bits and an HMAC over both and over the
 * source it was given to, so issuing one costs no memory, and whoever answers one has shown that packets to
 * that source reach him. Only nonces used with the right password are remembered.
 */
export class Nonces {
  readonly #options: NonceOptions;
  readonly #usages = new Map<string, Usage>();
  /** Nonces issued at or before this moment are expired, however young: their usage has been forgotten. */
  #forgottenUpTo = -1;

  constructor(options: NonceOptions) {
    this.#options = options;
  }

  /** How many used nonces are remembered. */
  get size(): number {
    return this.#usages.size;
  }

  /** A nonce for an address; 60 lower-case hexadecimal digits. */
  issue(address: string): string {
    const { clock, ids } = this.#options;
    const stamp =
      Math.floor(clock.now()).toString(16).padStart(TIME_DIGITS, "0") + ids.hex(RANDOM_DIGITS * 4);
    return stamp + this.#mac(stamp, address);
  }

  /** What a nonce is worth, with the count that came with it (undefined: the client does not count). */
  state(nonce: string, address: string, nc: number | undefined): NonceState {
    if (nonce.length !== NONCE_DIGITS) return "unknown";
    const stamp = nonce.slice(0, TIME_DIGITS + RANDOM_DIGITS);
    if (!equalsConstantTime(nonce.slice(TIME_DIGITS + RANDOM_DIGITS), this.#mac(stamp, address)))
      return "unknown";
    const issuedAt = issueTime(nonce);
    if (this.#options.clock.now() - issuedAt >= this.#options.lifetimeMs) return "expired";
    if (issuedAt <= this.#forgottenUpTo) return "expired";
    const usage = this.#usages.get(nonce);
    if (usage === undefined) return "fresh";
    return usage.spent || nc === undefined || isUsed(usage, nc) ? "used" : "fresh";
  }

  /** Remembers that a fresh nonce was used with the right password. */
  use(nonce: string, nc: number | undefined): void {
    let usage = this.#usages.get(nonce);
    if (usage === undefined) {
      this.#forget();
      usage = { issuedAt: issueTime(nonce), highest: 0, low: 0, high: 0, spent: false };
      this.#usages.set(nonce, usage);
    }
    if (nc === undefined) usage.spent = true;
    else markUsed(usage, nc);
  }

  /** Drops what has expired; when the table is full all the same, the oldest goes and what is older expires with it. */
  #forget(): void {
    const expired = this.#options.clock.now() - this.#options.lifetimeMs;
    for (const [nonce, usage] of this.#usages) {
      const full = this.#usages.size >= this.#options.tableSize;
      if (usage.issuedAt > expired && !full) return;
      if (usage.issuedAt > expired) this.#forgottenUpTo = Math.max(this.#forgottenUpTo, usage.issuedAt);
      this.#usages.delete(nonce);
    }
  }

  #mac(stamp: string, address: string): string {
    const { secret } = this.#options;
    return createHmac("sha256", secret)
      .update(stamp)
      .update(sourceKey(address))
      .digest("hex")
      .slice(0, MAC_DIGITS);
  }
}

function issueTime(nonce: string): number {
  return Number.parseInt(nonce.slice(0, TIME_DIGITS), 16);
}
