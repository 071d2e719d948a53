// Over 5 s: each kind of address is tried at a real process.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Capture, needsCapture } from "../support/capture.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";
import { Party, type Place, type Shape, sdp, token } from "./parts/party.ts";

/** A listener of ours that must stay without a visitor; and addresses that nobody configured, of every kind. */
const listening = ownAddress();
const TARGETS = [
  `${listening}:5060`,
  "10.11.12.13:5060",
  "172.16.1.1:5060",
  "192.168.1.1:5060",
  "169.254.169.254:80",
  "100.64.1.1:5060",
  "224.0.1.75:5060",
  "255.255.255.255:5060",
  "0.0.0.0:5060",
  "[::1]:5060",
  "[fe80::1]:5060",
  "[ff02::1]:5060",
  "[::ffff:10.11.12.13]:5060",
];
const FILTER = [
  `host ${listening}`,
  "net 10.11.12.0/24",
  "host 172.16.1.1",
  "host 192.168.1.1",
  "host 169.254.169.254",
  "host 100.64.1.1",
  "host 224.0.1.75",
  "host 255.255.255.255",
  "host 0.0.0.0",
  "(ip6 and (host ::1 or host fe80::1 or host ff02::1) and port 5060)",
].join(" or ");

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  routes: { "+31501234567": [ringPhone("215", 5)] },
});

/** Every header that may name an address where somebody wants packets to go. */
function pointing(at: string): readonly Partial<Shape>[] {
  const host = at.replace(/:\d+$/, "");
  const uri = `<sip:x@${at};lr>`;
  const branch = (): string => `branch=z9hG4bK${token()}`;
  return [
    { contact: `<sip:x@${at}>` },
    { contact: `<sip:x@${at};transport=tcp>` },
    { contact: `<sip:x@example.org;maddr=${host}>` },
    { headers: [["Route", uri]] },
    { headers: [["Record-Route", uri]] },
    { headers: [["Path", uri]] },
    { headers: [["Refer-To", uri]] },
    { headers: [["Reply-To", uri]] },
    { headers: [["Call-Info", `<http://${at}/>`]] },
    { via: `SIP/2.0/UDP ${at};${branch()}` },
    { via: `SIP/2.0/TCP ${at};${branch()}` },
    { via: `SIP/2.0/UDP example.org;maddr=${host};ttl=1;${branch()}` },
    { via: `SIP/2.0/UDP example.org;received=${host.replaceAll(/[[\]]/g, "")};rport=5060;${branch()}` },
    { uri: `sip:x@${at}` },
    { uri: `sip:x@example.org;maddr=${host}` },
    { body: sdp(host.replaceAll(/[[\]]/g, "")) },
  ];
}

describe("B10: nothing is sent where a stranger points", { skip: needsCapture() }, () => {
  let server: TestServer;
  let capture: Capture;
  let decoy: Party;
  before(async () => {
    server = await startServer({ company });
    decoy = await Party.open(listening);
    capture = await Capture.start(FILTER);
  });
  after(async () => {
    await capture.stop();
    await decoy.close();
    await server.stop();
  });

  for (const method of ["OPTIONS", "INVITE", "REGISTER", "SUBSCRIBE"]) {
    test(`B10: ${method} from the trunk's address, which no limit slows down, naming ${TARGETS.length} targets in every header`, async () => {
      const party = await Party.open(trunk);
      try {
        for (const at of TARGETS) {
          for (const shape of pointing(at)) {
            const from = `<sip:+31687654321@${trunk}>;tag=${token()}`;
            await party.send(party.write({ method, from, ...shape }, server), server);
          }
        }
        // What was asked last is answered last.
        assert.equal(kind(await party.ask({ method: "OPTIONS" }, server)), "200");
        // Replies go to the packet's source, whatever Via says.
        assert.ok(party.responses.length >= (TARGETS.length * pointing("x").length) / 2);
      } finally {
        await party.close();
      }
    });
  }

  for (const at of TARGETS) {
    test(`B10: a call whose both ends name ${at} in Contact and Record-Route goes back to where they speak from`, async () => {
      const caller = await Party.open(trunk);
      const phone = await Party.open(ownAddress());
      try {
        assert.equal(await phone.register("215", PASSWORD, server, { contact: `<sip:215@${at}>` }), "200");
        const answer = async (request: string, place: Place): Promise<void> => {
          if (kind(request) === "INVITE") {
            const contact = [["Record-Route", `<sip:${at};lr>`]] as const;
            await phone.reply(request, place, 180, { headers: contact });
            await phone.reply(request, place, 200, { headers: contact, body: sdp("127.0.0.1") });
          } else if (kind(request) === "BYE") await phone.reply(request, place, 200);
        };
        phone.onRequest = (request, place) => void answer(request, place);
        const shape: Shape = {
          method: "INVITE",
          uri: `sip:+31501234567@${server.address}`,
          from: `<sip:+31687654321@${trunk}>;tag=${token()}`,
          contact: `<sip:caller@${at}>`,
          headers: [["Record-Route", `<sip:${at};lr>`]],
          body: sdp("127.0.0.1"),
        };
        const invite = caller.write(shape, server);
        const ok = await caller.exchange(invite, server);
        assert.equal(kind(ok), "200");
        await caller.send(caller.ackOf(invite, ok), server);
        await until("the ACK at the phone", () => phone.of("ACK").length > 0);
        const bye: Shape = {
          method: "BYE",
          uri: `sip:${server.address}`,
          from: header(invite, "From"),
          to: header(ok, "To"),
          callId: header(invite, "Call-ID"),
          cseq: 2,
        };
        assert.equal(kind(await caller.ask(bye, server)), "200");
        await until("the BYE at the phone", () => phone.of("BYE").length > 0);
        const gone = { contact: `<sip:215@${at}>`, headers: [["Expires", "0"]] as const };
        assert.equal(await phone.register("215", PASSWORD, server, { ...gone, cseq: 5 }), "200");
      } finally {
        await Promise.all([caller.close(), phone.close()]);
      }
    });
  }

  test("B10: the capture holds 0 packets to any of them, and our listener there heard nothing", async () => {
    await server.callsOver();
    assert.ok(
      (await server.metric("switchhook_sip_messages_received_total")) > 500,
      "the tests before this one have sent what it looks for",
    );
    assert.deepEqual(await capture.stop(), []);
    assert.deepEqual(decoy.heard, []);
  });
});
