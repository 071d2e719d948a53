import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultLimits } from "./limits.ts";
import { bodyParts } from "./multipart.ts";

function nested(depth: number): Buffer {
  let body = "Content-Type: application/sdp\r\n\r\nv=0\r\n";
  for (let level = depth; level > 1; level--) {
    body = `Content-Type: multipart/mixed;boundary=b${level}\r\n\r\n--b${level}\r\n${body}\r\n--b${level}--\r\n`;
  }
  return Buffer.from(`preamble\r\n--b1\r\n${body}\r\n--b1--\r\nepilogue`);
}

test("a plain body is its own only part", () => {
  const parts = bodyParts("application/sdp", Buffer.from("v=0\r\n"));
  assert.ok(parts.ok);
  assert.deepEqual(
    parts.value.map((part) => [part.mediaType.type, part.content.toString()]),
    [["application/sdp", "v=0\r\n"]],
  );
});

test("parts with their type, disposition and octets", () => {
  const body = Buffer.concat([
    Buffer.from(
      '--"x\r\n\r\n--edge one\r\n--edge  \r\nContent-Type: Application/SDP\r\nContent-Disposition: Session ;handling=required\r\n\r\nv=0\r\n\r\n--edge\r\n\r\nplain\r\n--edge\r\nContent-Type: application/x\r\nContent-Disposition: render; handling = optional\r\n\r\n',
    ),
    Buffer.from([0, 10, 255, 13]),
    Buffer.from("\r\n--edge--\r\nafter"),
  ]);
  const parts = bodyParts('multipart/mixed; boundary="edge"', body);
  assert.ok(parts.ok);
  assert.deepEqual(
    parts.value.map((part) => [
      part.mediaType.type,
      part.disposition,
      part.handling,
      part.content.toString("latin1"),
    ]),
    [
      ["application/sdp", "session", "required", "v=0\r\n"],
      ["text/plain", undefined, undefined, "plain"],
      ["application/x", "render", "optional", "\0\nÿ\r"],
    ],
  );
});

test("A7: eight multiparts in one another, not nine", () => {
  const deepest = bodyParts("multipart/mixed;boundary=b1", nested(defaultLimits.maxMultipartDepth));
  assert.ok(deepest.ok);
  assert.equal(deepest.value[0]?.content.toString(), "v=0\r\n");
  const deeper = bodyParts("multipart/mixed;boundary=b1", nested(defaultLimits.maxMultipartDepth + 1));
  assert.equal(deeper.ok ? "" : deeper.error, "The body nests more than 8 multiparts.");
});

test("what cannot be taken apart is refused", () => {
  for (const [type, body] of [
    ["multipart", ""],
    ["multipart/mixed", "--b\r\n\r\nx"],
    ['multipart/mixed;boundary=""', ""],
    [`multipart/mixed;boundary=${"b".repeat(71)}`, ""],
    ["multipart/mixed;boundary=b", "--b\r\nContent-Type: a/b\r\n"],
    ["multipart/mixed;boundary=b", "--b\r\nContent-Type: a\r\n\r\nx\r\n--b--"],
    ["multipart/mixed;boundary=b", "--b\r\n\r\nx\r\n".repeat(65)],
  ] as const) {
    assert.equal(bodyParts(type, Buffer.from(body)).ok, false, type);
  }
});

test("never throws, whatever the body", () => {
  const piece = fc.constantFrom(
    "--b",
    "\r\n",
    "--",
    "Content-Type: multipart/mixed;boundary=b",
    "Content-Type:",
    "x",
    "\n",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
      const parts = bodyParts("multipart/mixed;boundary=b", Buffer.from(pieces.join("")));
      assert.ok(parts.ok ? parts.value.length <= 64 : parts.error.endsWith("."));
    }),
    { numRuns: 500 },
  );
});
