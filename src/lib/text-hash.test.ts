import assert from "node:assert/strict";
import { test } from "node:test";
import { textHash } from "./text-hash.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nm=audio 4000 RTP/AVP 8\r\n";

test("texts that differ in anything have hashes that differ", () => {
  const texts = [
    "",
    "a",
    "b",
    "ab",
    "ba",
    SDP,
    SDP.replace("4000", "4001"),
    SDP.replace("4000", "0400"),
    SDP.replace("1 1", "1 2"),
    SDP.slice(0, -1),
    `${SDP}a=sendonly\r\n`,
    `${SDP}a=recvonly\r\n`,
    ...Array.from({ length: 10_000 }, (_, at) => `${SDP}${at}`),
  ];
  const hashes = new Set(texts.map((text) => textHash(text)));
  assert.equal(hashes.size, texts.length);
  for (const hash of hashes) assert.ok(Number.isSafeInteger(hash) && hash > 0, `${hash}`);
});

test("a text in two parts is the same text, wherever it is parted", () => {
  for (let at = 0; at <= SDP.length; at += 1)
    assert.equal(textHash(SDP.slice(0, at), SDP.slice(at)), textHash(SDP));
});
