import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ReadReply, readReply } from "./read-reply.ts";

function read(body: string | Uint8Array, status = 200): ReadReply {
  return readReply({ status, body: Buffer.from(body) });
}

describe("properties", () => {
  test("no bytes make it throw, and what it returns is bounded", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 200, max: 599 }), (body, status) => {
        const got = readReply({ status, body });
        assert.ok(["ack", "nak", "error"].includes(got.verdict));
        assert.ok((got.destination ?? "").length <= 256);
        assert.ok(Array.from(got.callerName ?? "").length <= 64);
        assert.ok(got.reason.length < 1_000 && got.warnings.every((one) => one.length < 1_000));
      }),
      { numRuns: 5_000 },
    );
  });

  test("nor does anything that looks like a reply", () => {
    const token = fc.constantFrom(
      "status",
      "=",
      "&",
      "ACK",
      "%",
      "+",
      '"',
      "{",
      "}",
      ":",
      ",",
      "[",
      "]",
      "\\",
      "\n",
      ";",
      "destination",
      "callername",
      "é",
      "\0",
      "1",
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const body = tokens.join("");
        assert.ok(read(body).reason !== "" && read(`{${body}}`).reason !== "");
      }),
      { numRuns: 5_000 },
    );
  });

  test("a hostile callername comes out clean, however it was sent (D10)", () => {
    const nasty = fc.constantFrom(
      ...'\r\n|\0|"|\\|<|>|,|;tag=1|🎉|%0d%0a|+|&|=|\r\nVia: SIP/2.0/UDP evil|\x7f|\ufeff| |\t'.split("|"),
      ..."\u202e|\u2066|\ud800|\u2028|\u0085".split("|"),
      "a".repeat(70),
    );
    const hostile = fc
      .array(fc.oneof(nasty, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(hostile, (callername) => {
        const bodies = [
          new URLSearchParams({ status: "ACK", callername }).toString(),
          JSON.stringify({ status: "ACK", callername }),
          `status=ACK&callername=${callername.replace(/[&%+]/g, "")}`,
        ];
        for (const body of bodies) {
          const name = read(body).callerName ?? "";
          assert.equal(read(body).verdict, "ack");
          assert.ok(
            !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name),
            JSON.stringify(name),
          );
          assert.ok(Array.from(name).length <= 64 && name === name.trim() && !/\s{2}/.test(name));
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test("what a receiver encodes is what is read", () => {
    const text = fc
      .string({ unit: "grapheme", maxLength: 40 })
      .map((one) => one.trim())
      // Quotes around a number are read over.
      .filter((one) => !/^[\0-\x20]|[\0-\x20]$|^["'“”„«»‘’]\s*[+\d(]/u.test(one));
    fc.assert(
      fc.property(text, (destination) => {
        const form = new URLSearchParams({ status: "ACK", destination }).toString();
        const expected = destination === "" ? undefined : destination;
        assert.equal(read(form).destination, expected);
        assert.equal(read(JSON.stringify({ status: "ACK", destination })).destination, expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
