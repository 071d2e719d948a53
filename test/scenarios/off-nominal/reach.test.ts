import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRequest, buildResponse } from "../../../src/sip/message/build.ts";
import type { SipRequest } from "../../../src/sip/message/message.ts";
import type { Agent } from "../agent.ts";
import { CARRIER_TWO, NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

const OUT = `- { type: fixedDestination, number: "+31201234567", ringSeconds: 60 }`;
const CREDENTIALS = "credentials: { username: acct, password: trunk-secret }";
const CHALLENGE = 'Digest realm="carrier.example", nonce="abc", algorithm=MD5, qop="auth"';
/** A public address to which a trunk may lead its dialogs, though it is none of its own. */
const ELSEWHERE = "8.8.8.8";
const LEADS: readonly (readonly [string, string])[] = [["Record-Route", `<sip:${ELSEWHERE};lr>`]];

/** Somebody at that address who says one thing to all requests; what it was sent. */
function elsewhere(s: Scenario, status: number): readonly SipRequest[] {
  const agent: Agent = s.trunk("elsewhere", ELSEWHERE);
  const heard: SipRequest[] = [];
  agent.transactions.use({
    onRequest(transaction) {
      heard.push(transaction.request);
      const headers = status === 401 ? ([["WWW-Authenticate", CHALLENGE]] as const) : [];
      transaction.respond(buildResponse(transaction.request, status, undefined, { headers }));
    },
    onAck: (ack) => void heard.push(ack),
    onCancel() {},
    onStrayResponse() {},
    onServerFailure() {},
  });
  return heard;
}

test("B7: wherever a trunk leads its dialog, nobody there gets our credentials, asked or not", async () => {
  const s = await Scenario.start({ plan: OUT, carrier: CREDENTIALS });
  const heard = elsewhere(s, 401);
  s.carrier.onCall = (call) => {
    if (call.header("authorization") === undefined)
      call.respond(401, { headers: [["WWW-Authenticate", CHALLENGE]] });
    else call.answer({ headers: LEADS, repeat: false });
  };
  const call = s.trunk("two", CARRIER_TWO).invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.match(s.carrier.call.header("authorization") ?? "", /username="acct"/);
  call.bye();
  await s.until(() => heard.length === 2);
  await s.run(1000);
  assert.deepEqual(
    heard.map(({ method }) => method),
    ["ACK", "BYE"],
  );
  for (const { headers } of heard) assert.equal(headers.get("authorization"), undefined);
});

test("X5: a trunk that answers 100 times, leading elsewhere: one unwanted answer is ended there, 31 at the trunk", async () => {
  const s = await Scenario.start({ plan: OUT });
  const heard = elsewhere(s, 200);
  s.carrier.onCall = (call) => {
    for (let fork = 0; fork < 100; fork++) {
      const body = sdp({ at: s.carrier.address });
      call.respond(200, { tag: `fork${fork}`, sdp: body, headers: LEADS, repeat: false });
    }
  };
  const call = s.trunk("two", CARRIER_TWO).invite(NUMBER);
  await s.until(() => call.last === 200);
  await s.run(1000);
  const byes = (list: readonly SipRequest[]): readonly string[] =>
    list.filter(({ method }) => method === "BYE").map(({ to }) => to.tag ?? "");
  assert.equal(
    heard.filter(({ method }) => method === "ACK").length,
    2,
    "the call's own, and the first of the rest",
  );
  assert.equal(new Set(byes(heard)).size, 1);
  const ended = s.carrier.call.requests.map(({ request }) => request);
  assert.ok(new Set(byes(ended)).size <= 31, `${byes(ended).length} BYEs`);
  call.bye();
  await s.until(() => new Set(byes(heard)).size === 2);
});

for (const [whose, address] of [
  ["another trunk's address", CARRIER_TWO],
  ["a third party's address", ELSEWHERE],
] as const) {
  test(`X4: a request of a dialog that comes from ${whose} does not move a phone's dialog there`, async () => {
    const s = await Scenario.start();
    const phone = s.at("215");
    phone.onCall = (call) => call.answer();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200 && phone.call.acks.length === 1);
    // As if the phone had forged its source: the same dialog, an OPTIONS from the carrier's second host.
    const forger = s.trunk("forger", address);
    const { invite } = phone.call;
    const ack = phone.call.acks[0];
    const options = buildRequest({
      method: "OPTIONS",
      uri: invite.uri,
      headers: [
        ["Max-Forwards", "70"],
        ["From", ack?.headers.get("to") ?? ""],
        ["To", invite.headers.get("from") ?? ""],
        ["Call-ID", invite.callId],
        ["CSeq", "77 OPTIONS"],
      ],
    });
    forger.transactions.request(options, forger.flow(), {
      onResponse() {},
      onTimeout() {},
      onTransportError() {},
    });
    await s.until(() => s.ladder().includes("us > forger 200 OPTIONS"));
    call.bye();
    await s.until(() => phone.call.got("BYE") === 1);
    await s.assertClean();
  });
}
