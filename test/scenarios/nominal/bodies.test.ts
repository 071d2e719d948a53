import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplyOptions } from "../agent-call.ts";
import { type Field, parts } from "../agent-dialog.ts";
import { connected, finish } from "../connected.ts";
import { BOARD, CARRIER, NUMBER, Scenario } from "../harness.ts";
import { media, sdp } from "../sdp.ts";

const ANCHORED = { phone215: "media: anchored" };
const PHONE = sdp({ at: "10.1.1.215" });
const typed = (type: string, disposition?: string): readonly Field[] => [
  ["Content-Type", type],
  ...(disposition === undefined ? [] : ([["Content-Disposition", disposition]] as const)),
];
const SDP_PART = (body: string): string => `Content-Type: application/sdp\r\n\r\n${body}`;
const ISUP = (handling: string): string =>
  `Content-Type: application/ISUP;version=itu-t92+\r\nContent-Disposition: signal;handling=${handling}\r\n\r\nxyz`;
const PIDF = "<presence/>";

const STRANGE: readonly (readonly [string, number, ReplyOptions])[] = [
  ["a 180 with text/xml", 180, { sdp: "<call/>", headers: typed("text/xml") }],
  ["a 183 with application/isup", 183, { sdp: "\u0001isup", headers: typed("application/isup") }],
  [
    "a 183 with a whole body that is only for reading",
    183,
    { sdp: "hello", headers: typed("text/plain", "render") },
  ],
  ["a 183 with early-session", 183, { sdp: PHONE, headers: typed("application/sdp", "early-session") }],
  ["a 183 in a broken multipart", 183, { sdp: "--edge", headers: typed("multipart/mixed") }],
  [
    "a 183 with compressed SDP",
    183,
    { sdp: "x", headers: [...typed("application/sdp"), ["Content-Encoding", "gzip"]] },
  ],
];
for (const media215 of [{}, ANCHORED]) {
  for (const [what, status, options] of STRANGE) {
    test(`S4: ${what} is ringing and nothing else ${JSON.stringify(media215)}`, async () => {
      const s = await Scenario.start(media215);
      const a = s.carrier.invite(NUMBER);
      await s.until(() => s.at("215").calls.length === 1);
      s.at("215").call.respond(status, options);
      await s.until(() => a.last === 180);
      assert.equal(a.responses.at(-1)?.body.length, 0);
      s.at("215").call.answer();
      await s.until(() => a.last === 200);
      assert.match(media(a.remoteSdp), /sendrecv/);
      a.bye();
      await s.assertClean();
    });
  }

  for (const handling of ["optional", "required"]) {
    test(`S4: a 200 in a multipart, ISUP beside its SDP (${handling}) ${JSON.stringify(media215)}`, async () => {
      const s = await Scenario.start(media215);
      const a = s.carrier.invite(NUMBER);
      await s.until(() => s.at("215").calls.length === 1);
      s.at("215").call.answer({ sdp: parts(SDP_PART(PHONE), ISUP(handling)) });
      await s.until(() => a.last === 200);
      const answer = a.responses.at(-1);
      assert.equal(answer?.headers.get("content-type"), "application/sdp");
      assert.ok(!a.remoteSdp.includes("edge") && !a.remoteSdp.includes("xyz"));
      assert.match(media(a.remoteSdp), /sendrecv/);
      a.bye();
      await s.assertClean();
    });
  }
}

test("S4: an INVITE in a multipart: its SDP rings the phone, alone", async () => {
  for (const order of [0, 1]) {
    const both = [SDP_PART(sdp({ at: CARRIER })), ISUP("optional")];
    const call = await connected({}, { sdp: parts(...(order === 0 ? both : both.toReversed())) });
    assert.equal(call.b.invite.body.toString().includes("xyz"), false);
    assert.equal(call.b.invite.headers.get("content-type"), "application/sdp");
    assert.equal(media(call.b.invite.body), `${CARRIER}:4000 sendrecv`);
    await finish(call);
  }
});

test("S4: an INVITE with nothing but a body that may be ignored asks the phone for its offer", async () => {
  for (const [body, headers] of [
    [PIDF, typed("application/pidf+xml", "render;handling=optional")],
    [parts(ISUP("optional")), []],
  ] as const) {
    const call = await connected({}, { sdp: body, headers, answer: sdp({ at: CARRIER }) });
    assert.equal(call.b.invite.body.length, 0, "no <presence/> as SDP");
    assert.equal(call.b.invite.headers.get("content-type"), undefined);
    assert.equal(media(call.a.remoteSdp), "10.1.1.215:4000 sendrecv");
    await finish(call);
  }
});

test("S4: an answer in a multipart ACK", async () => {
  for (const media215 of [{}, ANCHORED]) {
    const answer = parts(ISUP("optional"), SDP_PART(sdp({ at: CARRIER })));
    const call = await connected(media215, { sdp: "", answer });
    await call.s.run(2000);
    assert.equal(call.a.got("BYE"), 0);
    if (media215 !== ANCHORED) {
      assert.equal(media(call.b.acks[0]?.body ?? ""), `${CARRIER}:4000 sendrecv`);
      assert.equal(call.b.acks[0]?.headers.get("content-type"), "application/sdp");
    }
    await finish(call);
  }
});

test("S4: a hold and its answer in multiparts, and an UPDATE whose only body may be ignored", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", (transaction) =>
    b.reply(transaction, 200, parts(SDP_PART(sdp({ at: "10.1.1.215", direction: "recvonly", version: 2 })))),
  );
  const hold = a.reinvite(parts(SDP_PART(sdp({ at: CARRIER, direction: "sendonly", version: 2 }))));
  await s.until(() => hold.heard.includes(200));
  assert.equal(media(hold.responses.at(-1)?.body ?? ""), "10.1.1.215:4000 recvonly");
  assert.equal(media(b.requests.at(-1)?.request.body ?? ""), `${CARRIER}:4000 sendonly`);
  const refresh = a.update(PIDF, typed("application/pidf+xml", "render;handling=optional"));
  await s.until(() => refresh.heard.includes(200));
  assert.equal(b.got("UPDATE"), 0, "a refresh stays on its own leg");
  await finish(call);
});

test("S4: SDP without a Content-Type is SDP, in requests and responses", async () => {
  const s = await Scenario.start();
  s.network.intercept = ({ text, from, to }) => {
    const untyped = text.replace(/^Content-Type: [^\r]*\r\n/m, "");
    if (from.host === BOARD || untyped === text) return undefined;
    s.network.inject(untyped, from, to);
    return "drop";
  };
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200);
  assert.equal(media(s.at("215").call.invite.body), `${CARRIER}:4000 sendrecv`);
  assert.equal(media(a.remoteSdp), "10.1.1.215:4000 sendrecv");
  a.bye();
  await s.assertClean();
});

test("S4: what cannot be read and may not be ignored is 415, with what can be read", async () => {
  const s = await Scenario.start();
  for (const [body, headers] of [
    [PIDF, typed("application/pidf+xml")],
    [parts(ISUP("required")), []],
    [parts(SDP_PART(sdp({ at: CARRIER })), ISUP("required")), []],
    ["--edge--", typed("multipart/mixed")],
  ] as const) {
    const a = s.carrier.invite(NUMBER, { sdp: body, headers });
    await s.until(() => a.last === 415);
    assert.equal(a.responses.at(-1)?.headers.get("accept"), "application/sdp, multipart/mixed");
  }
  assert.equal(s.at("215").calls.length, 0);
  await s.assertClean();
});
