import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";
import { media } from "../sdp.ts";

test("a call comes in, the phone rings, answers, talks, and the caller hangs up", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  phone.call.answer();
  await s.until(() => phone.call.acks.length === 1);
  await s.run(5000);
  call.bye();
  await s.until(() => s.records.length === 1);

  assert.deepEqual(s.ladder(), [
    "carrier > us INVITE",
    "us > carrier 100 INVITE",
    "us > 215 INVITE",
    "215 > us 180 INVITE",
    "us > carrier 180 INVITE",
    "215 > us 200 INVITE",
    "us > carrier 200 INVITE",
    "us > 215 ACK",
    "carrier > us ACK",
    "carrier > us BYE",
    "us > carrier 200 BYE",
    "us > 215 BYE",
    "215 > us 200 BYE",
  ]);
  assert.equal(media(call.remoteSdp), media(`c=IN IP4 ${phone.options.address}\nm=audio 4000\na=sendrecv`));
  assert.equal(s.record.result, "completed");
  await s.assertClean();
});
