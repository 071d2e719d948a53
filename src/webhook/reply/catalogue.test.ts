import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { rawExample, replyFaults } from "./catalogue.ts";
import { correctedLine } from "./judgement.ts";
import { readReply } from "./read-reply.ts";
import { repliesReference } from "./reference.ts";

for (const { code, effect, example } of replyFaults) {
  test(`the example of ${code} has that fault, and is ${effect === "read" ? "read" : "refused"}`, () => {
    const read = readReply(rawExample(example), example.sent);
    const codes = [read.failure, ...read.notes.map((note) => note.code)];
    assert.ok(codes.includes(code), `${String(codes)}: ${read.reason}`);
    assert.equal(read.verdict === "error", effect === "fails", read.reason);
    const sentence = read.notes.find((note) => note.code === code)?.text ?? read.reason;
    assert.match(sentence, /\.$/);
    assert.doesNotMatch(sentence, /undefined/);
  });
}

test("every line that is advised is read without a word about it, and means what the faulty reply meant", () => {
  for (const { code, example } of replyFaults) {
    const read = readReply(rawExample(example), example.sent);
    const line = correctedLine(read);
    if (line === undefined) continue;
    const again = readReply({ status: 200, body: new TextEncoder().encode(line) });
    assert.deepEqual(again.notes, [], `${code}: ${line}`);
    if (read.verdict === "ack")
      assert.deepEqual([again.destination, again.callerName], [read.destination, read.callerName], code);
  }
});

test("docs/reference/replies.md says what the reader says", () => {
  const file = fileURLToPath(new URL("../../../docs/reference/replies.md", import.meta.url));
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const now = repliesReference();
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(file, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});
