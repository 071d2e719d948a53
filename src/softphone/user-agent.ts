import { createCounters } from "../lib/counters.ts";
import { systemClock } from "../runtime/clock.ts";
import { type Ids, randomIds } from "../runtime/ids.ts";
import {
  type Acquaintances,
  createGuard,
  createTransactions,
  Endpoint,
  type EndpointUser,
  type OpenTransports,
  openTransports,
  type Transactions,
} from "../sip/index.ts";

/** A small SIP phone of ours on loopback: the demo's caller and its answering phone are built on it. */
export interface UserAgent {
  readonly endpoint: Endpoint;
  readonly transactions: Transactions;
  readonly transports: OpenTransports;
  readonly ids: Ids;
  /** UDP port that it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/** Whoever speaks on loopback is one of the demo's own. */
const friends: Acquaintances = { trunkAt: () => "the demo", phonesAt: () => 0, isPhone: () => false };
const silent = { info() {}, warn() {}, error() {} };

/** Opens a UDP port on loopback (0: any free one) and answers what `user` says. */
export async function openUserAgent(port: number, user: EndpointUser): Promise<UserAgent> {
  const clock = systemClock;
  const ids = randomIds();
  const counters = createCounters();
  const guard = createGuard({ clock, counters, known: friends });
  const listen = [{ transport: "udp", host: "127.0.0.1", port }] as const;
  const transports = await openTransports({ listen, clock, ids, log: silent, guard, counters });
  const transactions = createTransactions({ transport: transports, clock, ids });
  const endpoint = new Endpoint({ transport: transports, transactions, clock, ids });
  endpoint.use(user);
  return {
    endpoint,
    transactions,
    transports,
    ids,
    port: transports.listeners[0]?.local.port ?? port,
    async close() {
      transactions.close();
      await transports.close();
    },
  };
}
