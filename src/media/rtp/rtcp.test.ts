import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ReceptionReport } from "./receive-statistics.ts";
import { buildBye, buildReport, middleOfNtp, ntpTime, parseRtcp } from "./rtcp.ts";

/** Plain objects, as ours are. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const blocks: fc.Arbitrary<ReceptionReport> = record({
  ssrc: u32,
  fractionLost: fc.integer({ min: 0, max: 255 }),
  cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
  highestSequence: u32,
  jitter: u32,
  lastReport: u32,
  delaySinceLastReport: u32,
});
const senders = record({
  ntp: record({ seconds: u32, fraction: u32 }),
  rtpTimestamp: u32,
  packets: u32,
  octets: u32,
});
const cnames = fc.string({ unit: fc.constantFrom(..."abc123@.-"), minLength: 1, maxLength: 40 });

test("a report is read as it was built", () => {
  fc.assert(
    fc.property(
      u32,
      cnames,
      fc.option(senders, { nil: undefined }),
      fc.option(blocks, { nil: undefined }),
      (ssrc, cname, sender, report) => {
        const octets = buildReport(ssrc, cname, sender, report);
        assert.equal(octets.length % 4, 0);
        const reports = report === undefined ? [] : [report];
        const first =
          sender === undefined
            ? { kind: "receiverReport", ssrc, reports }
            : { kind: "senderReport", ssrc, ...sender, reports };
        assert.deepEqual(parseRtcp(octets), [first, { kind: "description", names: [[ssrc, cname]] }]);
      },
    ),
  );
});

test("a BYE is read as it was built", () => {
  const packets = parseRtcp(buildBye(5, "x@y"));
  assert.deepEqual(packets?.at(-1), { kind: "bye", ssrcs: [5], reason: "" });
  assert.equal(packets?.length, 3);
});

test("damaged packets are refused, unknown kinds passed over", () => {
  const good = buildReport(1, "abc", undefined, undefined);
  assert.equal(parseRtcp(new Uint8Array(0)), undefined);
  assert.equal(parseRtcp(good.subarray(0, good.length - 1)), undefined);
  assert.equal(parseRtcp(good.with(0, 0x41)), undefined, "version 1");
  assert.equal(parseRtcp(good.with(1, 8)), undefined, "an RTP payload type");
  assert.equal(parseRtcp(good.with(3, 200)), undefined, "longer than the datagram");
  assert.deepEqual(parseRtcp(Uint8Array.of(0x80, 207, 0, 1, 0, 0, 0, 1)), []);
  const reason = Uint8Array.of(0x81, 203, 0, 3, 0, 0, 0, 9, 4, 0x67, 0x6f, 0x6e, 0x65, 0, 0, 0);
  assert.deepEqual(parseRtcp(reason), [{ kind: "bye", ssrcs: [9], reason: "gone" }]);
});

test("no octets make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.integer({ min: 192, max: 223 }), (octets, type) => {
      parseRtcp(octets);
      if (octets.length < 4) return;
      octets.set([0x80 | ((octets[0] as number) & 0x3f), type, 0, (octets.length >> 2) - 1]);
      parseRtcp(octets);
    }),
    { numRuns: 2000 },
  );
});

test("NTP time", () => {
  assert.deepEqual(ntpTime(0), { seconds: 2_208_988_800, fraction: 0 });
  assert.deepEqual(ntpTime(1500), { seconds: 2_208_988_801, fraction: 0x80000000 });
  assert.equal(middleOfNtp({ seconds: 0x12345678, fraction: 0x9abcdef0 }), 0x56789abc);
});
