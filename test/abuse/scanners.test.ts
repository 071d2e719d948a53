// Over 5 s: a scanner finds nothing, and gives up by itself.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { needs } from "../interop/needs.ts";
import { companyText, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Program } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headerLines, kind } from "../support/sip-text.ts";
import { Party } from "./parts/party.ts";

const SCANNERS = [
  "friendly-scanner",
  "sipcli/v1.8",
  "sipvicious",
  "VaxSIPUserAgent/3.1",
  "pplsip",
  "FRIENDLY-Scanner 0.3",
];
const METHODS = ["OPTIONS", "INVITE", "REGISTER"] as const;

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  routes: { "+31501234567": [ringPhone("215", 5)] },
});

describe("B1: scanners learn nothing", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ company });
  });
  after(async () => {
    await server.stop();
  });

  test("B1: OPTIONS, INVITE and REGISTER with the User-Agent of a scanner get no answer", async () => {
    const parties = await Promise.all(SCANNERS.map(() => Party.open(ownAddress())));
    try {
      for (const [at, agent] of SCANNERS.entries()) {
        for (const method of METHODS) {
          const party = parties[at];
          await party?.send(party.write({ method, headers: [["User-Agent", agent]] }, server), server);
        }
      }
      // What was sent after them is answered, so they have been seen.
      for (const party of parties) {
        assert.equal(kind(await party.ask({ method: "OPTIONS" }, server)), "200");
        assert.equal(party.heard.length, 1);
      }
      const dropped = await server.metric("switchhook_sip_datagrams_dropped_total");
      assert.equal(dropped, SCANNERS.length * METHODS.length);
    } finally {
      await Promise.all(parties.map((party) => party.close()));
    }
  });

  for (const method of METHODS) {
    test(`B1: another stranger's ${method} gets one stateless answer without product or version`, async () => {
      const party = await Party.open(ownAddress());
      try {
        const uri = `sip:100@${server.address}`;
        const request = party.write({ method, uri, headers: [["User-Agent", "Zoiper rv2.10"]] }, server);
        const before = await server.metric("switchhook_transactions");
        await party.send(request, server);
        const answer = await party.finalTo(request);
        // No ACK is sent: an answer with a transaction behind it would be repeated (Timer G), which others never are.
        if (method === "INVITE") {
          assert.equal(await server.metric("switchhook_transactions"), before, "nothing is remembered of it");
        }
        assert.deepEqual(
          party.heard.map(({ text }) => text),
          [answer],
        );
        const names = headerLines(answer).map(([name]) => name.toLowerCase());
        for (const telling of ["server", "user-agent", "allow", "supported", "accept", "organization"]) {
          assert.ok(!names.includes(telling), answer);
        }
        const withoutAddresses = answer.replaceAll(/\d+\.\d+\.\d+\.\d+/g, "");
        assert.doesNotMatch(withoutAddresses, /switchhook|node|\d\.\d+\.\d/i);
        assert.equal(header(answer, "Contact"), "");
      } finally {
        await party.close();
      }
    });
  }

  test("B1: svmap finds no server, by OPTIONS, INVITE or REGISTER", { skip: needs("svmap") }, async () => {
    const texts = await Promise.all(
      METHODS.map(async (method) => {
        const address = ownAddress();
        const args = ["-m", method, "-p", "5060", "-b", address, "-x", address, server.address];
        const ended = await new Program("svmap", args).ended;
        return `${ended.stdout}${ended.stderr}`;
      }),
    );
    for (const text of texts) assert.match(text, /found nothing/);
  });
});
