import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMasker, noMasker } from "./masker.ts";

const SECRET = "p4ss w&rd/=+é\"'<x>";
const mask = createMasker([SECRET]);

const FORMS: readonly (readonly [string, string])[] = [
  ["as it is", SECRET],
  ["percent-encoded", encodeURIComponent(SECRET)],
  ["percent-encoded in lower case", encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
  ["twice percent-encoded", encodeURIComponent(encodeURIComponent(SECRET))],
  ["form-encoded", new URLSearchParams([["k", SECRET]]).toString().slice(2)],
  ["JSON", JSON.stringify(SECRET).slice(1, -1)],
  ["JSON as PHP writes it", "p4ss w&rd\\/=+\\u00e9\\\"'<x>"],
  ["HTML", "p4ss w&amp;rd/=+é&quot;&#39;&lt;x&gt;"],
  ["base64", Buffer.from(SECRET).toString("base64")],
  ["base64url", Buffer.from(SECRET).toString("base64url")],
];
for (const [name, form] of FORMS) {
  test(`X13: a secret is masked ${name}`, () => {
    const shown = mask(`before ${form} after`);
    assert.ok(shown.includes("***"), shown);
    assert.ok(!shown.includes(form.slice(2, -2)), shown);
  });
}

test("X13: base64 of any text around a secret shows nothing of it", () => {
  const text = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(text, text, fc.string({ minLength: 9, maxLength: 30 }), (before, after, secret) => {
      for (const encoding of ["base64", "base64url"] as const) {
        const encoded = Buffer.from(`${before}${secret}${after}`).toString(encoding);
        const shown = createMasker([secret])(encoded);
        const left = Math.max(0, ...shown.split("***").map((part) => part.length));
        assert.ok(shown.includes("***") || !secret.isWellFormed(), `${encoded} ${shown}`);
        assert.ok(left <= Math.ceil(((Buffer.byteLength(before + after) + 4) * 4) / 3) + 4);
      }
    }),
    { numRuns: 500 },
  );
});

test("X13: a short secret is masked as a word of its own, a shorter one not at all", () => {
  const short = createMasker(["test", "abc", "status"]);
  assert.equal(short("test, a test: testing the latest test"), "***, a ***: testing the latest ***");
  assert.equal(short("abc status=ACK"), "abc status=ACK");
});

test("X13: where one secret begins another, both are gone whole", () => {
  assert.equal(createMasker(["longsecret", "longsecret-2"])("longsecret-2 longsecret"), "*** ***");
});

test("X13: a text without secrets is the very same", () => {
  const text = "status=ACK&callername=Jan";
  assert.equal(mask(text), text);
  assert.equal(createMasker([]), noMasker);
});
