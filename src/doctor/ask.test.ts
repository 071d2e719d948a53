import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { ownAddress } from "../../test/support/loopback.ts";
import { addressSeenBy, clockAheadOf, type Place } from "./ask.ts";

/** A server that answers each request with all of these, until the work is done. */
async function withServer(
  answers: (request: Buffer) => readonly Buffer[],
  work: (place: Place) => Promise<void>,
) {
  const socket = createSocket("udp4");
  const host = ownAddress();
  socket.on("message", (request, from) => {
    for (const answer of answers(request)) socket.send(answer, from.port, from.address);
  });
  socket.bind(0, host);
  await once(socket, "listening");
  try {
    await work({ host, port: socket.address().port });
  } finally {
    socket.close();
  }
}

/** What a STUN server says to a request: attributes, in hex. */
function stun(request: Buffer, attributes: string): Buffer {
  const body = Buffer.from(attributes, "hex");
  const head = Buffer.from(request.subarray(0, 20));
  head.writeUInt16BE(0x0101, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** RFC 5769 §2.2: 192.0.2.1:32853, behind the SOFTWARE attribute of that vector. */
const SOFTWARE = "8022000b7465737420766563746f7220";
const MAPPED = "002000080001a147e112a643";

test("a STUN server's answer has the address from which it sees us; what is cut, of another, or an error is none", () =>
  withServer(
    (request) => {
      const good = stun(request, SOFTWARE + MAPPED);
      const others = Buffer.from(good);
      others[19] = (others[19] ?? 0) ^ 1;
      const refused = Buffer.from(stun(request, "002000080001a147e112a644"));
      refused.writeUInt16BE(0x0111, 0);
      return [
        Buffer.alloc(3),
        others,
        refused,
        stun(request, SOFTWARE),
        good.subarray(0, good.length - 5),
        good,
      ];
    },
    async (place) => assert.equal(await addressSeenBy(place), "192.0.2.1"),
  ));

for (const [hex, text] of [
  ["20010db8123456780011223344556677", "2001:db8:1234:5678:11:2233:4455:6677"],
  ["2a0104f8000000000000000000000002", "2a01:4f8::2"],
] as const)
  test(`a STUN server sees an IPv6 address (RFC 5769 §2.3), as settings write it: ${text}`, () =>
    withServer(
      (request) => {
        const mask = request.subarray(4, 20);
        const masked = Buffer.from(Buffer.from(hex, "hex").map((octet, nth) => octet ^ (mask[nth] ?? 0)));
        return [stun(request, `002000140002a147${masked.toString("hex")}`)];
      },
      async (place) => assert.equal(await addressSeenBy(place), text),
    ));

/** What an NTP server says whose clock shows this. */
function ntp(request: Buffer, atMs: number, stratum = 2): Buffer {
  const answer = Buffer.alloc(48);
  answer[0] = 0x24;
  answer[1] = stratum;
  request.copy(answer, 24, 40, 48);
  for (const place of [32, 40]) {
    answer.writeUInt32BE((Math.floor(atMs / 1000) + 2_208_988_800) % 2 ** 32, place);
    answer.writeUInt32BE(Math.floor(((atMs % 1000) / 1000) * 2 ** 32), place + 4);
  }
  return answer;
}

for (const [now, about] of [
  [Date.parse("2026-06-01T12:00:00Z"), "today"],
  [Date.parse("2037-01-01T00:00:00Z"), "after NTP's 32 bits have run over"],
] as const)
  test(`an NTP server says how far the clock is ahead, ${about}; one without the time, and what we did not ask, says nothing`, () =>
    withServer(
      (request) => {
        const others = ntp(request, now);
        others[24] = (others[24] ?? 0) ^ 1;
        return [Buffer.alloc(48), others, ntp(request, now, 16), ntp(request, now, 0), ntp(request, now)];
      },
      async (place) => {
        const yearMs = 365 * 86_400_000;
        const ahead = await clockAheadOf(place, () => now + yearMs);
        assert.ok(ahead !== undefined && Math.abs(ahead - yearMs) < 3000, String(ahead));
      },
    ));

test("a request that was lost is sent anew with a number of its own, and the time since the first one does not count", async () => {
  const now = Date.parse("2026-06-01T12:00:00Z");
  const numbers: string[] = [];
  await withServer(
    (request) => {
      numbers.push(request.toString("hex", 40));
      return numbers.length === 1 ? [] : [ntp(request, now)];
    },
    async (place) => {
      const ahead = await clockAheadOf(place, () => now);
      // With the second until it was sent anew it would be half a second.
      assert.ok(ahead !== undefined && Math.abs(ahead) < 400, String(ahead));
    },
  );
  assert.ok(numbers.length > 1);
  assert.equal(new Set(numbers).size, numbers.length);
});

test("a host that is not there, or says nothing, is no answer", async () => {
  assert.equal(await addressSeenBy({ host: "nowhere.invalid", port: 3478 }), undefined);
  await withServer(
    () => [],
    async (place) => assert.equal(await addressSeenBy(place), undefined),
  );
});
