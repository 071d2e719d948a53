import { networkInterfaces } from "node:os";
import { formatHostPort } from "../../lib/host-port.ts";
import type { Clock } from "../../runtime/clock.ts";
import { isLoopback, isWildcard, plainAddress } from "./address.ts";
import type { HostPort } from "./transport.ts";

/** Interfaces change while we run (reliability H8). */
const FRESH_MS = 5_000;

/** Which places are our own listeners, whatever their transport: at an address of this machine, or as announced. */
export class OwnPlaces {
  readonly #clock: Clock;
  readonly #ports = new Set<number>();
  readonly #hosts = new Set<string>();
  readonly #announced = new Set<string>();
  readonly #everywhere: boolean;
  #interfaces: { readonly addresses: ReadonlySet<string>; readonly until: number } | undefined;

  constructor(
    listeners: readonly { readonly local: HostPort; readonly announced?: string | undefined }[],
    clock: Clock,
  ) {
    this.#clock = clock;
    for (const { local, announced } of listeners) {
      this.#ports.add(local.port);
      this.#hosts.add(local.host);
      if (announced !== undefined) this.#announced.add(announced);
    }
    this.#everywhere = listeners.some(({ local }) => isWildcard(local.host));
  }

  /** `host`: an IP literal, or a name as it is announced. */
  has({ host, port }: HostPort): boolean {
    const plain = plainAddress(host);
    if (this.#announced.has(formatHostPort(plain, port))) return true;
    if (!this.#ports.has(port)) return false;
    return this.#hosts.has(plain) || (this.#everywhere && (isLoopback(plain) || this.#isInterface(plain)));
  }

  #isInterface(host: string): boolean {
    const now = this.#clock.now();
    if (this.#interfaces === undefined || this.#interfaces.until <= now) {
      const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
      this.#interfaces = {
        addresses: new Set(all.map(({ address }) => address)),
        until: now + FRESH_MS,
      };
    }
    return this.#interfaces.addresses.has(host);
  }
}
