import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrying, trying } from "./floor-server.ts";
import { versionOf } from "./kamailio.ts";
import { doubtsOf, type PeerRun, peerRows, ratioText } from "./peers.ts";

/** A run of 1000 calls in which nothing went wrong. */
function run(name: string, rate: number, userMs: number): PeerRun {
  const figures = { calls: 1000, failed: 0, reachedRate: rate, retransmissions: 0, share: 0.5 };
  const threads = { signallingMs: 0, controlMs: 0, helpersMs: 0 };
  const cpu = { userMs, systemMs: 0.1 };
  return { name, run: { rate, ...figures, cpu, threads, history: [], complaint: "" }, requests: 1000 };
}

test("each server has a row at a rate, of its own runs", () => {
  const runs = [
    run("Switchhook", 800, 9),
    run("Switchhook", 200, 0.5),
    run("Kamailio 5.6.3", 200, 0.4),
    run("Switchhook", 200, 0.9),
    run("Kamailio 5.6.3", 200, 0.7),
  ];
  const rows = peerRows(200, runs);
  assert.deepEqual(
    rows.map(({ what }) => what),
    [
      "CPU per webhook-routed call, 200 calls/s, in turn with the peers",
      "… of Kamailio 5.6.3, in this run, 200 calls/s",
    ],
  );
  assert.equal(rows[0]?.measured, "0.80 ms (0.70 ms user, 0.10 ms system; median of 0.60, 1.00)");
  assert.match(rows[1]?.measured ?? "", /^0\.65 ms .*; Switchhook needs 1\.23 × as much/);
  // The quoted figures stay with Switchhook's goal.
  assert.deepEqual([rows[0]?.kamailio, rows[1]?.kamailio], ["0.66 ms", "–"]);
});

test("ratios are taken turn by turn, so that a machine that slows down changes none", () => {
  const cpu = (userMs: number) => ({ cpu: { userMs, systemMs: 0 } });
  const text = ratioText([cpu(2), cpu(4), cpu(6)], [cpu(1), cpu(2), cpu(4)]);
  assert.equal(text, "Switchhook needs 2.00 × as much (2.00, 2.00, 1.50)");
});

test("a run is doubted in which messages came again, or not each call asked the receiver", () => {
  const good = run("Kamailio 5.6.3", 50, 1);
  assert.deepEqual(doubtsOf(good), []);
  const bad = { ...good, run: { ...good.run, retransmissions: 7 }, requests: 998 };
  assert.deepEqual(doubtsOf(bad), [
    "Kamailio 5.6.3: 7 retransmissions at 50 calls/s",
    "Kamailio 5.6.3: the receiver was asked 998 times for 1000 calls at 50 calls/s",
  ]);
});

test("Kamailio's version is read from its own words", () => {
  assert.equal(versionOf("version: kamailio 5.6.3 (x86_64/linux) \nflags: USE_TCP"), "Kamailio 5.6.3");
  assert.equal(versionOf(""), "Kamailio of an unknown version");
});

test("the floor's 100 repeats the headers above the Contact", () => {
  const via = "Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK1\r\nCSeq: 1 INVITE";
  const invite = `INVITE sip:1@127.0.0.1 SIP/2.0\r\n${via}\r\nContact: <sip:2@127.0.0.1>\r\nContent-Length: 2\r\n\r\nv=`;
  const answer = trying(Buffer.from(invite));
  assert.equal(answer.toString(), `SIP/2.0 100 Trying\r\n${via}\r\nContent-Length: 0\r\n\r\n`);
  assert.ok(isTrying(answer));
  assert.ok(!isTrying(Buffer.from("SIP/2.0 180 Ringing\r\n")));
});
