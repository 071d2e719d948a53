// SIPp against the real process: the ways in which a call can go, and the races.
// Over 5 s: SIPp rings and times out as long as phones do.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, describe, test } from "node:test";
import type { CallRecord } from "../../src/model/call-record.ts";
import { companyText, PASSWORD, ringPhone, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, header, kind, method } from "../support/sip-text.ts";
import {
  registerPhone,
  type Sipp,
  type SippOptions,
  sippCallee,
  sippCaller,
  stopEverySipp,
} from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp");

/** Of the last call; each has its own, so that its record is found. */
let callerNumber = 31_612_345_000;
const DID = {
  phone: "+31501000001",
  briefly: "+31501000002",
  twoPhones: "+31501000003",
  group: "+31501000004",
  ignoring: "+31501000005",
  slow: "+31501000006",
  anchored: "+31501000007",
} as const;

const caller = ownAddress();
const carrier = ownAddress();
const at215 = ownAddress();
const at216 = ownAddress();
/** Its sound passes through us. */
const at217 = ownAddress();
let server: TestServer;
let receiver: Receiver;
/** Replies that the receiver holds back, to number `slow`. */
const held: ServerResponse[] = [];

before(async () => {
  if (skip !== false) return;
  receiver = await Receiver.start((query, _request, response) => {
    if (query.get("did") === DID.slow) held.push(response);
    else response.end("status=ACK");
  });
  server = await startServer({
    company: companyText({
      caller,
      carrier,
      receiver: receiver.address,
      morePhones: ["217"],
      anchored: ["217"],
      routes: {
        [DID.phone]: [ringPhone("215")],
        [DID.briefly]: [ringPhone("215", 1), ringPhone("216")],
        [DID.twoPhones]: [ringPhone("215"), ringPhone("216")],
        [DID.group]: ['{ type: group, group: "300", ringSeconds: 20 }'],
        [DID.ignoring]: ['{ type: group, group: "300", ringSeconds: 20, ignoreForwarding: true }'],
        [DID.anchored]: [ringPhone("217")],
        [DID.slow]: [webhookStep("CRM", [ringPhone("215")], [ringPhone("216")])],
      },
    }),
  });
  for (const [at, extension] of [
    [at215, "215"],
    [at216, "216"],
    [at217, "217"],
  ] as const) {
    await registerPhone(at, `${server.address}:5060`, { extension, password: PASSWORD });
  }
});

after(async () => {
  await stopEverySipp();
  await server?.stop();
  await receiver?.kill();
});

function calls(scenario: string, did: string, more: Partial<SippOptions> = {}): Sipp {
  callerNumber += 1;
  const rows = [[did, `+${callerNumber}`, ""]];
  return sippCaller(scenario, { at: caller, server: `${server.address}:5060`, rows, pauseMs: 50, ...more });
}

function answers(scenario: string, at: string, more: Partial<SippOptions> = {}): Promise<Sipp> {
  return sippCallee(scenario, { at, server: `${server.address}:5060`, pauseMs: 50, ...more });
}

/** Final status of the caller's INVITE, as it saw it. */
function finalStatus(sipp: Sipp): number {
  const finals = sipp
    .messages()
    .filter(({ direction, text }) => direction === "in" && method(text) === "INVITE" && kind(text) >= "200")
    .map(({ text }) => Number(kind(text)));
  return finals[0] ?? 0;
}

/** The record of the last call. */
async function record(): Promise<CallRecord> {
  const id = await until("the record", async () => {
    return (await server.calls(10)).find((call) => call.caller === `+${callerNumber}`)?.id;
  });
  return server.call(id);
}

describe("the caller hangs up before an answer", { skip }, () => {
  test("CANCEL during the webhook: 487, no phone rings, the request may finish", async () => {
    const phone = await answers("phone-answers", at215);
    await calls("caller-cancels-early", DID.slow).succeeded();
    // The caller may be gone before the request has arrived.
    const response = await until("the request", () => held.pop());
    assert.ok(!response.destroyed, "the request is left to finish");
    response.end("status=ACK&destination=215");
    const { result, missed, sip } = await record();
    assert.deepEqual([result, missed], ["cancelled", true]);
    assert.deepEqual(
      sip.filter(({ leg }) => leg !== "A"),
      [],
    );
    assert.deepEqual(phone.received("INVITE"), []);
    await phone.stop();
  });

  test("a webhook of more than a second lets the caller hear ringing", async () => {
    const phone = await answers("phone-answers", at215);
    const call = calls("caller-cancels-ringing", DID.slow, { pauseMs: 10 });
    await call.succeeded();
    held.pop()?.end("status=ACK");
    assert.equal(call.received("180").length, 1);
    await phone.stop();
  });

  test("CANCEL while ringing: every ringing phone gets its CANCEL", async () => {
    const phones = await Promise.all([answers("phone-silent", at215), answers("phone-silent", at216)]);
    await calls("caller-cancels-fork", DID.group).succeeded();
    for (const phone of phones) await phone.succeeded();
    const { result, missed } = await record();
    assert.deepEqual([result, missed], ["cancelled", true]);
  });

  test("CANCEL crosses the phone's 200: acknowledged, then BYE", async () => {
    const phone = await answers("phone-crosses", at215);
    await calls("caller-cancels-ringing", DID.phone).succeeded();
    await phone.succeeded();
    const order = phone.messages().filter(({ direction }) => direction === "in");
    assert.deepEqual(
      order.map(({ text }) => kind(text)),
      ["INVITE", "CANCEL", "ACK", "BYE"],
    );
  });

  test("CANCEL after our 200 has no effect: 200 to it, the call goes on until BYE", async () => {
    const phone = await answers("phone-answers", at215);
    await calls("caller-cancels-late", DID.phone).succeeded();
    await phone.succeeded();
    const { result, missed } = await record();
    assert.deepEqual([result, missed], ["completed", false]);
  });
});

describe("a phone does not take the call: the next step", { skip }, () => {
  for (const [scenario, status] of [
    ["phone-busy", 486],
    ["phone-rejects", 603],
    ["phone-broken", 500],
  ] as const) {
    test(`${scenario} (${status})`, async () => {
      const [first, second] = [await answers(scenario, at215), await answers("phone-answers", at216)];
      await calls("caller-answered", DID.twoPhones).succeeded();
      await first.succeeded();
      await second.succeeded();
    });
  }

  test("no answer within the ring time: cancelled, the next one answers", async () => {
    const [first, second] = [await answers("phone-silent", at215), await answers("phone-answers", at216)];
    await calls("caller-answered", DID.briefly).succeeded();
    await first.succeeded();
    await second.succeeded();
    assert.equal(header(first.received("CANCEL")[0] ?? "", "Reason"), "");
  });

  test("the last one was busy: 486 to the caller", async () => {
    const [first, second] = [await answers("phone-rejects", at215), await answers("phone-busy", at216)];
    const call = await calls("caller", DID.twoPhones).succeeded();
    await first.succeeded();
    await second.succeeded();
    assert.equal(finalStatus(call), 486);
    assert.equal((await record()).result, "busy");
  });

  test("the last one declined: 480 to the caller", async () => {
    const [first, second] = [await answers("phone-busy", at215), await answers("phone-rejects", at216)];
    const call = await calls("caller", DID.twoPhones).succeeded();
    await first.succeeded();
    await second.succeeded();
    assert.equal(finalStatus(call), 480);
  });
});

describe("several phones, and phones that forward", { skip }, () => {
  test("a group rings all at once; the loser is told that the call was answered elsewhere", async () => {
    const [loser, winner] = [
      await answers("phone-silent", at215),
      await answers("phone-answers-slowly", at216),
    ];
    await calls("caller-answered", DID.group).succeeded();
    await winner.succeeded();
    await loser.succeeded();
    const cancel = loser.received("CANCEL")[0] ?? "";
    assert.equal(header(cancel, "Reason"), 'SIP;cause=200;text="Call completed elsewhere"');
  });

  test("302 to another phone is followed", async () => {
    const first = await answers("phone-redirects", at215, { more: ["-key", "target", "216"] });
    const second = await answers("phone-answers", at216);
    await calls("caller-answered", DID.phone).succeeded();
    await first.succeeded();
    await second.succeeded();
  });

  test("302 to an outside number goes by the trunk", async () => {
    const first = await answers("phone-redirects", at215, { more: ["-key", "target", "+31502102544"] });
    const outside = await answers("phone-answers", carrier);
    await calls("caller-answered", DID.phone).succeeded();
    await first.succeeded();
    await outside.succeeded();
    assert.match(outside.received("INVITE")[0] ?? "", /^INVITE sip:\+31502102544@/);
  });

  test("302 to a premium number is not followed", async () => {
    const first = await answers("phone-redirects", at215, { more: ["-key", "target", "+31909123456"] });
    const outside = await answers("phone-answers", carrier);
    const call = await calls("caller", DID.phone).succeeded();
    await first.succeeded();
    assert.equal(finalStatus(call), 480);
    assert.deepEqual(outside.received("INVITE"), []);
    await outside.stop();
  });

  test("302 in a group that ignores forwarding: the other phone goes on ringing and answers", async () => {
    const first = await answers("phone-redirects", at215, { more: ["-key", "target", "+31502102544"] });
    const second = await answers("phone-answers-slowly", at216);
    const outside = await answers("phone-answers", carrier);
    await calls("caller-answered", DID.ignoring).succeeded();
    await first.succeeded();
    await second.succeeded();
    assert.deepEqual(outside.received("INVITE"), []);
    await outside.stop();
  });
});

describe("a connected call", { skip }, () => {
  const directions = (sipp: Sipp): readonly string[] =>
    sipp.received("INVITE").map((text) => /^a=(send\w*|recv\w*|inactive)/m.exec(body(text))?.[1] ?? "");

  test("the phone hangs up", async () => {
    const phone = await answers("phone-hangs-up", at215);
    await calls("caller-waits", DID.phone).succeeded();
    await phone.succeeded();
    const ended = (await record()).story.findLast(({ type }) => type === "ended");
    assert.ok(ended?.type === "ended");
    assert.equal(ended.by, "callee");
  });

  test("the caller holds and resumes", async () => {
    const phone = await answers("phone-held", at215);
    const call = await calls("caller-holds", DID.phone).succeeded();
    await phone.succeeded();
    assert.deepEqual(directions(phone), ["sendrecv", "sendonly", "sendrecv"]);
    const answered = call.received("200").filter((text) => method(text) === "INVITE");
    assert.deepEqual(
      answered.map((text) => /^a=(\w+)$/m.exec(body(text))?.[1]),
      ["sendrecv", "recvonly", "sendrecv"],
    );
  });

  test("the phone holds and resumes", async () => {
    const phone = await answers("phone-holds", at215);
    const call = await calls("caller-held", DID.phone, { pauseMs: 500 }).succeeded();
    await phone.succeeded();
    assert.deepEqual(directions(call), ["sendonly", "sendrecv"]);
    const notes = (await record()).story.filter(({ type }) => type === "note");
    assert.match(JSON.stringify(notes), /the callee put the call on hold/);
  });

  test("o= keeps its session and counts up its version only when the SDP changes (RFC 8866 §5.2)", async () => {
    const phone = await answers("phone-held", at215);
    await calls("caller-holds", DID.phone).succeeded();
    await phone.succeeded();
    const origins = phone
      .received("INVITE")
      .map((text) => (/^o=(.*)$/m.exec(body(text))?.[1] ?? "").split(" "));
    assert.equal(new Set(origins.map(([, session]) => session)).size, 1);
    const versions = origins.map(([, , version]) => Number(version));
    const first = versions[0] ?? 0;
    assert.deepEqual(versions, [first, first + 1, first + 2]);
  });

  test("INVITE without SDP: the phone's offer in our 200, the caller's answer in our ACK", async () => {
    const phone = await answers("phone-answers", at215);
    const call = await calls("caller-without-sdp", DID.phone).succeeded();
    await phone.succeeded();
    assert.equal(body(phone.received("INVITE")[0] ?? "").trim(), "");
    assert.match(body(phone.received("ACK")[0] ?? ""), /^m=audio \d+ RTP\/AVP 8 101\r$/m);
    const ok = call.received("200").find((text) => method(text) === "INVITE") ?? "";
    assert.match(body(ok), /^m=audio \d+ RTP\/AVP 8\r$/m);
  });

  test("100rel on the called leg: 183 reaches the caller, PRACK goes to the phone", async () => {
    const phone = await answers("phone-reliable", at215);
    const call = await calls("caller-answered", DID.phone).succeeded();
    await phone.succeeded();
    assert.equal(header(phone.received("PRACK")[0] ?? "", "RAck"), "4711 1 INVITE");
    const early = call.received("183")[0] ?? "";
    assert.match(body(early), /^m=audio/m);
    // The legs have their own reliability: nothing of the phone's is passed on.
    assert.equal(header(early, "RSeq"), "");
  });

  for (const [like, scenario, pracks] of [
    ["pjsip", "phone-reliable", ["4711"]],
    ["Asterisk", "phone-reliable-ringing", ["4710", "4711"]],
  ] as const) {
    test(`S1: a phone that answers as ${like} does with 100rel, directly, in a group, and with the sound through us`, async () => {
      for (const [did, at] of [
        [DID.phone, at215],
        [DID.group, at215],
        [DID.anchored, at217],
      ] as const) {
        const other = did === DID.group ? await answers("phone-silent", at216) : undefined;
        const phone = await answers(scenario, at);
        const call = await calls("caller-answered", did).succeeded();
        await phone.succeeded();
        await other?.succeeded();
        const racks = phone.received("PRACK").map((text) => header(text, "RAck").split(" ")[0]);
        assert.deepEqual([...new Set(racks)], pracks);
        const ok = call.received("200").find((text) => method(text) === "INVITE") ?? "";
        assert.match(
          body(ok),
          /^m=audio \d+ RTP\/AVP 8/m,
          `${did}: the caller's own 200 describes the phone`,
        );
        assert.equal(header(ok, "Content-Type"), "application/sdp");
        assert.equal((await record()).result, "completed");
      }
    });
  }

  test("100rel on the caller's leg: a caller that requires it gets reliable ringing", async () => {
    const phone = await answers("phone-answers-slowly", at215);
    await calls("caller-reliable", DID.phone).succeeded();
    await phone.succeeded();
    assert.deepEqual(phone.received("PRACK"), []);
  });
});

test("afterwards nothing is left over", { skip }, async () => {
  await until("all calls and dialogs to be gone", async () => {
    const [active, dialogs] = [
      await server.metric("switchhook_calls_active"),
      await server.metric("switchhook_dialogs"),
    ];
    return active === 0 && dialogs === 0;
  });
  await server.assertHealthy();
});
