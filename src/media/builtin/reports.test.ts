import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { ReceiveStatistics } from "../rtp/receive-statistics.ts";
import { buildReport, ntpTime, parseRtcp, type RtcpPacket } from "../rtp/rtcp.ts";
import { Reports } from "./reports.ts";
import { StreamSender } from "./stream-sender.ts";

class Scene {
  readonly clock = new VirtualClock();
  readonly sender = new StreamSender(() => undefined, 0x1111, 1, 1000);
  readonly statistics = new ReceiveStatistics(8000);
  readonly reports: Reports;

  constructor() {
    this.reports = new Reports({ clock: this.clock, ids: seededIds() }, this.sender, this.statistics);
  }

  /** The next report, and when it came. */
  next(): { readonly packets: readonly RtcpPacket[]; readonly waited: number } {
    const from = this.clock.now();
    for (;;) {
      this.clock.advance(100);
      const octets = this.reports.due(this.clock.now());
      if (octets === undefined) continue;
      return { packets: parseRtcp(octets) ?? assert.fail("not RTCP"), waited: this.clock.now() - from };
    }
  }
}

test("a report every five seconds in the mean, never twice at once", () => {
  const scene = new Scene();
  const waits = Array.from({ length: 200 }, () => scene.next().waited);
  assert.ok(waits.every((wait) => wait >= 2500 && wait <= 7600));
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  assert.ok(mean > 4500 && mean < 5600, `${mean} ms`);
  assert.ok(new Set(waits).size > 20, "not in step with anybody");
});

test("who has sent since the last report says so (SR), who has not only receives (RR)", () => {
  const scene = new Scene();
  assert.deepEqual(scene.next().packets[0], { kind: "receiverReport", ssrc: 0x1111, reports: [] });
  for (let n = 0; n < 3; n++) scene.sender.frame(8, scene.clock.now());
  const [report, description] = scene.next().packets;
  assert.ok(report?.kind === "senderReport");
  assert.deepEqual([report.ssrc, report.packets, report.octets], [0x1111, 3, 480]);
  assert.deepEqual(report.ntp, ntpTime(scene.clock.wall()));
  assert.equal(report.rtpTimestamp, scene.sender.timestampAt(scene.clock.now()));
  assert.ok(description?.kind === "description");
  assert.match(description.names[0]?.[1] ?? "", /^[0-9a-f]{24}$/, "a name that says nothing about us");
  assert.equal(scene.next().packets[0]?.kind, "receiverReport");
});

test("what was received and lost is reported, and which report of the party was the last", () => {
  const scene = new Scene();
  for (const sequence of [1, 2, 4]) scene.statistics.update(7, sequence, sequence * 160, sequence * 20);
  const ntp = { seconds: 0x12345678, fraction: 0x9abcdef0 };
  const theirs = buildReport(7, "x", { ntp, rtpTimestamp: 0, packets: 4, octets: 640 }, undefined);
  assert.ok(scene.reports.receive(theirs, { address: "192.0.2.7", port: 5001 }, scene.clock.now()));
  const { packets, waited } = scene.next();
  const [report] = packets;
  assert.ok(report?.kind === "receiverReport");
  const [block] = report.reports;
  assert.deepEqual(
    [block?.ssrc, block?.cumulativeLost, block?.fractionLost, block?.lastReport, block?.highestSequence],
    [7, 1, 64, 0x56789abc, 4],
  );
  assert.equal(block?.delaySinceLastReport, Math.floor((waited * 65_536) / 1000));
});

test("BYE is the last thing, with our name", () => {
  const packets = parseRtcp(new Scene().reports.bye());
  assert.deepEqual(
    packets?.map(({ kind }) => kind),
    ["receiverReport", "description", "bye"],
  );
  assert.deepEqual(packets?.[2], { kind: "bye", ssrcs: [0x1111], reason: "" });
});

test("reports go where the party's come from; nobody can take them over later, and port 0 is nobody's", () => {
  const { reports } = new Scene();
  const receiverReport = buildReport(7, "x", undefined, undefined);
  const from = (port: number): boolean => reports.receive(receiverReport, { address: "192.0.2.7", port }, 0);
  assert.deepEqual(reports.placeAt("192.0.2.7", 5001), { address: "192.0.2.7", port: 5001 });
  from(0);
  assert.equal(reports.placeAt("192.0.2.7", 5001).port, 5001);
  from(6001);
  from(7001);
  assert.equal(reports.placeAt("192.0.2.7", 5001).port, 6001);
  assert.equal(reports.placeAt("192.0.2.8", 5001).port, 5001, "the party is elsewhere now");
  reports.forgetPlace();
  assert.equal(reports.placeAt("192.0.2.7", 8001).port, 8001, "it said so");
});

test("what is no RTCP is told from what is", () => {
  const { reports } = new Scene();
  const from = { address: "192.0.2.7", port: 5001 };
  for (const octets of [[], [0x80], [0x80, 200, 0, 9], [0, 0, 0, 0]])
    assert.equal(reports.receive(Uint8Array.from(octets), from, 0), false);
});
