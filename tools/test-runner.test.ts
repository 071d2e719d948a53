// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { whyStopped } from "./ending.ts";
import { run } from "./run.ts";
import { sideBySide, stagesOf } from "./schedule.ts";
import { filesToRepeat, secondRunLimitMs } from "./second-run.ts";

const repository = path.resolve(import.meta.dirname, "..");
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs the test runner over these files alone, in a tree of their own. */
async function runnerOver(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ readonly lines: readonly string[]; readonly text: string; readonly code: unknown }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-runner-"));
  folders.push(folder);
  cpSync(path.join(repository, "tools"), path.join(folder, "tools"), {
    recursive: true,
    filter: (file) => !file.endsWith(".test.ts"),
  });
  symlinkSync(path.join(repository, "package.json"), path.join(folder, "package.json"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  // NODE_TEST_CONTEXT would make the inner node:test report to us instead of to the runner.
  const { NODE_TEST_CONTEXT: _, SWITCHHOOK_TEST_RETRY: __, CI_RUN_BEGAN: ___, ...env } = process.env;
  const options = {
    encoding: "utf8" as const,
    env: { ...env, CI: "", SWITCHHOOK_SKIP_INTEROP: "all" },
    timeout: 60_000,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(folder, "tools/test.ts"), ...args],
      options,
      (error, stdout, stderr) =>
        resolve({
          lines: stdout.trimEnd().split("\n"),
          text: stdout + stderr,
          code: error === null ? 0 : error.code,
        }),
    );
  });
}

const good =
  'import { describe, test } from "node:test";\ndescribe("a", () => { test("b", () => {}); test("c", () => {}); });\n';
const bad =
  'import { test } from "node:test";\ntest("fine", () => {});\ntest("broken", () => { throw new Error("on purpose"); });\n';
const skipping = 'import { test } from "node:test";\ntest("later", { skip: "needs sipp" }, () => {});\n';

/** They wait more than they work. */
describe("the runner", { concurrency: 4 }, () => {
  test("good files pass, and the last line counts their tests alone", async () => {
    const { lines, code } = await runnerOver({ "src/a.test.ts": good });
    assert.equal(lines.at(-1), "2 passed, 0 failed, 0 skipped");
    assert.equal(code, 0);
  });

  test("a failed test is shown in full, counted, and named again at the end", async () => {
    const { lines, text, code } = await runnerOver({ "src/a.test.ts": good, "src/b.test.ts": bad });
    assert.equal(lines.at(-1), "3 passed, 1 failed, 0 skipped");
    assert.match(
      text,
      /✖ broken[^]*on purpose[^]*\nFailed:\n {2}src\/b\.test\.ts: 1 failed, 1 passed\n {6}broken: on purpose\n/,
    );
    assert.equal(code, 1);
  });

  test("files that only compute share a process; a failed one is named, and one that holds no test is a failure", async () => {
    const mark = "globalThis.shared = (globalThis.shared ?? 0) + 1;\n";
    const counts = `${mark}test("in company", () => { if (globalThis.shared !== 2) throw new Error("alone"); });\n`;
    const imports = 'import { test } from "node:test";\n';
    const shared = await runnerOver(
      { "src/fsm/a.test.ts": imports + counts, "src/fsm/b.test.ts": imports + counts },
      "unit",
    );
    assert.equal(shared.code, 0, shared.text);
    assert.match(shared.text, /^ok .* src\/fsm\/a\.test\.ts … b\.test\.ts, 2 files {2}\(2 passed\)$/m);

    const mixed = await runnerOver(
      { "src/fsm/a.test.ts": good, "src/fsm/b.test.ts": bad, "src/fsm/c.test.ts": good },
      "unit",
    );
    assert.equal(mixed.lines.at(-1), "5 passed, 1 failed, 0 skipped", mixed.text);
    assert.match(mixed.text, /^ {2}src\/fsm\/b\.test\.ts: 1 failed, 1 passed\n {6}broken: on purpose$/m);

    const crowd = `${mark}test("not in company", () => { if (globalThis.shared > 1) throw new Error("in company"); });\n`;
    const apart = await runnerOver(
      { "src/fsm/a.test.ts": imports + crowd, "src/fsm/b.test.ts": imports + crowd },
      "unit",
    );
    assert.equal(apart.code, 1, "what only passes alone is no good in pure code");

    const silent = await runnerOver(
      { "src/fsm/a.test.ts": good, "src/fsm/b.test.ts": "export {};\n" },
      "unit",
    );
    assert.equal(silent.code, 1, silent.text);
    assert.match(silent.text, /src\/fsm\/b\.test\.ts: (holds no test|ended)/);
  });

  test("a skipped test is said loudly, with its reason", async () => {
    const { lines, text, code } = await runnerOver({ "test/interop/a.test.ts": skipping });
    assert.equal(lines.at(-1), "0 passed, 0 failed, 1 skipped");
    assert.match(
      text,
      /!!! SKIPPED, so nothing is known about:\n!!! {3}test\/interop\/a\.test\.ts: later: needs sipp/,
    );
    assert.equal(code, 0);
  });

  const cases: readonly (readonly [what: string, file: string, complaint: RegExp])[] = [
    ["a file that breaks while loading", 'throw new Error("at once");\n', /failed/],
    ["a file without a test", "export {};\n", /holds no test that/],
    [
      "a file that exits by itself",
      'import { test } from "node:test";\ntest("x", () => process.exit(3));\n',
      /exit code 3/,
    ],
    [
      "a test marked todo",
      'import { test } from "node:test";\ntest("x", { todo: true }, () => {});\n',
      /1 failed/,
    ],
    [
      "a rejection that nobody awaits",
      'import { test } from "node:test";\ntest("x", () => { void Promise.reject(new Error("lost")); });\n',
      /failed/,
    ],
  ];

  for (const [what, file, complaint] of cases) {
    test(`${what} is a failure`, async () => {
      const { lines, text, code } = await runnerOver({ "src/a.test.ts": file });
      assert.match(lines.at(-1) ?? "", /^\d+ passed, 1 failed, 0 skipped$/, text);
      assert.match(text, complaint);
      assert.equal(code, 1);
    });
  }

  test("a file that needs the machine for itself waits until the others are done", async () => {
    const { text, code } = await runnerOver({
      "test/interop/a-media.test.ts": good,
      "test/interop/b.test.ts": good,
    });
    assert.match(text, /test\/interop\/b\.test\.ts[^]*test\/interop\/a-media\.test\.ts/);
    assert.equal(code, 0);
  });

  test("arguments choose suites and files; choosing nothing is a failure", async () => {
    const files = { "src/a/x.test.ts": good, "src/b/y.test.ts": bad, "test/golden/z.test.ts": good };
    assert.equal((await runnerOver(files, "golden")).lines.at(-1), "2 passed, 0 failed, 0 skipped");
    assert.equal((await runnerOver(files, "src/a/")).lines.at(-1), "2 passed, 0 failed, 0 skipped");
    assert.equal((await runnerOver(files, "nonsense")).code, 1);
  });

  test("a program that does not end is stopped with all that it started", async () => {
    const script =
      'const c = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(()=>{},1000)"]);' +
      "console.log(c.pid); setInterval(() => {}, 1000);";
    const ended = await run(process.execPath, ["-e", script], { timeoutMs: 5000 });
    assert.equal(ended.timedOut, true);
    const pid = Number(ended.output.trim());
    assert.ok(pid > 0, ended.output);
    // The group has been sent SIGKILL; the child is gone as soon as the system has reaped it.
    const gone = (): boolean => {
      try {
        process.kill(pid, 0);
        return spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
          .stdout.trim()
          .startsWith("Z");
      } catch {
        return true;
      }
    };
    while (!gone()) await new Promise((resolve) => setImmediate(resolve));
  });

  test("a file whose tests are over and that does not end is stopped, and says what failed", async () => {
    const stuck = `${bad}setInterval(() => {}, 1000);\n`;
    const began = performance.now();
    const { lines, text, code } = await runnerOver({ "test/interop/a-media.test.ts": stuck });
    assert.equal(lines.at(-1), "1 passed, 1 failed, 0 skipped");
    assert.match(text, /a-media\.test\.ts: 1 failed, 1 passed; stopped: its tests were over/);
    assert.match(text, /broken: on purpose/);
    assert.equal(code, 1);
    // The file's own limit is 240 s: whoever waited for that would have been ended by the limit above.
    assert.ok(performance.now() - began < 60_000);
  });

  test("a file that passes and does not end is a failure too", async () => {
    const { lines, text } = await runnerOver({ "src/a.test.ts": `${good}setInterval(() => {}, 1000);\n` });
    assert.equal(lines.at(-1), "2 passed, 1 failed, 0 skipped", text);
  });

  test("a file is given time to end its programs while none of its tests failed", () => {
    const isStuck = (file: Parameters<typeof whyStopped>[0], realTime: boolean, silentMs: number): boolean =>
      whyStopped(file, { realTime, limitMs: 120_000 }, silentMs) !== undefined;
    const [passed, failed] = [
      { over: true, failed: 0 },
      { over: true, failed: 1 },
    ];
    assert.equal(isStuck(passed, true, 40_000), false);
    assert.equal(isStuck(passed, true, 46_000), true);
    assert.equal(isStuck(failed, true, 6_000), true, "what failed is told soon");
    assert.equal(isStuck(passed, false, 6_000), true, "what only computes has nothing to end");
    assert.equal(isStuck(passed, false, 4_000), false);
    assert.equal(isStuck({ over: false, failed: 0 }, true, 100_000), false);
    assert.equal(isStuck({ over: false, failed: 0 }, true, 121_000), true, "its suite's limit");
    assert.equal(isStuck(undefined, true, 121_000), true, "nothing has come of it");
  });

  test("jobs run side by side as far as their shares fit, in their order; none is overtaken", async () => {
    const ends = new Map<string, () => void>();
    const begun: string[] = [];
    const job = (name: string, share: number) => ({ files: [name], suite, share });
    const suite = { name: "made up", files: [], atOnce: 1, timeoutMs: 1 };
    const done = sideBySide([job("a", 1 / 2), job("b", 1 / 3), job("c", 1 / 2), job("d", 1 / 6)], (its) => {
      const [name = ""] = its.files;
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    });
    const begunAfter = async (ended: string): Promise<string> => {
      ends.get(ended)?.();
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
      return begun.join("");
    };
    assert.equal(await begunAfter(""), "ab", "d would fit, but would overtake c");
    assert.equal(await begunAfter("b"), "abc");
    assert.equal(await begunAfter("a"), "abcd");
    await begunAfter("c");
    await begunAfter("d");
    await done;
  });

  test("what needs quiet waits for what computes, of every suite; what needs the machine for itself for both", () => {
    const titles = stagesOf([
      {
        name: "one",
        files: ["x/a.ts", "x/loud.ts", "x/only.ts"],
        atOnce: 2,
        calm: /loud/,
        alone: /only/,
        timeoutMs: 1,
      },
      {
        name: "other",
        files: ["y/b.ts", "y/c.ts", "y/timers.ts"],
        atOnce: 4,
        waits: /timers/,
        together: 2,
        timeoutMs: 1,
      },
    ]).map(({ jobs }) => jobs.map(({ files, share }) => `${files.join("+")} ${share.toFixed(2)}`).join(", "));
    assert.deepEqual(titles, [
      "y/timers.ts 0.17, x/a.ts 0.50, y/b.ts+y/c.ts 0.25",
      "x/loud.ts 0.33",
      "x/only.ts 1.00",
    ]);
  });

  test("hooks that work for longer than a file of pure code may take are no fault where programs are ended", async () => {
    const slow =
      'import { after, test } from "node:test";\ntest("x", () => {});\n' +
      "after(() => new Promise((resolve) => setTimeout(resolve, 8_000)));\n";
    const { lines, text, code } = await runnerOver({ "test/torture/a.test.ts": slow });
    assert.equal(lines.at(-1), "1 passed, 0 failed, 0 skipped", text);
    assert.equal(code, 0);
  });

  test("the slowest files are named", async () => {
    const { text } = await runnerOver({ "src/a.test.ts": good });
    assert.match(text, /Slowest files:\n +\d+\.\d s {2}src\/a\.test\.ts\n/);
  });

  test("only programs that the chosen tests speak of are asked for", async () => {
    const parts = 'import { go } from "../support/sipp.ts";\n';
    const files = {
      "test/interop/a.test.ts": `${parts}${good}`,
      "test/support/sipp.ts": 'export const go = "sipp";\n',
      "src/b.test.ts": good,
    };
    assert.match((await runnerOver(files, "interop")).text, /Tests ran WITHOUT these programs: sipp\n/);
    assert.doesNotMatch((await runnerOver(files, "unit")).text, /WITHOUT/);
  });

  /** Fails the first time that it runs, and passes from then on. */
  const shaky =
    'import { existsSync, writeFileSync } from "node:fs";\nimport { test } from "node:test";\n' +
    'test("steady", () => {});\ntest("shaky", () => {\n  const mark = `${import.meta.filename}.ran`;\n' +
    '  if (existsSync(mark)) return;\n  writeFileSync(mark, "");\n  throw new Error("the machine stalled");\n});\n';

  test("a file in real time that fails runs once more when all is done, and the summary says so", async () => {
    const { lines, text, code } = await runnerOver({
      "test/abuse/a.test.ts": shaky,
      "test/torture/b.test.ts": good,
    });
    assert.equal(lines.at(-1), "4 passed, 0 failed, 0 skipped");
    assert.match(
      text,
      /=== side by side[^]*=== a second time, each alone: 1 files\nok .*a\.test\.ts[^]*\n!!! PASSED ONLY THE SECOND TIME, look at these:\n!!! {2}test\/abuse\/a\.test\.ts: 1 failed, 1 passed\n!!! {6}shaky: the machine stalled\n/,
    );
    assert.doesNotMatch(text, /\nFailed:/);
    assert.equal(code, 0);
  });

  test("what fails twice is a failure", async () => {
    const { lines, text, code } = await runnerOver({ "test/abuse/a.test.ts": bad });
    assert.equal(lines.at(-1), "1 passed, 1 failed, 0 skipped");
    assert.match(text, /a second time[^]*\nFailed:\n {2}test\/abuse\/a\.test\.ts: 1 failed, 1 passed\n/);
    assert.doesNotMatch(text, /PASSED ONLY/);
    assert.equal(code, 1);
  });

  test("a unit file has no second run", async () => {
    const { lines, text, code } = await runnerOver({ "src/a.test.ts": shaky });
    assert.equal(lines.at(-1), "1 passed, 1 failed, 0 skipped");
    assert.doesNotMatch(text, /a second time/);
    assert.equal(code, 1);
  });

  test("a file of a room with sockets has one", async () => {
    const { text, code } = await runnerOver({ "src/http/a.test.ts": shaky });
    assert.match(text, /PASSED ONLY THE SECOND TIME/);
    assert.equal(code, 0);
  });

  test("more than six failed files, or SWITCHHOOK_TEST_RETRY=0: nothing is repeated; nor when it is too late", () => {
    const failed = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        suite: at === 0 ? {} : { realTime: true as const },
        elapsedMs: 1000 * (count - at),
      }));
    const again = filesToRepeat(failed(6), undefined).map(({ elapsedMs }) => elapsedMs);
    assert.deepEqual(again, [1000, 2000, 3000, 4000, 5000], "the shortest first");
    assert.equal(filesToRepeat(failed(7), undefined).length, 0);
    assert.equal(filesToRepeat(failed(2), "0").length, 0);
    assert.equal(secondRunLimitMs(10 * 60_000, 180_000, 150_000), 180_000);
    assert.equal(secondRunLimitMs(26.2 * 60_000, 180_000, 150_000), 108_000);
    assert.equal(secondRunLimitMs(27 * 60_000, 180_000, 150_000), undefined, "it would not end in time");
    assert.equal(secondRunLimitMs(27 * 60_000, 180_000, 10_000), 60_000);
    assert.equal(secondRunLimitMs(28 * 60_000, 180_000, 1), undefined);
  });
});

test("11.4: the summary names a failed assert in a sound test within 10 s", async () => {
  const failing =
    'import assert from "node:assert/strict";\nimport { createSocket } from "node:dgram";\nimport { after, test } from "node:test";\n' +
    'const voice = createSocket("udp4");\nafter(() => voice.close());\n' +
    'test("sound", async () => {\n  await new Promise((resolve) => voice.bind(0, "127.0.0.1", resolve));\n' +
    '  assert.equal(440, 700, "not the tone");\n});\n';
  const { text, code } = await runnerOver(
    { "test/interop/sound-a.test.ts": failing },
    "test/interop/sound-a",
  );
  assert.match(text, /\nFailed:\n {2}test\/interop\/sound-a\.test\.ts: [^\n]*\n {6}sound: not the tone/);
  assert.ok(Number(/\nIn (\d+\.\d) s:/.exec(text)?.[1]) < 10, text);
  assert.equal(code, 1);
});
