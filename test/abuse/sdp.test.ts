// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, afterEach, before, describe, test } from "node:test";
import { Capture, needsCapture } from "../support/capture.ts";
import { codeWebhook, companyText, ringPhone, webhookStep } from "../support/company.ts";
import { Ear } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

const DID = "+31501000001";
const CODE = "8765";
const at = ownAddress();

let server: TestServer;
let receiver: Receiver;
let caller: SpeakingParty;

before(async () => {
  receiver = await Receiver.forCode(CODE);
  server = await startServer({
    company: companyText({
      caller: at,
      webhooks: [codeWebhook("VIP", receiver.address, ", timeoutSeconds: 5, attempts: 5")],
      routes: { [DID]: [webhookStep("VIP", [ringPhone("215")])] },
    }),
  });
  caller = await SpeakingParty.open(server, { at });
});

after(async () => {
  await caller?.close();
  await server?.stop();
  await receiver?.kill();
});

afterEach(() => server.callsOver());

const head = (address: string): string =>
  ["v=0", `o=- 7 7 IN IP4 ${at}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", ""].join("\r\n");
const audio = (port: string | number): string =>
  [`m=audio ${port} RTP/AVP 8 101`, "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", ""].join(
    "\r\n",
  );

interface Bad {
  readonly name: string;
  readonly offer: string;
}

/** Offers that nobody can be heard by. */
const refused: readonly Bad[] = [
  { name: "one line", offer: "v=0\r\n" },
  { name: "no SDP at all", offer: "\u0000\u0001\ufffdhello" },
  { name: "a version that does not exist", offer: head(at).replace("v=0", "v=9") + audio(40_000) },
  { name: "no media", offer: head(at) },
  { name: "only video", offer: `${head(at)}m=video 40000 RTP/AVP 31\r\n` },
  { name: "audio that is refused already (port 0)", offer: head(at) + audio(0) },
  {
    name: "a codec that nobody has",
    offer: `${head(at)}m=audio 40000 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n`,
  },
  {
    name: "only events",
    offer: `${head(at)}m=audio 40000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n`,
  },
  { name: "a port beyond 65535", offer: head(at) + audio(70_000) },
  { name: "a negative port", offer: head(at) + audio(-1) },
  { name: "a port in words", offer: head(at) + audio("many") },
  { name: "no address", offer: head(at).replace(/c=.*\r\n/, "") + audio(40_000) },
  { name: "an address that is none", offer: head("300.1.2.3.4") + audio(40_000) },
  { name: "a name for an address", offer: head("victim.example.invalid") + audio(40_000) },
  { name: "SRTP only", offer: (head(at) + audio(40_000)).replace("RTP/AVP", "RTP/SAVP") },
];

/** Offers that are odd: refused, or understood as far as they go; never sent where nobody may be sent to. */
const odd: readonly (Bad & { readonly status: string })[] = [
  { name: "a multicast address", status: "603", offer: head("224.2.1.1/127") + audio(40_000) },
  { name: "everybody's address", status: "603", offer: head("255.255.255.255") + audio(40_000) },
  { name: "hold from the beginning (0.0.0.0)", status: "200", offer: head("0.0.0.0") + audio(40_000) },
  { name: "port 1", status: "200", offer: head(at) + audio(1) },
  {
    name: "contradictory names of one payload type",
    status: "200",
    offer: `${head(at)}${audio(40_000)}a=rtpmap:8 PCMU/8000\r\n`,
  },
  {
    name: "contradictory directions",
    status: "200",
    offer: `${head(at)}${audio(40_000)}a=sendonly\r\na=recvonly\r\na=inactive\r\n`,
  },
  {
    name: "five thousand attributes",
    status: "603",
    offer: head(at) + audio(40_000) + "a=x:y\r\n".repeat(5000),
  },
  {
    name: "three thousand media lines",
    status: "603",
    offer: head(at) + "m=audio 40000 RTP/AVP 8\r\n".repeat(2300),
  },
  {
    name: "a line of forty thousand octets",
    status: "200",
    offer: `${head(at)}${audio(40_000)}a=${"x".repeat(40_000)}\r\n`,
  },
  {
    name: "a payload type for each number there is",
    status: "603",
    offer: `${head(at)}m=audio 40000 RTP/AVP ${Array.from({ length: 2000 }, (_zero, index) => index % 300).join(" ")}\r\n`,
  },
];

/** A call that is as it should be: the code gets through. */
async function goodCall(): Promise<void> {
  receiver.requests.length = 0;
  caller.voice.forget();
  assert.equal(kind(await caller.call({ number: DID })), "200");
  await new Ear(() => caller.heard()).hears("en/enter-code", { firstMs: 700 });
  caller.voice.press(`${CODE}#`);
  await until("the code to arrive", () => receiver.requests[0]?.get("code") === CODE);
  await caller.bye();
}

describe("descriptions that nobody can be heard by", () => {
  for (const { name, offer } of refused) {
    test(`${name}: no code can be asked for, so the failed branch, which rejects`, async () => {
      const final = await caller.call({ number: DID, offer });
      assert.equal(kind(final), "603", final);
    });
  }
});

describe("odd descriptions", () => {
  for (const { name, status, offer } of odd) {
    test(`${name}: ${status}`, async () => {
      const final = await caller.invite({ number: DID, offer });
      assert.equal(kind(final), status, final);
      if (status !== "200") return;
      await caller.acknowledge(final, "");
      const bye = await caller.request("BYE");
      assert.equal(kind(bye), "200");
    });
  }

  test("nothing was sent to groups of hosts", { skip: needsCapture() }, async () => {
    const capture = await Capture.start("udp and (dst net 224.0.0.0/4 or dst host 255.255.255.255)");
    try {
      for (const address of ["224.2.1.1/127", "255.255.255.255"])
        assert.equal(kind(await caller.invite({ number: DID, offer: head(address) + audio(40_000) })), "603");
      // One of our own, or seeing none would mean nothing.
      await sendToGroup("224.2.1.2");
    } finally {
      const to = (await capture.stop()).map((line) => line.split("\t", 1)[0]);
      assert.deepEqual(to, ["224.2.1.2"]);
    }
  });

  test("the server's own media port as the caller's: no storm, and the call can be ended", async () => {
    assert.equal(kind(await caller.call({ number: DID })), "200");
    await until("the message", () => caller.voice.cameIn.length > 5);
    const { to } = caller.voice;
    const loop = await caller.request("INVITE", head(server.address) + audio(to?.port ?? 0));
    assert.equal(kind(loop), "200");
    const count = (what: string): Promise<number> => server.metric(`switchhook_media_packets_${what}_total`);
    const [began, sentBefore, cameBefore] = [performance.now(), await count("sent"), await count("received")];
    const saidBefore = caller.voice.sent;
    await until("a second of the message", async () => (await count("sent")) >= sentBefore + 50);
    const [sent, came] = [(await count("sent")) - sentBefore, (await count("received")) - cameBefore];
    const said = caller.voice.sent - saidBefore;
    const due = (performance.now() - began) / 20;
    // The counts are told twice a second or so.
    assert.ok(sent <= due + 50, `${sent} packets were sent where ${due.toFixed(0)} were due`);
    assert.ok(
      came <= sent + said + 50,
      `${came} packets came, of ${sent} of ours and ${said} of the caller's`,
    );
    await caller.bye();
  });

  test("and the server is as good as new", goodCall);
});

/** A datagram to a group of hosts, which goes no further than this machine. */
async function sendToGroup(address: string): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((bound) => socket.bind(0, at, bound));
  socket.setMulticastInterface(at);
  await new Promise((sent) => socket.send("planted", 9, address, sent));
  socket.close();
}

describe("floods of keys", () => {
  test("three hundred by INFO, answered each, are one code of bounded length", async () => {
    receiver.requests.length = 0;
    assert.equal(kind(await caller.call({ number: DID })), "200");
    await until("the message", () => caller.voice.cameIn.length > 5);
    for (let key = 0; key < 300; key++) {
      const answer = await caller.request(
        "INFO",
        `Signal=${key % 10}\r\nDuration=100\r\n`,
        "application/dtmf-relay",
      );
      if (kind(answer) === "481" || caller.hungUp) break;
      assert.equal(kind(answer), "200");
    }
    await until("the webhook to be asked", () => receiver.requests.length > 0);
    for (const query of receiver.requests) assert.ok((query.get("code") ?? "").length <= 32);
    if (!caller.hungUp) await caller.bye();
  });

  test("a thousand RFC 4733 events at once: what is typed afterwards still counts", async () => {
    receiver.requests.length = 0;
    assert.equal(kind(await caller.call({ number: DID })), "200");
    await until("the message", () => caller.voice.cameIn.length > 5);
    const { to } = caller.voice;
    assert.ok(to !== undefined);
    for (let key = 0; key < 1000; key++) {
      const event = Buffer.alloc(16);
      event.writeUInt16BE(0x8065, 0);
      event.writeUInt16BE(key, 2);
      event.writeUInt32BE(key * 160, 4);
      event.writeUInt32BE(1, 8);
      event.set([key % 256, 0x8a, 3, 0x20], 12);
      caller.voice.sendRaw(event, to);
      if (key % 50 === 0) await new Promise(setImmediate);
    }
    caller.voice.press(`*${CODE}#`);
    await until("the code to arrive", () => receiver.requests.some((query) => query.get("code") === CODE));
    for (const query of receiver.requests) assert.match(query.get("code") ?? "", /^\d{1,32}$/);
    await caller.bye();
  });

  test("and the server is as good as new", async () => {
    const phone = await SpeakingParty.phone(server, "215");
    await goodCall();
    await phone.close();
  });
});
