import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeReply, encodeCommand } from "./ng-message.ts";
import { readDuration, readResult, readSdpText, readTags } from "./reply.ts";

test("a command is a cookie and JSON", () => {
  const written = encodeCommand("c_1", { command: "ping", flags: ["a b"] }).toString("utf8");
  assert.equal(written, 'c_1 {"command":"ping","flags":["a b"]}');
});

test("a command with a sound is a cookie and bencoding", () => {
  const command = {
    command: "play media",
    "repeat-times": 3,
    blob: Uint8Array.of(0, 255),
    codec: { accept: ["x"] },
  };
  const written = encodeCommand("c_2", command).toString("latin1");
  assert.equal(
    written,
    "c_2 d7:command10:play media12:repeat-timesi3e4:blob2:\u0000\u00ff5:codecd6:acceptl1:xeee",
  );
});

test("replies are read in both encodings", () => {
  const json = decodeReply(Buffer.from('c_1 {"result":"ok","duration":500}'));
  const bencoded = decodeReply(Buffer.from("c_2 d8:durationi500e6:result2:oke"));
  for (const reply of [json, bencoded]) {
    assert.ok(reply !== undefined && readResult(reply.body).ok);
    assert.equal(readDuration(reply.body), 500);
  }
});

test("what is no reply is none", () => {
  for (const text of [
    "",
    " ",
    "c_1",
    "c_1 ",
    "c_1 {",
    " {}",
    "c d",
    "c d5:ab",
    "c di1e1:ae",
    "c d1:a99999:b",
    `${"x".repeat(99)} {}`,
  ])
    assert.equal(decodeReply(Buffer.from(text)), undefined, text);
});

test("no datagram makes the readers throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(`c ${text}`)),
      ),
      (octets) => {
        const body = decodeReply(octets)?.body;
        readResult(body);
        readDuration(body);
        readSdpText(body);
        readTags(body);
      },
    ),
  );
});
