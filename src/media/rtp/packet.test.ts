import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  emptyRtpPacket,
  isRtcp,
  RTP_HEADER_OCTETS,
  type RtpHeader,
  readRtp,
  sequenceDistance,
  timestampDistance,
  writeRtpHeader,
} from "./packet.ts";

/** Plain objects, as ours are. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });
const headers = record({
  payloadType: fc.integer({ min: 0, max: 127 }),
  marker: fc.boolean(),
  sequence: fc.integer({ min: 0, max: 0xffff }),
  timestamp: fc.integer({ min: 0, max: 0xffffffff }),
  ssrc: fc.integer({ min: 0, max: 0xffffffff }),
});

/** A packet with everything that RFC 3550 §5.1 allows. */
function build(
  header: RtpHeader,
  payload: Uint8Array,
  csrcs: number,
  extension: number,
  padding: number,
): Uint8Array {
  const head = new Uint8Array(RTP_HEADER_OCTETS);
  writeRtpHeader(header, head);
  head[0] = 0x80 | csrcs | (extension >= 0 ? 0x10 : 0) | (padding > 0 ? 0x20 : 0);
  const extra =
    extension >= 0 ? [0xbe, 0xde, extension >> 8, extension & 255, ...new Uint8Array(4 * extension)] : [];
  const pad = padding > 0 ? [...new Uint8Array(padding - 1), padding] : [];
  return Uint8Array.from([...head, ...new Uint8Array(4 * csrcs), ...extra, ...payload, ...pad]);
}

test("a packet with CSRC, extension and padding is read as it was written", () => {
  fc.assert(
    fc.property(
      headers,
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 0, max: 15 }),
      fc.integer({ min: -1, max: 8 }),
      fc.integer({ min: 0, max: 255 }),
      (header, payload, csrcs, extension, padding) => {
        const octets = build(header, payload, csrcs, extension, padding);
        const packet = emptyRtpPacket();
        assert.ok(readRtp(octets, packet));
        const { payloadStart, payloadEnd, ...read } = packet;
        assert.deepEqual(read, header);
        assert.deepEqual(octets.slice(payloadStart, payloadEnd), payload);
      },
    ),
  );
});

test("what is not RTP is refused", () => {
  const packet = emptyRtpPacket();
  const good = build(
    { payloadType: 8, marker: false, sequence: 1, timestamp: 2, ssrc: 3 },
    new Uint8Array(160),
    0,
    -1,
    0,
  );
  assert.ok(readRtp(good, packet));
  const changed = (at: number, value: number): Uint8Array => good.with(at, value);
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array(0)],
    ["11 octets", good.subarray(0, 11)],
    ["version 0", changed(0, 0x00)],
    ["version 1", changed(0, 0x40)],
    ["version 3", changed(0, 0xc0)],
    ["more CSRCs than octets", changed(0, 0x8f).subarray(0, 20)],
    ["an extension that is cut", changed(0, 0x90).subarray(0, 14)],
    ["an extension longer than the packet", changed(0, 0x90).with(14, 0xff)],
    ["padding of zero", changed(0, 0xa0)],
    ["padding longer than the packet", changed(0, 0xa0).with(171, 200)],
  ];
  for (const [name, octets] of cases) assert.equal(readRtp(octets, packet), false, name);
});

test("no octets make it throw or point outside", () => {
  const packet = emptyRtpPacket();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (octets, asRtp) => {
      if (asRtp && octets.length > 0) octets[0] = 0x80 | ((octets[0] as number) & 0x3f);
      if (!readRtp(octets, packet)) return;
      assert.ok(packet.payloadStart >= 12 && packet.payloadStart <= packet.payloadEnd);
      assert.ok(packet.payloadEnd <= octets.length);
    }),
    { numRuns: 2000 },
  );
});

test("RTCP on the same port is told apart", () => {
  assert.equal(isRtcp(Uint8Array.of(0x80, 200)), true);
  assert.equal(isRtcp(Uint8Array.of(0x80, 8)), false);
  assert.equal(isRtcp(Uint8Array.of(0x80, 0x80 | 101)), false);
  assert.equal(isRtcp(Uint8Array.of(0x80)), false);
});

test("distances go the shorter way round", () => {
  assert.equal(sequenceDistance(65535, 0), 1);
  assert.equal(sequenceDistance(0, 65535), -1);
  assert.equal(sequenceDistance(10, 25), 15);
  assert.equal(timestampDistance(0xffffffff, 159), 160);
  assert.equal(timestampDistance(160, 0), -160);
});
