// X9, B13 at the real process: no number that may not be called leaves, in any spelling and on any way; and no more calls
// leave than may.
// Over 5 s: hundreds of spellings, each a call.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { DEFAULT_OUTSIDE_CALL_LIMITS } from "../../src/model/outside-call-limits.ts";
import { companyText, PASSWORD, ringPhone, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";
import { authorization, Party, sdp, token } from "./parts/party.ts";

const OUTSIDE = "+31201234567";
const BY_WEBHOOK = "+31501000001";
const BY_PHONE = "+31501000002";

/** What RFC 3261 §25.1 does not let stand in a user part is escaped, as a phone would. */
function escaped(number: string): string {
  return encodeURIComponent(number).replaceAll("%2B", "+");
}

describe("X9: 200 calls of one phone in a second", () => {
  const trunk = ownAddress();
  let server: TestServer;
  let carrier: Party;
  let phone: Party;

  before(async () => {
    server = await startServer({
      // The defaults: this is what an office has that says nothing.
      company: companyText({
        caller: trunk,
        outsideCalls: "",
        routes: { [BY_PHONE]: [ringPhone("215", 5)] },
      }),
    });
    carrier = await Party.open(trunk);
    phone = await Party.open(ownAddress());
    assert.equal(await phone.register("215", PASSWORD, server), "200");
    carrier.onRequest = (request, place) => {
      if (kind(request) === "INVITE") void carrier.reply(request, place, 180);
      if (kind(request) === "BYE" || kind(request) === "CANCEL") void carrier.reply(request, place, 200);
    };
  });

  after(async () => {
    await Promise.all([carrier.close(), phone.close()]);
    await server.stop();
  });

  test("X9: two reach the trunk, the others hear 403, their stories say why, and a call for help passes", async () => {
    const uri = `sip:${OUTSIDE}@${server.address}`;
    const shape = {
      method: "INVITE",
      uri,
      from: `<sip:215@${server.address}>;tag=${token()}`,
      body: sdp(phone.address),
    };
    const challenge = await phone.ask({ ...shape, callId: token() }, server);
    const proof = { username: "215", password: PASSWORD, method: "INVITE", uri };
    phone.heard.length = 0;
    phone.onResponse = (response) => {
      if (kind(response) !== "403") return;
      const ack = { ...shape, method: "ACK", callId: header(response, "Call-ID"), cseq: 2 };
      const branch = /branch=([^;\r\n]+)/.exec(header(response, "Via"))?.[1] ?? "";
      void phone.send(phone.write({ ...ack, to: header(response, "To"), branch, body: "" }, server), server);
    };
    const began = performance.now();
    for (let at = 0; at < 200; at++) {
      const answer = authorization(challenge, { ...proof, nc: at + 1 });
      const request = { ...shape, callId: token(), cseq: 2, headers: [["Authorization", answer] as const] };
      await phone.send(phone.write(request, server), server);
      // Spread over one second; what a phone may send in a moment is another guard's business.
      const ahead = at * 5 - (performance.now() - began);
      if (ahead > 0) await setTimeout(ahead);
    }
    const legs = (): number => new Set(carrier.of("INVITE").map((invite) => header(invite, "Call-ID"))).size;
    await until("the refused calls", async () => (await server.metric("switchhook_calls_active")) === 2);
    const answered = phone.responses.filter((text) => kind(text) === "403");
    const refused = new Set(answered.map((text) => header(text, "Call-ID"))).size;
    assert.ok(refused > 20, `${refused} were refused by us`);
    assert.equal(legs(), 2);
    assert.equal(await server.metric("switchhook_outside_calls_active"), 2);
    assert.equal(await server.metric("switchhook_outside_calls_refused_total"), refused);
    assert.equal(await server.metric("switchhook_alerts_total"), 1);
    const warnings = server.log.filter(
      ({ level, msg }) => level === 40 && msg?.includes("phone 215") === true,
    );
    assert.equal(warnings.length, 2, "one line before, one when they begin to be refused, however many are");
    assert.match(warnings[1]?.msg ?? "", /^A call to the outside was refused: phone 215 has 2 calls/);
    assert.match(
      warnings[0]?.msg ?? "",
      /^2 of 2 outside calls that phone 215 .*security\.outsideCalls\.perPhone/,
    );
    const { reason } = await server.recordOf(OUTSIDE);
    assert.match(
      reason,
      /phone 215 has 2 calls to the outside up, and may have 2 .*security\.outsideCalls\.perPhone/,
    );

    const uriOfHelp = `sip:112@${server.address}`;
    const help = { ...shape, uri: uriOfHelp, callId: token(), cseq: 3 };
    const answer = authorization(challenge, { ...proof, uri: uriOfHelp, nc: 300 });
    const request = phone.write({ ...help, headers: [["Authorization", answer]] }, server);
    const arrived = (): boolean =>
      carrier.of("INVITE").some((invite) => invite.startsWith("INVITE sip:112@"));
    // Sent again until it is answered, as a phone does: it has just spent what a phone may send in a moment.
    await until("the call for help to pass", arrived).finally(phone.repeat(request, server));
    assert.equal(await server.metric("switchhook_outside_calls_active"), 2);
  });
});

test("B13: SECURITY.md tells the limits that the code has", () => {
  const text = readFileSync(new URL("../../SECURITY.md", import.meta.url), "utf8").replaceAll(/\s+/g, " ");
  const { perPhone, perCompany, newPerMinute } = DEFAULT_OUTSIDE_CALL_LIMITS;
  const said = `at once ${perPhone} for each phone and ${perCompany} for the company, and ${newPerMinute} new ones in any 60 s`;
  assert.ok(text.includes(said), said);
});

/** Numbers that may never be called: premium, shared cost, personal, satellite, service, a country not listed, short, help. */
const FORBIDDEN = [
  "+319001234",
  "+31906123456",
  "+3290212345",
  "+49 900 1 234567",
  "+19005551234",
  "+448712345678",
  "+33899123456",
  "+979123456789",
  "+491805123456",
  "+447012345678",
  "+881612345678",
  "+88213300655",
  "+883510012345678",
  "+870773111632",
  "+80012345678",
  "+80812345678",
  "+878101234567890",
  "+442079460000",
  "+12025550123",
  "+18765551234",
  "+5351234567",
  "+2522123456",
  "+77012345678",
  "+24740000",
  "+3114020",
  "1233",
  "14020",
  "0900-1234",
  "00112",
  "+31112",
  "+31990",
  "116006",
];

/** The same in other spellings. */
function spellings(number: string): readonly string[] {
  const digits = number.replace(/[^\d]/g, "");
  if (!number.startsWith("+")) return [number, ` ${number} `, number.split("").join("-")];
  const national = digits.startsWith("31")
    ? [`0${digits.slice(2)}`, `0${digits.slice(2, 5)}-${digits.slice(5)}`]
    : [];
  return [
    number,
    `00${digits}`,
    digits,
    `+${digits.slice(0, 2)} ${digits.slice(2)}`,
    `+${digits.slice(0, 2)} (0)${digits.slice(2)}`,
    `+${digits.split("").join(".")}`,
    `00 ${digits.slice(0, 2)}-${digits.slice(2)}`,
    `${number};npdi`,
    `${number};phone-context=+31`,
    `tel:${number}`,
    `500&SIP/itsp/${number}`,
    ...national,
  ];
}

describe("B13: numbers that may not be called, in all spellings and on all ways", () => {
  const trunk = ownAddress();
  const caller = ownAddress();
  const texts = FORBIDDEN.flatMap(spellings);
  let server: TestServer;
  let receiver: Receiver;
  let carrier: Party;
  let from: Party;
  let phone: Party;
  /** Proves phone 215's password for as many calls as it makes. */
  let challenge = "";
  let proofs = 0;
  let forwarder: Party;
  /** What the receiver names, and where the forwarding phone sends calls, next. */
  let next = "";

  const company = (steps: readonly string[] = []): string =>
    companyText({
      caller,
      carrier: trunk,
      receiver: receiver.address,
      routes: {
        [BY_WEBHOOK]: [webhookStep("CRM", ["{ type: variableDestination, ringSeconds: 2 }"])],
        [BY_PHONE]: [ringPhone("216", 2)],
        ...(steps.length === 0 ? {} : { "+31501000003": steps }),
      },
    });

  before(async () => {
    receiver = await Receiver.start((_query, _request, response) => {
      response.end(`status=ACK&destination=${encodeURIComponent(next)}`);
    });
    server = await startServer({ company: company() });
    carrier = await Party.open(trunk);
    carrier.onRequest = (request, place) => {
      if (kind(request) === "INVITE") void carrier.reply(request, place, 486);
    };
    from = await Party.open(caller);
    forwarder = await Party.open(ownAddress());
    phone = await Party.open(ownAddress());
    assert.equal(await phone.register("215", PASSWORD, server), "200");
    challenge = await phone.ask({ method: "INVITE", uri: `sip:216@${server.address}` }, server);
    assert.equal(await forwarder.register("216", PASSWORD, server), "200");
    forwarder.onRequest = (request, place) => {
      if (kind(request) !== "INVITE") return;
      const user = escaped(next);
      // The number as a user part at the trunk's own address, and as a telephone URI.
      const contact = `<sip:${user}@${trunk}:5060;user=phone>, <tel:${next.replaceAll(/[^+\d.;=a-z-]/g, "")}>`;
      void forwarder.reply(request, place, 302, { headers: [["Contact", contact]] });
    };
  });

  after(async () => {
    await Promise.all([carrier, from, forwarder, phone].map((party) => party.close()));
    await server.stop();
    await receiver.kill();
  });

  /** A call from outside to one of our numbers. */
  async function call(number: string): Promise<string> {
    const shape = {
      method: "INVITE",
      uri: `sip:${number}@${server.address}`,
      from: `<sip:+31687654321@${caller}>;tag=${token()}`,
      body: sdp(caller),
    };
    return kind(await from.ask(shape, server, 20_000));
  }

  /** A call of phone 215, no faster than a phone may call: what more would come to is another guard's business. */
  async function dialled(number: string): Promise<string> {
    const uri = `sip:${escaped(number)}@${server.address}`;
    proofs += 1;
    const proof = { username: "215", password: PASSWORD, method: "INVITE", uri, nc: proofs };
    const [response] = await Promise.all([
      phone.ask(
        {
          method: "INVITE",
          uri,
          from: `<sip:215@${server.address}>;tag=${token()}`,
          headers: [["Authorization", authorization(challenge, proof)]],
          body: sdp(phone.address),
        },
        server,
        20_000,
      ),
      setTimeout(50),
    ]);
    return kind(response);
  }

  const leaks = (): readonly string[] =>
    carrier.of("INVITE").map((invite) => invite.split("\r\n", 1)[0] ?? "");

  test(`B13: there are at least 300 of them, and what may be called leaves on each way`, async () => {
    assert.ok(texts.length >= 300, `${texts.length} texts`);
    next = OUTSIDE;
    for (const way of [
      () => call(BY_WEBHOOK),
      () => call(BY_PHONE),
      () => dialled(OUTSIDE),
      () => dialled("216"),
    ]) {
      carrier.heard.length = 0;
      const status = await way();
      assert.ok(leaks().length > 0, `${String(way)} left nothing, and heard ${status}`);
    }
    carrier.heard.length = 0;
  });

  test("B13: a webhook's destination: none leaves", async () => {
    for (next of texts) await call(BY_WEBHOOK);
    assert.equal(receiver.requests.length, texts.length + 1);
    assert.deepEqual(leaks(), []);
  });

  test("B13: 302 of a phone that is called from outside, and from inside: none leaves", async () => {
    forwarder.heard.length = 0;
    for (next of texts) await call(BY_PHONE);
    assert.ok(forwarder.of("INVITE").length >= texts.length);
    for (next of texts.filter((_, at) => at % 5 === 0)) await dialled("216");
    assert.deepEqual(leaks(), []);
  });

  test("B13: a phone that dials them: none leaves but calls for help", async () => {
    for (const text of texts) assert.match(await dialled(text), /^4(?!01|07)/, text);
    assert.deepEqual(leaks(), []);
  });

  test("B13: a dial plan that names them is not taken at all", async () => {
    const before = await server.metric("switchhook_calls_total");
    const steps = texts.map(
      (text) => `{ type: fixedDestination, number: ${JSON.stringify(text)}, ringSeconds: 2 }`,
    );
    const some = steps.filter((_, at) => at % 4 === 0);
    const { code, stdout, stderr } = await server.tryApply(company(some));
    assert.notEqual(code, 0);
    const named = new Set((stdout + stderr).match(/steps\[\d+\]/g));
    assert.equal(named.size, some.length, "a problem for each of them");
    assert.equal(await server.metric("switchhook_calls_total"), before);
  });
});
