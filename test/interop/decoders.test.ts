// D11: what callers call themselves reaches a receiver as it is, whatever language the receiver is written in. Node's
// own decoder reads the same values in src/dialplan/template.test.ts.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { expandTemplate, parseTemplate } from "../../src/dialplan/template.ts";
import { hostileText } from "../fakes/hostile-text.ts";
import { needs } from "./needs.ts";

const VALUES = 10_000;
const SEED = 20_261_126;

const callers = fc.sample(fc.tuple(hostileText, hostileText, hostileText), { numRuns: VALUES, seed: SEED });

const template = parseTemplate(
  "http://crm.example/a/x{did}y/b?did={did}&fixed=1&id={callerid}&name={callername}",
);
assert.ok(template.ok);
const { value: url } = template;

const requests = callers.map((texts) => {
  const [did, callerid, callername] = texts.map((text) => text.toWellFormed()) as [string, string, string];
  const { target } = expandTemplate(url, { did, callerid, callername, code: "", callid: "" });
  const query = { did: [did], fixed: ["1"], id: [callerid], name: [callername] };
  return { target, expected: { path: ["a", `x${did}y`, "b"], query } };
});

const languages = [
  { program: "python3", script: "decode.py" },
  { program: "php", script: "decode.php" },
];

for (const { program, script } of languages) {
  test(`${program} finds the very values of ${VALUES} hostile callers`, { skip: needs(program) }, () => {
    const input = `${requests.map(({ target }) => target).join("\n")}\n`;
    const file = path.join(import.meta.dirname, "decoders", script);
    const ended = spawnSync(program, [file], { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    assert.equal(ended.status, 0, ended.stderr);
    const found = ended.stdout.trimEnd().split("\n");
    assert.equal(found.length, VALUES);
    for (const [index, { target, expected }] of requests.entries()) {
      assert.deepEqual(JSON.parse(found[index] ?? ""), expected, target);
    }
  });
}
