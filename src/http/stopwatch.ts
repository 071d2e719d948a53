/** Parts of a request, in their order; after a redirect they come again. */
export type RequestPart = "dns" | "connect" | "tls" | "firstByte" | "body";

/** How long each part took, over all hops, in milliseconds; undefined: there was none. */
export type Timings = { readonly [Part in RequestPart]: number | undefined } & { readonly total: number };

/** Adds up the parts of the one request that its client makes. `now` in milliseconds that never go back. */
export class Stopwatch {
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #spent = new Map<RequestPart, number>();
  #part: RequestPart | undefined;
  #since: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
    this.#since = this.#startedAt;
  }

  /** The part before is over; undefined: nothing of the request is under way. */
  begin(part: RequestPart | undefined): void {
    const now = this.#now();
    if (this.#part !== undefined) {
      this.#spent.set(this.#part, (this.#spent.get(this.#part) ?? 0) + now - this.#since);
    }
    this.#part = part;
    this.#since = now;
  }

  /** A part that somebody else has measured. */
  add(part: RequestPart, ms: number): void {
    this.#spent.set(part, (this.#spent.get(part) ?? 0) + ms);
  }

  /** What was spent until now; the part under way ends. */
  read(): Timings {
    this.begin(undefined);
    const of = (part: RequestPart): number | undefined => {
      const spent = this.#spent.get(part);
      return spent === undefined ? undefined : rounded(spent);
    };
    return {
      dns: of("dns"),
      connect: of("connect"),
      tls: of("tls"),
      firstByte: of("firstByte"),
      body: of("body"),
      total: rounded(this.#since - this.#startedAt),
    };
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
