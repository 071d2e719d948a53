// Over 5 s: a capture of whole calls, whose programs start and end.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Capture, needsCapture } from "../support/capture.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, header, kind } from "../support/sip-text.ts";
import { Party, type Shape, sdp, token } from "./parts/party.ts";

const trunk = ownAddress();
const carrierAddress = ownAddress();
const company = companyText({
  caller: trunk,
  carrier: carrierAddress,
  routes: {
    "+31501111111": [ringPhone("215", 5)],
    "+31502222222": ['{ type: fixedDestination, number: "+31612345678", ringSeconds: 5 }'],
  },
});

/** Nobody writes these words by accident. */
const mark = (what: string): string => `${what}${token()}`;

describe("B11: the other leg learns nothing of this one", { skip: needsCapture() }, () => {
  let server: TestServer;
  let caller: Party;
  let phone: Party;
  let carrier: Party;
  before(async () => {
    server = await startServer({ company });
    [caller, carrier, phone] = [
      await Party.open(trunk),
      await Party.open(carrierAddress),
      await Party.open(ownAddress()),
    ];
    assert.equal(await phone.register("215", PASSWORD, server), "200");
  });
  after(async () => {
    await Promise.all([caller, carrier, phone].map((party) => party.close()));
    await server.stop();
  });

  for (const [where, dialled] of [
    ["a phone", "+31501111111"],
    ["a trunk", "+31502222222"],
  ] as const) {
    test(`B11: a whole call to ${where}: 0 strings of one leg in the capture of the other`, async () => {
      const callee = where === "a phone" ? phone : carrier;
      const secrets = {
        callId: mark("callid"),
        fromTag: mark("tag"),
        branch: mark("z9hG4bK"),
        host: `${mark("host")}.internal.example`,
        agent: mark("Agent"),
        session: mark("session"),
        user: mark("user"),
        origin: String(Math.floor(Math.random() * 1e9) + 1e9),
      };
      const theirs = {
        tag: mark("uas"),
        agent: mark("Phone"),
        origin: String(Math.floor(Math.random() * 1e9) + 2e9),
      };
      callee.onRequest = (request, place) => {
        if (kind(request) === "INVITE") {
          const fields = [["Server", theirs.agent]] as const;
          const answer = sdp(callee.address).replace("o=- 7 7", `o=- ${theirs.origin} 7`);
          void callee.reply(request, place, 200, { tag: theirs.tag, headers: fields, body: answer });
        } else if (kind(request) !== "ACK") void callee.reply(request, place, 200, { tag: theirs.tag });
      };
      const toCallee = await Capture.start(`udp and host ${callee.address}`, ["udp.payload"]);
      const toCaller = await Capture.start(`udp and host ${caller.address}`, ["udp.payload"]);

      const shape: Shape = {
        method: "INVITE",
        uri: `sip:${dialled}@${server.address}`,
        from: `"Jan" <sip:+31687654321@${secrets.host}>;tag=${secrets.fromTag}`,
        via: `SIP/2.0/UDP ${secrets.host};rport;branch=${secrets.branch}`,
        callId: secrets.callId,
        contact: `<sip:${secrets.user}@${caller.address}:5060>`,
        headers: [
          ["User-Agent", secrets.agent],
          ["Session-ID", secrets.session],
          ["X-Host", secrets.host],
        ],
        body: sdp(caller.address)
          .replace("o=- 7 7", `o=- ${secrets.origin} 7`)
          .replace("s=-", `s=${secrets.session}`),
      };
      const invite = caller.write(shape, server);
      const ok = await caller.exchange(invite, server);
      assert.equal(kind(ok), "200");
      await caller.send(caller.ackOf(invite, ok), server);
      await until("the ACK", () => callee.of("ACK").length > 0);
      const [outgoing = ""] = callee.of("INVITE");
      const bye: Shape = {
        ...shape,
        method: "BYE",
        to: header(ok, "To"),
        cseq: 2,
        body: "",
        via: `SIP/2.0/UDP ${secrets.host};rport;branch=z9hG4bK${secrets.branch}2`,
      };
      await caller.send(caller.write(bye, server), server);
      await until("the BYE", () => callee.of("BYE").length > 0);
      const payloads = async (capture: Capture): Promise<string> =>
        (await capture.stop())
          .map((line) => Buffer.from(line.split("\t").at(-1) ?? "", "hex").toString("utf8"))
          .join("\n");
      const onB = await payloads(toCallee);
      const onA = await payloads(toCaller);
      assert.match(onB, /^INVITE /m);
      assert.match(onB, /^BYE /m);

      for (const [what, secret] of Object.entries(secrets)) {
        // The session name travels with the SDP, which is passed on but for its o= line.
        const seen = what === "session" ? onB.replaceAll(/^s=.*$/gm, "") : onB;
        assert.ok(onA.includes(secret), `${what} was on the A leg`);
        assert.ok(!seen.includes(secret), `${what} of the A leg (${secret}) is on the B leg`);
      }
      // The caller's address stands in the SDP where the media goes, nowhere else.
      assert.ok(!onB.replaceAll(/^[co]=.*$/gm, "").includes(caller.address), "the caller's address");
      assert.doesNotMatch(body(outgoing), new RegExp(`^o=.*${caller.address}`, "m"));
      for (const [what, secret] of Object.entries(theirs)) {
        assert.ok(onB.includes(secret), `${what} was on the B leg`);
        assert.ok(!onA.includes(secret), `${what} of the B leg (${secret}) is on the A leg`);
      }
      assert.ok(!onA.replaceAll(/^[co]=.*$/gm, "").includes(callee.address), "the callee's address");
      assert.ok(!onA.includes(header(outgoing, "Call-ID")));
      assert.doesNotMatch(onB + onA, /^(server|user-agent): .*switchhook/im);
    });
  }
});
