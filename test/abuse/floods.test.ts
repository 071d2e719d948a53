// B4 and X6: floods of datagrams beside good calls, from strangers and from addresses of those we know.
// Over 5 s: each flood lasts some seconds, so that good calls run beside it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { needs } from "../interop/needs.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { registerPhone, stopEverySipp } from "../support/sipp.ts";
import { floodBesideCalls } from "./parts/beside-calls.ts";
import { Party } from "./parts/party.ts";

const DID = "+31501000001";
/**
 * The promise (B4) is 20,000 messages a second: `npm run soak` on a machine with a processor for each of server, flood and
 * calls. Every day fewer have to do: the limits bite in the first 5 ms either way.
 */
const PER_SECOND = depth(5_000, 20_000);
const SECONDS = depth(4, 10);

const [caller, at215, at216] = [ownAddress(), ownAddress(), ownAddress()];

describe(`B4: ${PER_SECOND} messages a second beside 20 calls a second`, { skip: needs("sipp") }, () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ company: companyText({ caller, routes: { [DID]: [ringPhone("215")] } }) });
    const phone = { extension: "215", password: PASSWORD };
    await registerPhone(at215, `${server.address}:5060`, phone);
  });
  after(async () => {
    await stopEverySipp();
    await server.stop();
  });

  const flood = (from: readonly { address: string; port: number }[]) =>
    floodBesideCalls(
      server,
      { caller, phone: at215, did: DID },
      {
        kind: "datagrams",
        server: server.address,
        port: 5060,
        seconds: SECONDS,
        perSecond: PER_SECOND,
        from,
      },
    );
  const dropped = (): Promise<number> => server.metric("switchhook_sip_datagrams_dropped_total");
  const ports = (address: string): readonly { address: string; port: number }[] =>
    Array.from({ length: 40 }, (_, at) => ({ address, port: 20_000 + at }));

  test("B4: from one stranger", async () => {
    const { sent } = await flood([{ address: ownAddress(), port: 5060 }]);
    assert.ok((await dropped()) > sent / 2);
  });

  test("B4: from 200 addresses that nobody knows", async () => {
    await flood(Array.from({ length: 200 }, (_, at) => ({ address: `127.0.201.${at + 1}`, port: 5060 })));
  });

  test("X6: from other ports of the phone's address that is being called", async () => {
    const before = await dropped();
    const { sent } = await flood(ports(at215));
    assert.ok((await dropped()) - before > sent / 2);
  });

  test("X6: from the exact address and port of a registered phone, which is served again as soon as it is over", async () => {
    const phone = await Party.open(at216);
    assert.equal(await phone.register("216", PASSWORD, server), "200");
    await phone.close();
    await flood([{ address: at216, port: 5060 }]);
    const again = await Party.open(at216);
    try {
      // Its window of 2 s has to end, and until then there is no answer; a ban would go on for five minutes.
      assert.equal(kind(await again.ask({ method: "OPTIONS" }, server)), "200");
    } finally {
      await again.close();
    }
  });

  test("B4: from other ports of the trunk's address that the calls come from", async () => {
    await flood(ports(caller));
  });
});
