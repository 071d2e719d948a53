import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { createSeal, KEY_FILE, openSeal } from "./seal.ts";

const seal = createSeal(new Uint8Array(32).fill(7));

test("what is sealed opens, for its own row only", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const secret = text.toWellFormed();
      const sealed = seal.close(secret, "phone 215");
      assert.equal(seal.open(sealed, "phone 215"), secret);
      assert.equal(seal.open(sealed, "phone 216"), undefined);
      assert.ok(secret.length < 4 || !Buffer.from(sealed).includes(secret));
    }),
    { numRuns: 50 },
  );
});

test("another key, a changed byte or a cut never opens and never throws", () => {
  const sealed = seal.close("correct-horse", "phone 215");
  assert.equal(createSeal(new Uint8Array(32).fill(8)).open(sealed, "phone 215"), undefined);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(seal.open(changed, "phone 215"), undefined);
    assert.equal(seal.open(sealed.subarray(0, at), "phone 215"), undefined);
  }
});

test("the same secret is never sealed to the same bytes", () => {
  assert.notDeepEqual(seal.close("x", "a"), seal.close("x", "a"));
});

test("the key file: made once for its owner alone, read back, missing or damaged is said", () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-seal-"));
  try {
    const file = join(folder, KEY_FILE);
    const refused = openSeal(folder, false);
    assert.ok(!refused.ok && refused.error.includes(file) && refused.error.includes("missing"));
    const made = openSeal(folder, true);
    assert.ok(made.ok);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = openSeal(folder, false);
    assert.ok(again.ok);
    assert.equal(again.value.open(made.value.close("s", "a"), "a"), "s");
    chmodSync(file, 0o600);
    writeFileSync(file, readFileSync(file, "latin1").slice(0, 40));
    const damaged = openSeal(folder, true);
    assert.ok(!damaged.ok && damaged.error.includes("damaged"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
