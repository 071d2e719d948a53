// Over 5 s: receivers that do not answer are waited for.

import { describe, test } from "node:test";
import { startDnsServer } from "../../test/fakes/dns-server.ts";
import { startBlackHole } from "../../test/fakes/fault-server.ts";
import {
  AMPLE,
  CONNECT,
  CONNECT_MS,
  closedPort,
  DEADLINE,
  expectFailure,
  limitsOf,
} from "../../test/support/webhook-faults.ts";
import { dnsResolver } from "../http/dns-resolver.ts";
import { systemClock } from "../runtime/clock.ts";

describe("a receiver that cannot be reached", { concurrency: 4 }, () => {
  test("connection refused", async () => {
    const port = await closedPort();
    await expectFailure(
      `http://127.0.0.1:${port}/`,
      new RegExp(`^127\\.0\\.0\\.1:${port} refused the connection: nothing listens on that port\\.$`),
      AMPLE,
    );
  });

  test("SYNs are dropped", async () => {
    const hole = await startBlackHole();
    await expectFailure(
      `http://127.0.0.1:${hole.port}/`,
      new RegExp(`did not accept the connection within ${CONNECT}\\.$`),
      { ...AMPLE, connectMs: CONNECT_MS },
    );
    await expectFailure(
      `https://127.0.0.1:${hole.port}/`,
      new RegExp(`did not accept the connection within ${CONNECT}\\.$`),
      { ...AMPLE, connectMs: CONNECT_MS },
    );
    await hole.close();
  });

  test("SYNs are dropped, and the deadline comes first", async () => {
    const hole = await startBlackHole();
    const reason = new RegExp(`did not reply within ${DEADLINE}: no connection had been made yet\\.$`);
    await expectFailure(`http://127.0.0.1:${hole.port}/`, reason, limitsOf(reason));
    await hole.close();
  });

  for (const [name, answer, reason] of [
    ["NXDOMAIN", { rcode: 3 }, /^The name crm\.example:80\d* does not exist in DNS, or has no address\.$/],
    [
      "no address",
      { addresses: [], ttl: 60 },
      /^The name crm\.example:80\d* does not exist in DNS, or has no address\.$/,
    ],
    ["SERVFAIL", { rcode: 2 }, /^The DNS server could not look up crm\.example:80\d* \(ESERVFAIL\)\.$/],
    ["REFUSED", { rcode: 5 }, /^The DNS server could not look up crm\.example:80\d* \(EREFUSED\)\.$/],
    [
      "silence",
      "silence",
      new RegExp(`^The DNS server did not answer within ${CONNECT} when asked for crm\\.example:80\\d*\\.$`),
    ],
  ] as const) {
    test(`DNS: ${name}`, async () => {
      const server = await startDnsServer(() => answer);
      const dns = dnsResolver({ clock: systemClock, servers: [server.address], systemLookup: undefined });
      await expectFailure("http://crm.example:8080/", reason, limitsOf(reason), { dns });
      await server.close();
    });
  }

  test("DNS: no server there", async () => {
    const dns = dnsResolver({
      clock: systemClock,
      servers: [`127.0.0.1:${await closedPort()}`],
      systemLookup: undefined,
    });
    const reason = /^The DNS server (could not look up|did not answer)/;
    await expectFailure("http://crm.example:8080/", reason, AMPLE, { dns });
  });
});
