// The party that tests of sound call with keeps to what RFC 3261 asks of a phone whose server repeats itself, as it does
// whenever the machine stalls for half a second.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Party } from "../abuse/parts/party.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { body, header, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

let server: Party;
let phone: SpeakingParty;

before(async () => {
  server = await Party.open(ownAddress());
  phone = await SpeakingParty.open(server, { at: ownAddress() });
});

beforeEach(() => {
  server.heard.length = 0;
});

after(async () => {
  await phone.close();
  await server.close();
});

function invite(callId: string): string {
  const shape = { method: "INVITE", uri: "sip:215@phone", callId, body: phone.voice.sdp() };
  return server.write(shape, phone.sip);
}

/** Sends it twice, and gives both answers. */
async function twice(request: string): Promise<readonly string[]> {
  await server.send(request, phone.sip);
  await server.send(request, phone.sip);
  return until("both answers", () => server.responses.length >= 2 && server.responses);
}

for (const [manner, status] of [
  ["answers", "200"],
  ["rings", "180"],
  ["early", "183"],
] as const) {
  test(`an INVITE that is repeated gets the same ${status} again: another tag would be another phone, and get a BYE`, async () => {
    phone.manner = manner;
    const answers = await twice(invite(manner));
    assert.deepEqual(answers.map(kind), [status, status]);
    assert.equal(answers[0], answers[1]);
  });
}

test("one that is repeated when it has been answered gets the answer", async () => {
  phone.manner = "rings";
  const request = invite("picked up");
  await server.send(request, phone.sip);
  await until("it to ring", () => server.responses.length > 0);
  await phone.pickUp();
  await server.send(request, phone.sip);
  const [, ok, again] = await until("all answers", () => server.responses.length >= 3 && server.responses);
  assert.equal(kind(ok ?? ""), "200");
  assert.equal(again, ok);
});

test("a BYE that is repeated when the next call is up does not end that one's sound", async () => {
  phone.manner = "answers";
  const ofCall = (callId: string): string =>
    server.write({ method: "BYE", uri: "sip:215@phone", callId }, phone.sip);
  await server.send(invite("the first"), phone.sip);
  const bye = ofCall("the first");
  await server.exchange(bye, phone.sip);
  assert.equal(phone.hungUp, true);
  const second = invite("the second");
  await server.send(second, phone.sip);
  assert.notEqual(body(await server.finalTo(second)), "");
  const before = server.responses.length;
  await server.send(bye, phone.sip);
  await until("the answer to the old BYE", () => server.responses.length > before);
  assert.equal(header(server.responses.at(-1) ?? "", "Call-ID"), "the first");
  assert.deepEqual([phone.hungUp, phone.voice.to !== undefined], [false, true]);
  await server.exchange(ofCall("the second"), phone.sip);
  assert.deepEqual([phone.hungUp, phone.voice.to], [true, undefined]);
});
