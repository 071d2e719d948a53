import type { Trunk } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Flow } from "../sip/index.ts";

/** As whom the built-in caller calls: somebody outside, at no trunk that is configured. */
export const TEST_CALLER: Trunk = {
  name: "test call",
  kind: "peer",
  hosts: [],
  acceptFrom: [],
  numberFormat: "e164Plus",
  callerIdProfile: "from",
  trusted: false,
  media: "auto",
  credentials: undefined,
};

/** Callers at once; the API has fewer. */
const MOST = 4;
/** One that nobody takes back, because the other thread has died, ends by itself. */
const VOUCHED_MS = 15 * 60_000;

/**
 * Ports of this machine on which our own caller has a call, by UDP. The kernel lets nobody beyond it send from 127.0.0.1, and
 * nobody on it from a port that is taken.
 */
export class TestCallers {
  readonly #clock: Clock;
  readonly #until = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `isOver`: the caller closes the port now. */
  vouch(port: number, isOver: boolean): void {
    this.#until.delete(port);
    if (isOver) return;
    const [oldest] = this.#until.keys();
    if (oldest !== undefined && this.#until.size >= MOST) this.#until.delete(oldest);
    this.#until.set(port, this.#clock.now() + VOUCHED_MS);
  }

  /** Whether our own caller sends on this flow. */
  has({ transport, remote }: Pick<Flow, "transport" | "remote">): boolean {
    if (transport !== "udp" || remote.host !== "127.0.0.1") return false;
    return (this.#until.get(remote.port) ?? 0) > this.#clock.now();
  }
}
