import assert from "node:assert/strict";
import { test } from "node:test";
import { spans } from "../../../src/model/spans.ts";
import { KEPT } from "../../../src/record/up-call.ts";
import { connected } from "../connected.ts";

const HOUR_MS = 3_600_000;
/** The longest that a server may be told to let calls last is seven. */
const DAYS = 6;

test("a call of six days, refreshed every five minutes: its record has the first and the newest, and takes no more memory", async () => {
  const call = await connected(
    { sessionTimer: { intervalSeconds: 600, minSeconds: 90 }, maxCallMs: 7 * 24 * HOUR_MS },
    {
      headers: [
        ["Supported", "timer"],
        ["Session-Expires", "600;refresher=uas"],
        ["Allow", "INVITE, ACK, BYE, UPDATE"],
      ],
    },
  );
  const { s, a } = call;
  let most = 0;
  for (let hour = 0; hour < 24 * DAYS; hour += 1) {
    await s.run(HOUR_MS);
    most = Math.max(most, s.tape.writer.bytes);
    // Of the network in memory, which keeps all.
    s.network.log.length = 0;
  }
  const [up] = s.tape.up.list();
  assert.equal(up?.result, "ongoing");
  assert.ok(a.got("UPDATE") > 12 * 24 * DAYS - 10, `${a.got("UPDATE")} refreshes`);
  a.bye();
  await s.run(60_000);
  // The phone's registration has run out meanwhile, and with it a timer that was there before the call.
  const nothing = { calls: 0, dialogs: 0, taps: 0, transactions: 0, outsideCalls: 0 };
  assert.deepEqual(s.board.counts(), nothing);
  const { record } = s;
  assert.equal(Math.round((record.endedAt - record.startedAt) / HOUR_MS), 24 * DAYS);
  const left = record.story.find(({ type }) => type === "leftOut");
  assert.ok(left?.type === "leftOut" && left.why === undefined && left.entries > 24 * DAYS);
  assert.ok(record.sip.length + record.story.length <= KEPT.first + KEPT.newest + 1);
  assert.match(record.sip[0]?.text ?? "", /^INVITE /);
  assert.equal(record.story.at(-1)?.type, "ended");
  const talk = spans(record).find(({ kind }) => kind === "talk");
  assert.equal(Math.round(((talk?.toMs ?? 0) - (talk?.fromMs ?? 0)) / HOUR_MS), 24 * DAYS);
  assert.ok(most <= 512 * 1024, `${most} octets of slabs`);
});
