import type { Ids } from "../runtime/ids.ts";
import { SdpOrigin } from "./sdp-origin.ts";

/** One early dialog that the caller sees: a leg, or one of the phones behind a leg that forks. */
export interface Fork {
  /** 0 is the first; the caller's INVITE gives each a To tag of its own. */
  readonly number: number;
  /** All SDP within one dialog has to be equal (RFC 3261 §13.2.1), so each has its own `o=` too. */
  readonly origin: SdpOrigin;
  /** The leg of its party. */
  readonly leg: number;
}

/** More than this ring for one caller unheard; one that answers is still connected. */
const MAX_FORKS = 64;

/** The caller's view of everybody who rings for it, by leg and To tag. */
export class Forks {
  readonly #ids: Ids;
  /** Our address towards the caller. */
  readonly #host: string;
  readonly #known = new Map<string, Fork>();

  constructor(ids: Ids, host: string) {
    this.#ids = ids;
    this.#host = host;
  }

  /** The fork of a party that rings; undefined beyond the limit. */
  ringing(leg: number, tag: string | undefined): Fork | undefined {
    const known = this.#known.get(key(leg, tag));
    return known ?? (this.#known.size < MAX_FORKS ? this.answering(leg, tag) : undefined);
  }

  /** The fork that the caller knows by this number. */
  numbered(number: number): Fork | undefined {
    for (const fork of this.#known.values()) if (fork.number === number) return fork;
    return undefined;
  }

  /** The fork of the party that answered. */
  answering(leg: number, tag: string | undefined): Fork {
    const name = key(leg, tag);
    let fork = this.#known.get(name);
    if (fork === undefined) {
      const origin = new SdpOrigin(String(this.#ids.integer(0x7fff_ffff)), this.#host);
      fork = { number: this.#known.size, origin, leg };
      this.#known.set(name, fork);
    }
    return fork;
  }
}

function key(leg: number, tag: string | undefined): string {
  return `${leg} ${tag ?? ""}`;
}
