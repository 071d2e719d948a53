import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { rawExample, replyFaults } from "../webhook/reply/catalogue.ts";
import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function reply(...args: readonly string[]): Promise<Said> {
  let [out, err] = ["", ""];
  const output = createOutput(
    (text) => (out += text),
    (text) => (err += text),
    100,
  );
  const loadApp = (): never => assert.fail("no server is wanted");
  const code = await runProgram(["reply", ...args], { output, dataDir: ".", version: "0", loadApp });
  return { code, out, err };
}

async function inFile(octets: Uint8Array | string, work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-reply-"));
  try {
    const file = join(folder, "reply");
    writeFileSync(file, octets);
    await work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const page = readFileSync(new URL("../../docs/reference/replies.md", import.meta.url), "utf8");

test("switchhook reply says of each example of the catalogue what its page says", async () => {
  for (const { code, effect, example } of replyFaults) {
    const { status, contentEncoding, body } = rawExample(example);
    const head = contentEncoding === undefined ? "" : `Content-Encoding: ${contentEncoding}\r\n`;
    const octets = Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Whatever\r\n${head}\r\n`), body]);
    const name = example.sent?.callername;
    const sent = name === undefined ? [] : ["--callername", name];
    await inFile(octets, async (file) => {
      const told = await reply(file, "--json", ...sent);
      const { branch, notes } = JSON.parse(told.out) as {
        readonly branch: string;
        readonly notes: readonly {
          readonly code: string;
          readonly sentence: string;
          readonly corrected: string | null;
        }[];
      };
      assert.equal(branch, effect === "read" ? "successful" : "failed", code);
      assert.equal(told.code, effect === "read" ? 0 : 1);
      const note = notes.find((one) => one.code === code);
      const section = page.split("\n## ").find((one) => one.includes(`\`${code}\`\n`)) ?? "";
      assert.ok(note !== undefined && section.includes(note.sentence), `${code}: ${told.out}`);
      if (note.corrected !== null) assert.ok(section.includes(`\n${note.corrected}\n`), code);
      const plain = await reply(file, ...sent);
      assert.ok(plain.out.includes(`${code}: ${note.sentence}`), plain.out);
    });
  }
});

test("switchhook reply has the keys branch, destination, callername and notes, and the branch of a code", async () => {
  await inFile("status=ACK&destination=%2B31502102544&callername=Jan+Jansen", async (file) => {
    assert.deepEqual(JSON.parse((await reply(file, "--json")).out), {
      branch: "successful",
      destination: "+31502102544",
      callername: "Jan Jansen",
      notes: [],
    });
  });
  await inFile("status=NAK", async (file) => {
    assert.match((await reply(file)).out, /^Failed/);
    assert.deepEqual(JSON.parse((await reply(file, "--json", "--code", "1234")).out), {
      branch: "again",
      destination: null,
      callername: null,
      notes: [],
    });
  });
  const gone = await reply("/nowhere/at/all");
  assert.deepEqual([gone.code, gone.err.includes("cannot be read")], [3, true]);
});

test("X12: what a reply holds cannot steer a terminal", async () => {
  await inFile("status=ACK&callername=%1B[2Jx%0Astatus\u202e", async (file) => {
    const { out } = await reply(file);
    assert.doesNotMatch(out, /[\u001b\u202e]/);
  });
});
