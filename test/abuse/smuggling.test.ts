// Over 5 s: each spelling is sent from four kinds of callers.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { headerLines, kind } from "../support/sip-text.ts";
import { authorization, Party, type Shape, sdp, token } from "./parts/party.ts";

/** Occurs in every smuggled value; must occur in nothing that leaves. */
const CANARY = "31900666777";
const IDENTITY = `"Police" <sip:+${CANARY}@evil.example>`;

/** Header lines as somebody writes them who wants one to be overlooked here and read further on (CVE-2020-28361). */
const SPELLINGS: readonly string[] = [
  `P-Asserted-Identity: ${IDENTITY}`,
  `p-asserted-identity: ${IDENTITY}`,
  `P-ASSERTED-IDENTITY:${IDENTITY}`,
  `P-Asserted-Identity : ${IDENTITY}`,
  `P-Asserted-Identity\t: ${IDENTITY}`,
  `P-Asserted-Identity:\r\n ${IDENTITY}`,
  `P-Asserted-Identity:\r\n\t\r\n ${IDENTITY}`,
  `P-Asserted-Identity: ${IDENTITY}\r\nP-Asserted-Identity: ${IDENTITY}`,
  `P-Asserted-Identity: <tel:+1>, ${IDENTITY}`,
  `P%2DAsserted-Identity: ${IDENTITY}`,
  `P-Asserted-Identity\0: ${IDENTITY}`,
  `X-Foo: bar\0\r\nP-Asserted-Identity: ${IDENTITY}`,
  `X-Foo: bar\rP-Asserted-Identity: ${IDENTITY}`,
  `X-Foo: bar\nP-Asserted-Identity: ${IDENTITY}`,
  `P-Preferred-Identity: ${IDENTITY}`,
  `Remote-Party-ID: ${IDENTITY};party=calling;screen=yes`,
  `Diversion: <sip:+${CANARY}@evil.example>;reason=unconditional`,
  `History-Info: <sip:+${CANARY}@evil.example>;index=1`,
  `X-Account-Code: ${CANARY}`,
  `Privacy: none\r\nP-Asserted-Identity: ${IDENTITY}`,
  `Referred-By: <sip:+${CANARY}@evil.example>`,
  `b: <sip:+${CANARY}@evil.example>`,
  `Call-Info: <http://${CANARY}.evil.example/>;purpose=icon`,
  `Alert-Info: <http://${CANARY}.evil.example/>`,
  `Identity: ${CANARY};info=<http://evil.example>`,
  `User-Agent: ${CANARY}`,
  `Subject: ${CANARY}\r\nOrganization: ${CANARY}`,
];

const caller = ownAddress();
const carrierAddress = ownAddress();
const company = companyText({
  caller,
  carrier: carrierAddress,
  callerIdProfile: "pAssertedIdentity",
  routes: {
    "+31501111111": [ringPhone("216", 5)],
    "+31502222222": ['{ type: fixedDestination, number: "+31612345678", ringSeconds: 5 }'],
  },
});

describe("B9: smuggled headers do not get through", () => {
  let server: TestServer;
  let trunk: Party;
  let carrier: Party;
  let phone: Party;
  let callee: Party;
  before(async () => {
    server = await startServer({ company });
    [trunk, carrier] = [await Party.open(caller), await Party.open(carrierAddress)];
    [phone, callee] = [await Party.open(ownAddress()), await Party.open(ownAddress())];
    assert.equal(await phone.register("215", PASSWORD, server), "200");
    assert.equal(await callee.register("216", PASSWORD, server), "200");
    for (const party of [carrier, callee]) {
      party.onRequest = (request, place) => {
        if (kind(request) === "INVITE") void party.reply(request, place, 486);
      };
    }
  });
  after(async () => {
    await Promise.all([trunk, carrier, phone, callee].map((party) => party.close()));
    await server.stop();
  });

  /** Places a call with an extra line in its INVITE; the INVITEs that came out on the other side. */
  async function throughWith(
    line: string,
    from: Party,
    to: Party,
    number: string,
  ): Promise<readonly string[]> {
    to.heard.length = 0;
    const user = from === phone ? "215" : "+31687654321";
    const shape: Shape = {
      method: "INVITE",
      uri: `sip:${number}@${server.address}`,
      from: `<sip:${user}@${server.address}>;tag=${token()}`,
      callId: token(),
      body: sdp(from.address),
    };
    const insert = (text: string): string => text.replace("\r\nContact:", () => `\r\n${line}\r\nContact:`);
    const answer = await from.exchange(insert(from.write(shape, server)), server);
    if (from !== phone || kind(answer) !== "401") return to.of("INVITE");
    const uri = shape.uri ?? "";
    const proof = authorization(answer, { username: "215", password: PASSWORD, method: "INVITE", uri });
    const again: Shape = { ...shape, cseq: 2, headers: [["Authorization", proof]] };
    await from.exchange(insert(from.write(again, server)), server);
    return to.of("INVITE");
  }

  const ways = [
    ["an untrusted trunk", "a phone", "+31501111111"],
    ["an untrusted trunk", "a trunk", "+31502222222"],
    ["a registered phone", "a phone", "216"],
    ["a registered phone", "a trunk", "+31612345678"],
  ] as const;
  for (const [who, whom, number] of ways) {
    test(`B9: from ${who} to ${whom}: 0 of ${SPELLINGS.length} spellings get through`, async () => {
      const from = who === "a registered phone" ? phone : trunk;
      const to = whom === "a phone" ? callee : carrier;
      let through = 0;
      const [plain = ""] = await throughWith("X-Nothing: special", from, to, number);
      const usual = headerLines(plain).map(([name]) => name);
      assert.ok(usual.includes("From"), "the call goes through without a smuggled header");
      for (const line of SPELLINGS) {
        for (const invite of await throughWith(line, from, to, number)) {
          through += 1;
          assert.ok(!invite.includes(CANARY), `${JSON.stringify(line)} came out in\n${invite}`);
          // A Diversion of a trunk is the one header that goes on; there is none here that we did not write.
          assert.deepEqual(
            headerLines(invite).map(([name]) => name),
            usual,
            JSON.stringify(line),
          );
        }
      }
      assert.ok(through >= SPELLINGS.length / 2, `only ${through} calls went through at all`);
    });
  }
});
