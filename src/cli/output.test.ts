// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { needs } from "../../test/interop/needs.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { MAIN } from "../../test/support/program.ts";
import { readCompany } from "../company/file.ts";
import { writeCompany } from "../company/write.ts";
import { toCallRow } from "../model/call-row.ts";
import { openStore } from "../store/store.ts";

/** ESC, BEL, CSI, DEL, NEL, a right-to-left override, an isolate, a line separator; and a forged line. */
const HOSTILE = "a\u001b[2J\u0007\u009b31m\u007f\u0085\u202eb\u2066\u2028c\r\nforged: no errors.";
const HARMLESS = /^[\n -~…·→]*$/u;

/** Runs the command itself, as its process writes it. */
function run(folder: string, args: readonly string[]) {
  const node = ["--disable-warning=ExperimentalWarning", MAIN, ...args];
  return spawnSync(process.execPath, node, { cwd: folder, encoding: "utf8" });
}

async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-output-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("X12: check prints no control character of the file it checks, whatever part of it is wrong", () =>
  inFolder((folder) => {
    const quoted = JSON.stringify(HOSTILE);
    const files = [
      COMPANY_TEXT.replace("country: NL", `country: ${quoted}`),
      COMPANY_TEXT.replace("hosts: [", `${quoted}: [`),
      COMPANY_TEXT.replace("plan: main", `plan: ${quoted}`),
      `${COMPANY_TEXT}\n${HOSTILE}: [`,
      COMPANY_TEXT.replace("country: NL", `country: !${HOSTILE} x`),
    ];
    for (const [at, text] of files.entries()) {
      writeFileSync(join(folder, "c.yaml"), text);
      for (const args of [
        ["check", "c.yaml"],
        ["apply", "c.yaml", "--data", "d"],
      ]) {
        const ended = run(folder, args);
        assert.equal(ended.status, 1, `${at}: ${ended.stderr}`);
        assert.match(ended.stderr + ended.stdout, HARMLESS, `${at}`);
        assert.doesNotMatch(ended.stderr, /^forged/m);
      }
    }
  }));

test("X12: names of files and arguments are shown harmless too", () =>
  inFolder((folder) => {
    for (const args of [
      ["check", HOSTILE],
      [HOSTILE],
      ["calls", "--data", HOSTILE],
      ["calls", "--result", HOSTILE],
    ]) {
      const ended = run(folder, args);
      assert.notEqual(ended.status, 0);
      assert.match((ended.stderr + ended.stdout).replaceAll("\nforged", " forged"), HARMLESS);
    }
  }));

test("X12: calls --json and calls show --json print the same value without raw controls", () =>
  inFolder(async (folder) => {
    const store = await openStore(join(folder, "d"));
    assert.ok(store.ok);
    const record = callRecord("aa11", 1, {
      callerName: HOSTILE,
      reason: HOSTILE,
      story: [{ atMs: 0, type: "note", leg: undefined, text: HOSTILE }],
    });
    await store.value.calls.insertMany([toCallRow(record)]);
    await store.value.close();
    for (const [args, reads] of [
      [["calls", "--json"], (text: string) => (JSON.parse(text) as { callerName: string }[])[0]?.callerName],
      [["calls", "show", "aa", "--json"], (text: string) => (JSON.parse(text) as { reason: string }).reason],
    ] as const) {
      const ended = run(folder, [...args, "--data", "d"]);
      assert.equal(reads(ended.stdout), HOSTILE);
      assert.doesNotMatch(ended.stdout.replaceAll("\n", ""), /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
    }
    const shown = run(folder, ["calls", "show", "aa", "--data", "d"]).stdout;
    assert.doesNotMatch(shown.replaceAll("\n", ""), /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
  }));

test("X12: an exported file steers no terminal either, and reads back to the same company", () => {
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(read.ok);
  const { company } = read.value;
  const name = HOSTILE.replaceAll(/\p{Cc}/gu, "");
  const [webhook, ...others] = company.webhooks;
  assert.ok(webhook !== undefined);
  const changed = { ...company, webhooks: [{ ...webhook, description: name }, ...others] };
  const text = writeCompany(changed, "clear");
  assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
  assert.ok(text.includes("\\u202e"));
  const again = readCompany(text, "c.yaml");
  assert.ok(again.ok);
  assert.deepEqual(again.value.company, changed);
});

test("X12: nothing but output.ts writes to the terminal, so that no command can forget", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const writers = globSync("{cli,demo,control,company,model,api,store,call,webhook,sip}/**/*.ts", {
    cwd: root,
  })
    .filter((file) => !file.endsWith(".test.ts"))
    .filter((file) => /process\.std(out|err)\.write|console\./.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(writers, ["cli/output.ts"]);
});

test("N1: who reads may stop reading (a closed pipe): the command ends quietly, on either output", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "bad.yaml"), "version: 1\nphnoes: []\n");
    const command = (args: string): string =>
      `"${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}" ${args}`;
    for (const [line, code] of [
      // `true` has gone long before a word is written; `told` holds what the other output said.
      [`{ ${command("--help")} 2>told; echo $? >code; } | true`, "0"],
      [`{ ${command("check bad.yaml")} 2>&1 >told; echo $? >code; } | true`, "1"],
    ] as const) {
      const ended = spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
      assert.equal(ended.stderr, "");
      assert.equal(readFileSync(join(folder, "code"), "utf8").trim(), code, line);
      assert.equal(readFileSync(join(folder, "told"), "utf8"), "");
    }
  }));

test("N1: what would go on for ever ends when nobody reads it any more (`calls follow | head -1`)", () =>
  inFolder((folder) => {
    writeFileSync(
      join(folder, "follow.mts"),
      `import { terminal } from ${JSON.stringify(new URL("output.ts", import.meta.url).href)};
       while (terminal.isHeard()) { terminal.out("line"); await new Promise((done) => setImmediate(done)); }`,
    );
    const line = `{ "${process.execPath}" --disable-warning=ExperimentalWarning follow.mts; echo $? >code; } | head -1`;
    const ended = spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8", timeout: 30_000 });
    assert.deepEqual([ended.stdout, ended.stderr], ["line\n", ""]);
    assert.equal(readFileSync(join(folder, "code"), "utf8").trim(), "0");
  }));

test("N1: what is asked for goes to a full disk: that is said, with exit code 3", () =>
  inFolder((folder) => {
    const command = `"${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}"`;
    const full = spawnSync("sh", ["-c", `${command} --help >/dev/full`], { cwd: folder, encoding: "utf8" });
    assert.equal(
      full.stderr,
      "What there is to say could not be written: ENOSPC: no space left on device, write.\n",
    );
    assert.equal(full.status, 3);
    // Many lines, one after the other as they are made: said once, and no listener for each.
    writeFileSync(
      join(folder, "many.mts"),
      `import { terminal } from ${JSON.stringify(new URL("output.ts", import.meta.url).href)};
       for (let n = 0; n < 20; n++) { terminal.out("line"); await new Promise((done) => setImmediate(done)); }`,
    );
    const line = `"${process.execPath}" --disable-warning=ExperimentalWarning many.mts >/dev/full`;
    const many = spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
    assert.equal(many.stderr, full.stderr);
    assert.equal(many.status, 3);
  }));

test("N1: a file comes by a pipe that is slow and does not block", { skip: needs("python3") }, () =>
  inFolder((folder) => {
    const command = `"${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}"`;
    writeFileSync(join(folder, "bad.yaml"), "version: 1\nphnoes: []\n");
    // Whoever holds the other end may have made the pipe one that does not block.
    const slow = `import os, sys, time; os.set_blocking(0, False); os.execvp(sys.argv[1], sys.argv[1:])`;
    const line = `(sleep 0.3; cat bad.yaml) | python3 -c '${slow}' ${command} check -`;
    const piped = spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
    assert.match(piped.stderr, /^-:2:1: .*"phnoes".*Did you mean "phones"\?/m);
    assert.equal(piped.status, 1);
  }),
);

test("a command loses nothing of what it says, however much that is", () =>
  inFolder((folder) => {
    const [numbers, problems] = [20_000, join(folder, "problems")];
    const list = Array.from({ length: numbers }, (_, at) => `  - number: "+3150${1_000_000 + at}"\n`);
    const head = "version: 1\nhome: { country: NL, timeZone: Europe/Amsterdam }\nnumbers:\n";
    writeFileSync(join(folder, "c.yaml"), `${head}${list.join("")}outbound: { trunk: nowhere }\n`);
    const fd = openSync(problems, "w");
    const ended = spawnSync(process.execPath, [MAIN, "check", "c.yaml"], {
      cwd: folder,
      stdio: ["ignore", "ignore", fd],
    });
    closeSync(fd);
    assert.equal(ended.status, 1);
    const lines = readFileSync(problems, "utf8").trimEnd().split("\n");
    assert.equal(
      lines.filter((line) => line.includes(" are refused (404): it has no plan.")).length,
      numbers,
    );
    assert.match(lines.at(-1) ?? "", /^1 error\.$/);
  }));
