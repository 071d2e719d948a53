import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { Turns } from "../turns.ts";

/** RFC 9106 §4 leaves the numbers to whoever runs it; these are the smallest of the OWASP cheat sheet: 19 MiB, two passes. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const TAG_BYTES = 32;
const NONCE_BYTES = 16;
/** Passwords that wait to be looked at; each takes some 50 ms of one of libuv's threads. */
const MAX_WAITING = 20;
/** What may stand in a stored hash: one from elsewhere must not take all memory. */
const MOST = { memory: 262_144, passes: 16, parallelism: 8 } as const;

/** What looking at a password costs: KiB, passes over them, lanes. */
export interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/**
 * Passwords, kept as argon2id in the PHC string format. It is worked out in libuv's threads, one at a time, so that neither
 * the control thread nor what else wants those threads waits for it.
 */
export class PasswordHashes {
  readonly #cost: Cost;
  readonly #turns = new Turns();
  #waiting = 0;
  /** Of a password that nobody has, so that an unknown name takes as long as a known one. */
  readonly #nobody: Promise<string>;

  /** Tests take a smaller cost. */
  constructor(cost = COST) {
    this.#cost = cost;
    this.#nobody = this.#made(randomBytes(24).toString("hex"));
  }

  /** Undefined: too many are waiting. */
  make(password: string): Promise<string | undefined> {
    return this.#queued(() => this.#made(password));
  }

  /** Whether it is this password; a hash that is not there is none. Undefined: too many are waiting. */
  verify(password: string, phc: string | undefined): Promise<boolean | undefined> {
    return this.#queued(async () => {
      const isRight = await matches(password, phc ?? (await this.#nobody));
      return isRight && phc !== undefined;
    });
  }

  async #queued<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#waiting >= MAX_WAITING) return undefined;
    this.#waiting += 1;
    try {
      return await this.#turns.take(work);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #made(password: string): Promise<string> {
    const nonce = randomBytes(NONCE_BYTES);
    const tag = await derive(password, nonce, TAG_BYTES, this.#cost);
    const { memory, passes, parallelism } = this.#cost;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
  }
}

async function matches(password: string, phc: string): Promise<boolean> {
  const [, memory, passes, parallelism, nonce = "", tag = ""] = PHC.exec(phc) ?? [];
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  // A hash that cannot be read is nobody's password.
  if (!(cost.memory <= MOST.memory && cost.passes <= MOST.passes && cost.parallelism <= MOST.parallelism))
    return false;
  const wanted = Buffer.from(tag, "base64");
  const got = await derive(password, Buffer.from(nonce, "base64"), wanted.length, cost);
  return timingSafeEqual(got, wanted);
}

function derive(password: string, nonce: Buffer, tagLength: number, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFC: the same letters typed on another keyboard (RFC 8265 §4.2.2).
    argon2("argon2id", { message: password.normalize("NFC"), nonce, tagLength, ...cost }, (error, tag) =>
      error === null ? resolve(tag) : reject(error),
    );
  });
}

/** The PHC format has no padding. */
function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64").replaceAll("=", "");
}
