// Over 5 s: each spelling of a contact registers and is called: over streams, over UDP, after a restart.

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind, startLine, user } from "../support/sip-text.ts";
import { authorization, Party, type Shape, sdp, token } from "./parts/party.ts";
import { StreamPhone } from "./parts/stream-phone.ts";
import { Watch } from "./parts/watch.ts";

const caller = ownAddress();
const trunk = ownAddress();
const listed = ownAddress();
const third = ownAddress();
const home = ownAddress();

/** A second trunk beside the one that calls: its own address, and a network that it lists. */
function companyOf(parts: {
  readonly phones: readonly string[];
  readonly routes: Readonly<Record<string, readonly string[]>>;
}): string {
  return companyText({ caller, morePhones: parts.phones, routes: parts.routes }).replace(
    "outbound:",
    `  - { name: premium, kind: peer, hosts: ["sip:${trunk}:5060"], acceptFrom: ["${trunk}/32", "${listed}/32"] }\noutbound:`,
  );
}

/** Contact values that ask for a premium number at the trunk. */
function spellings(at: string): readonly string[] {
  const host = at.split(":", 1)[0] ?? "";
  const octets = host.split(".").map(Number);
  const hex = octets.map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return [
    `<sip:+3190012345@${at}>`,
    `<sip:+3190012345@${at};transport=tcp>`,
    `<sip:+3190012345@${at};transport=udp>`,
    `<sip:+3190012345@${at};user=phone>`,
    `<sip:+3190012345@${at}?Subject=hello>`,
    `<sip:+3190012345@${at}?Route=%3Csip%3A${at}%3Blr%3E>`,
    `<sip:+3190012345@${at}>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1`,
    `<sip:+3190012345;phone-context=+31@${at}>`,
    `<sip:%2B3190012345@${at}>`,
    `<sip:%2b31%39%30%30%31%32%33%34%35@${at}>`,
    `<sip:003190012345@${at}>`,
    `<sip:0900-12345@${at};user=phone>`,
    `<sip:+31-900-12345@${at}>`,
    `<sip:+31(900)12345@${at}>`,
    `<sip:+3190012345:secret@${at}>`,
    `<sips:+3190012345@${at}>`,
    `<sip:+3190012345@${at};maddr=${host}>`,
    `<sip:+3190012345@example.org;maddr=${host}>`,
    `<sip:+3190012345@[::ffff:${host}]:5060>`,
    `<sip:+3190012345@[::ffff:${hex.slice(0, 4)}:${hex.slice(4)}]:5060>`,
    `<sip:+3190012345@${host}>`,
    `<sip:+3190012345@${at};lr>`,
    `"0900" <SIP:+3190012345@${at};method=INVITE>;q=1.0`,
    `sip:+3190012345@${at}`,
  ];
}

const CONTACTS = spellings(`${trunk}:5060`);
const EXTENSIONS = CONTACTS.map((_, at) => String(230 + at));
const numberOf = (extension: string): string => `+31501000${extension}`;

/** A sips contact needs TLS, which these phones have not (ADR 0054). */
const isRefused = (contact = ""): boolean => contact.startsWith("<sips:");

describe("X1: a phone's Contact leads nowhere but to the flow that it came from", () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "switchhook-server-"));
  const address = ownAddress();
  const company = companyOf({
    phones: EXTENSIONS,
    routes: Object.fromEntries(EXTENSIONS.map((one) => [numberOf(one), [ringPhone(one, 5)]])),
  });
  // No source sends more than a stranger may.
  const sources = Array.from({ length: Math.ceil(CONTACTS.length / 4) }, () => ownAddress());
  const watches: Watch[] = [];
  let server: TestServer;
  let from: Party;
  let phones: StreamPhone[] = [];

  before(async () => {
    server = await startServer({ company, address, dataDir });
    from = await Party.open(caller);
    for (const [at, port] of [
      [trunk, 5060],
      [listed, 5060],
    ] as const) {
      watches.push(await Watch.open(at, port));
    }
  });
  after(async () => {
    await Promise.all([from.close(), ...watches.map((watch) => watch.close())]);
    await server.stop();
  });

  /** Calls every phone; what each call came to. */
  async function callAll(): Promise<readonly string[]> {
    const statuses: string[] = [];
    for (const extension of EXTENSIONS) {
      const uri = `sip:${numberOf(extension)}@${server.address}`;
      const shape: Shape = { method: "INVITE", uri, from: `<sip:+31687654321@${caller}>;tag=${token()}` };
      statuses.push(kind(await from.ask({ ...shape, body: sdp(caller) }, server)));
    }
    return statuses;
  }

  function assertUnheard(): void {
    assert.deepEqual(
      watches.map(({ heard }) => heard),
      watches.map(() => []),
    );
  }

  test(`X1: ${CONTACTS.length} spellings over open streams: each phone is rung on its stream`, async () => {
    for (const [at, contact] of CONTACTS.entries()) {
      const phone = await StreamPhone.open(sources[Math.floor(at / 4)] ?? "", server);
      phones.push(phone);
      const answer = await phone.register(EXTENSIONS[at] ?? "", PASSWORD, server, contact);
      assert.equal(answer, isRefused(contact) ? "400" : "200", contact);
    }
    await callAll();
    for (const [at, phone] of phones.entries()) {
      const rung = phone.requests.filter((one) => kind(one) === "INVITE").length;
      assert.equal(rung, isRefused(CONTACTS[at]) ? 0 : 1, CONTACTS[at]);
    }
    assertUnheard();
  });

  test("X1: the streams are closed: nobody is reached, the callers are told so", async () => {
    await Promise.all(phones.map((phone) => phone.close()));
    assert.deepEqual(
      await callAll(),
      EXTENSIONS.map(() => "480"),
    );
    assertUnheard();
  });

  test("X1: after a restart: nobody is reached until it registers again", async () => {
    await server.kill();
    server = await startServer({ company, address, dataDir });
    assert.deepEqual(
      await callAll(),
      EXTENSIONS.map(() => "480"),
    );
    assertUnheard();
    phones = [await StreamPhone.open(sources[0] ?? "", server)];
    assert.equal(await phones[0]?.register("230", PASSWORD, server, CONTACTS[0] ?? ""), "200");
    await callAll();
    assert.equal(phones[0]?.requests.length, 2, "INVITE and the ACK for its 486");
    await phones[0]?.close();
  });

  test("X1: over UDP, before and after a restart: the phone's own socket alone is sent to", async () => {
    const parties: Party[] = [];
    for (const [at, contact] of CONTACTS.entries()) {
      const party = await Party.open(sources[Math.floor(at / 4)] ?? "", 6000 + at);
      party.onRequest = (request, place) => {
        if (kind(request) === "INVITE") void party.reply(request, place, 486);
      };
      parties.push(party);
      const headers = [["Expires", "3600"]] as const;
      const answer = await party.register(EXTENSIONS[at] ?? "", PASSWORD, server, { contact, headers });
      assert.equal(answer, isRefused(contact) ? "400" : "200", contact);
    }
    await callAll();
    // A crash may lose what the store has not written yet; an orderly end does not.
    await server.process.stop();
    server = await startServer({ company, address, dataDir });
    await callAll();
    for (const [at, party] of parties.entries())
      assert.equal(party.of("INVITE").length, isRefused(CONTACTS[at]) ? 0 : 2, CONTACTS[at]);
    assertUnheard();
    await Promise.all(parties.map((party) => party.close()));
  });

  test("X1: a name that is a trunk's, the port of a listed network, ourselves, a third party: the same", async () => {
    const decoy = await Watch.open(third);
    const party = await Party.open(sources[0] ?? "", 6100);
    party.onRequest = (request, place) => {
      if (kind(request) === "INVITE") void party.reply(request, place, 486);
    };
    // The socket of the test before is gone, and would be rung in vain.
    const gone: Partial<Shape> = { contact: "*", headers: [["Expires", "0"]] };
    assert.equal(await party.register("231", PASSWORD, server, gone), "200");
    let rung = 0;
    for (const at of ["localhost", `${listed}:5060`, `${third}:5060`, `${server.address}:5060`]) {
      const headers = [
        ["Path", `<sip:${at};lr>`],
        ["Path", `<sip:p@${at}>`],
      ] as const;
      const contact = `<sip:+3190012345@${at}>`;
      assert.equal(
        await party.register("231", PASSWORD, server, { contact, headers, callId: token() }),
        "200",
      );
      const uri = `sip:${numberOf("231")}@${server.address}`;
      const shape: Shape = { method: "INVITE", uri, from: `<sip:+31687654321@${caller}>;tag=${token()}` };
      await from.ask({ ...shape, body: sdp(caller) }, server);
      assert.ok(party.of("INVITE").length > rung, at);
      rung = party.of("INVITE").length;
    }
    assert.deepEqual(decoy.heard, []);
    assertUnheard();
    await Promise.all([decoy.close(), party.close()]);
  });
});

describe("X1, X14: a phone and a trunk at one address", () => {
  let server: TestServer;
  let from: Party;
  let atTrunk: Party;
  let phone: Party;
  before(async () => {
    const company = companyOf({ phones: [], routes: { "+31501234567": [ringPhone("215", 5)] } });
    server = await startServer({ company });
    from = await Party.open(caller);
    atTrunk = await Party.open(trunk);
    phone = await Party.open(home);
    phone.onRequest = (request, place) => {
      if (kind(request) === "INVITE") void phone.reply(request, place, 486);
    };
    assert.equal(await phone.register("215", PASSWORD, server), "200");
  });
  after(async () => {
    await Promise.all([from.close(), atTrunk.close(), phone.close()]);
    await server.stop();
  });

  const shape = (extra: Partial<Shape>): Shape => ({
    method: "INVITE",
    uri: `sip:+31501234567@${server.address}`,
    from: `<sip:+31687654321@${trunk}>;tag=${token()}`,
    body: sdp(trunk),
    ...extra,
  });

  for (const [what, extra] of [
    [
      "an Authorization of another realm",
      {
        headers: [
          [
            "Authorization",
            'Digest username="us", realm="elsewhere.example", nonce="1", uri="sip:x", response="00000000000000000000000000000000"',
          ],
        ],
      },
    ],
    ["an Authorization that nobody can read", { headers: [["Authorization", "Digest ,,,"]] }],
    ["an Authorization of another scheme", { headers: [["Authorization", "Basic dXM6c2VjcmV0"]] }],
    ["an extension in From", { from: `<sip:215@${trunk}>;tag=${token()}` }],
    [
      "an extension in From at our own domain, escaped",
      { from: `<sip:%32%31%35@switchhook>;tag=${token()}` },
    ],
    [
      "both",
      {
        from: `<sip:216@${trunk}>;tag=${token()}`,
        headers: [
          [
            "Authorization",
            'Digest username="216", realm="elsewhere", nonce="1", uri="sip:x", response="00"',
          ],
        ],
      },
    ],
  ] as readonly (readonly [string, Partial<Shape>])[]) {
    test(`X14: a trunk's INVITE with ${what} is that trunk's call`, async () => {
      const rung = phone.of("INVITE").length;
      const answer = await atTrunk.ask(shape(extra), server);
      assert.equal(kind(answer), "486", answer);
      assert.equal(phone.of("INVITE").length, rung + 1);
    });
  }

  test("X14: a phone at the trunk's address proves itself on the flow on which it registered", async () => {
    const beside = await Party.open(trunk, 40_001);
    try {
      assert.equal(await beside.register("216", PASSWORD, server), "200");
      const call = shape({
        uri: `sip:215@${server.address}`,
        from: `<sip:216@${server.address}>;tag=${token()}`,
        callId: token(),
      });
      const challenge = await beside.ask(call, server);
      assert.equal(kind(challenge), "401");
      const proof = authorization(challenge, {
        username: "216",
        password: PASSWORD,
        method: "INVITE",
        uri: call.uri ?? "",
      });
      const again = { ...call, cseq: 2, headers: [["Authorization", proof]] as const };
      assert.equal(kind(await beside.ask(again, server)), "486");
      assert.equal(user(header(phone.of("INVITE").at(-1) ?? "", "From")), "216");
      // The trunk itself, at the same address and with the same From, is still the trunk.
      const answer = await atTrunk.ask(shape({ from: `<sip:216@${trunk}>;tag=${token()}` }), server);
      assert.equal(kind(answer), "486");
      // And the phone that does not say that it is one is the trunk's too: nobody gains a phone's rights by it.
      assert.equal(kind(await beside.ask(shape({}), server)), "486");
    } finally {
      await beside.close();
    }
  });

  test("X14: a phone at the trunk's address that has not registered proves itself by our realm", async () => {
    const beside = await Party.open(trunk, 40_002);
    try {
      const challenge = await beside.ask({ method: "REGISTER", uri: `sip:${server.address}` }, server);
      const uri = `sip:215@${server.address}`;
      const proof = authorization(challenge, { username: "216", password: PASSWORD, method: "INVITE", uri });
      const call = shape({
        uri,
        from: `<sip:216@${server.address}>;tag=${token()}`,
        headers: [["Authorization", proof]],
      });
      assert.equal(kind(await beside.ask(call, server)), "486");
      assert.equal(user(header(phone.of("INVITE").at(-1) ?? "", "From")), "216");
      const wrong = authorization(challenge, { username: "216", password: "guess", method: "INVITE", uri });
      const guess = { ...call, callId: token(), headers: [["Authorization", wrong]] as const };
      assert.equal(kind(await beside.ask(guess, server)), "401");
    } finally {
      await beside.close();
    }
  });

  test("X1: a phone at the trunk's address is rung on its own flow, and by its extension", async () => {
    const beside = await Party.open(trunk, 40_003);
    beside.onRequest = (request, place) => {
      if (kind(request) === "INVITE") void beside.reply(request, place, 486);
    };
    try {
      const gone = (): Partial<Shape> => ({ contact: "*", headers: [["Expires", "0"]], callId: token() });
      // Whoever registered it before is gone, so that the one beside is alone.
      assert.equal(await beside.register("216", PASSWORD, server, gone()), "200");
      let rung = 0;
      for (const [at, contact] of CONTACTS.entries()) {
        const headers = [["Expires", "3600"]] as const;
        const status = await beside.register("216", PASSWORD, server, { contact, headers, callId: token() });
        assert.equal(status, isRefused(contact) ? "400" : "200", contact);
        if (isRefused(contact)) continue;
        const call = shape({
          uri: `sip:216@${server.address}`,
          from: `<sip:215@x>;tag=${token()}`,
          callId: token(),
        });
        const challenge = await phone.ask(call, server);
        const proof = authorization(challenge, {
          username: "215",
          password: PASSWORD,
          method: "INVITE",
          uri: call.uri ?? "",
        });
        await phone.ask({ ...call, cseq: 2, headers: [["Authorization", proof]] }, server);
        assert.ok(beside.of("INVITE").length > rung, contact);
        for (const invite of beside.of("INVITE").slice(rung))
          assert.match(startLine(invite), /^INVITE sip:216@/, CONTACTS[at]);
        rung = beside.of("INVITE").length;
        assert.equal(await beside.register("216", PASSWORD, server, gone()), "200");
      }
      assert.ok(!atTrunk.requests.some((text) => text.includes("90012345")));
      assert.deepEqual(atTrunk.of("INVITE"), []);
    } finally {
      await beside.close();
    }
  });
});
