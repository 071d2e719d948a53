import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import dutch from "../../i18n/dutch.ts";
import { rowsOf } from "./rows.ts";
import { sayRow } from "./say-row.ts";
import type { ShownCall } from "./shown-call.ts";
import { wordsIn } from "./words-in-tests.ts";

// A call of the demo company: a wrong code, the right one, and phone 215 answers.
const file = path.join(import.meta.dirname, "code-call.json");
const call = JSON.parse(readFileSync(file, "utf8")) as ShownCall;

const SPOKEN = [
  ["en", await wordsIn("en"), undefined],
  ["nl", await wordsIn("nl"), dutch],
] as const;

for (const [language, t, sentences] of SPOKEN)
  test(`${language}: each row is a whole sentence, whoever it is of`, () => {
    for (const { said } of rowsOf(call, "every")) {
      const sentence = sayRow(t, said, sentences, (number) => number);
      assert.doesNotMatch(sentence, /^\s|\s\s|\s$|\{\{|^row\./, JSON.stringify(said));
    }
  });

test("a message that is no event says who the caller is: nobody else has no name", () => {
  const [, t] = SPOKEN[0];
  const plain = rowsOf(call, "every").flatMap(({ said, opens }) =>
    opens.type === "messages" && "key" in said && /^(?:told|says|isSaid)\./.test(said.key)
      ? [sayRow(t, said, undefined, (number) => number)]
      : [],
  );
  assert.deepEqual(plain, [
    "100 Trying to the caller",
    "The caller says ACK",
    "ACK to 215",
    "200 OK to the caller",
    "215 is told",
    "215 says 200 OK",
  ]);
});
