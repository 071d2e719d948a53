// `npm test`: installs what the tests need from Debian, runs every test file in a process of its own, and ends
// with one line "N passed, N failed, N skipped". Arguments narrow it down: suite names, or parts of paths.

import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hasProgram, installMissing } from "./debian.ts";
import { programsOf } from "./programs.ts";
import { readReport } from "./result-reporter.ts";
import { type Ended, run, seconds, stopAll } from "./run.ts";

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Test files run side by side; 1 where they need the machine for themselves. */
  readonly atOnce: number;
  /**
   * One after the other, when the rest is done: those that count seconds, play sound as it is spoken, or start a program
   * that takes port 5060 of every address (the demo, sipvicious), which no other test could then have on its own.
   */
  readonly alone?: RegExp;
  /** Limit for one file. */
  readonly timeoutMs: number;
}

const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);

const inCi = process.env.CI === "true";
const files = (pattern: string): readonly string[] => globSync(pattern).toSorted();

const suites: readonly Suite[] = [
  { name: "unit", files: files("src/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000 },
  { name: "bench", files: files("bench/**/*.test.ts"), atOnce: 2, timeoutMs: 60_000 },
  { name: "tools", files: files("tools/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000 },
  { name: "architecture", files: files("test/architecture/**/*.test.ts"), atOnce: 1, timeoutMs: 120_000 },
  { name: "fakes", files: files("test/fakes/**/*.test.ts"), atOnce: 2, timeoutMs: 60_000 },
  { name: "contract", files: files("test/contract/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000 },
  { name: "golden", files: files("test/golden/**/*.test.ts"), atOnce: 2, timeoutMs: 60_000 },
  { name: "scenarios", files: files("test/scenarios/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000 },
  { name: "browser", files: files("test/browser/**/*.test.ts"), atOnce: 1, timeoutMs: 120_000 },
  { name: "fuzz", files: files("test/fuzz/**/*.test.ts"), atOnce: 1, timeoutMs: 180_000 },
  {
    name: "interop",
    files: files("test/interop/**/*.test.ts"),
    atOnce: 2,
    alone: /anchored|baresip|demo|ivr|loss|media|service/,
    timeoutMs: 240_000,
  },
  { name: "torture", files: files("test/torture/**/*.test.ts"), atOnce: 2, timeoutMs: 180_000 },
  {
    name: "abuse",
    files: files("test/abuse/**/*.test.ts"),
    atOnce: 2,
    alone: /flood|guessing|limits|media|mutations|scanners|sdp|users/,
    timeoutMs: 180_000,
  },
  { name: "examples", files: files("examples/**/*.test.ts"), atOnce: 1, timeoutMs: 120_000 },
];

/** The suites that the arguments ask for; every one without arguments. */
function chosen(wanted: readonly string[]): readonly Suite[] {
  if (wanted.length === 0) return suites;
  return suites.map((suite) => ({
    ...suite,
    files: wanted.includes(suite.name)
      ? suite.files
      : suite.files.filter((file) => wanted.some((part) => part.includes("/") && file.includes(part))),
  }));
}

/** After the last test of a file: time for its hooks to end what the tests started. */
const ENDING_MS = 8_000;
const SLOWEST = 10;

interface Totals {
  passed: number;
  failed: number;
  readonly failedFiles: string[];
  readonly skipped: { readonly file: string; readonly name: string; readonly reason: string }[];
  readonly times: { readonly file: string; readonly elapsedMs: number }[];
}

const totals: Totals = { passed: 0, failed: 0, failedFiles: [], skipped: [], times: [] };
const scratch = mkdtempSync(path.join(os.tmpdir(), "switchhook-test-"));

type Report = ReturnType<typeof readReport>;

function reportIn(file: string): Report {
  try {
    return readReport(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** All tests of a file are over, and still it does not end: something was left open. */
function isStuck(file: string): boolean {
  return reportIn(file)?.over === true && Date.now() - statSync(file).mtimeMs > ENDING_MS;
}

let running = 0;

/** Runs one test file and adds it to the totals: a line if it is good, all that it printed if it is not. */
async function runFile(
  file: string,
  timeoutMs: number,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  running += 1;
  const reportFile = path.join(scratch, `${running}.jsonl`);
  const ended = await run(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      `--test-reporter=${path.join(import.meta.dirname, "result-reporter.ts")}`,
      `--test-reporter-destination=${reportFile}`,
      file,
    ],
    { timeoutMs, env, isStuck: () => isStuck(reportFile) },
  );
  const result = reportIn(reportFile);
  totals.times.push({ file, elapsedMs: ended.elapsedMs });
  const { passed = 0, failed = 0, failures = [], skipped = [] } = result ?? {};
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped.push(...skipped.map((entry) => ({ file, ...entry })));

  const complaint = complaintAbout(ended, timeoutMs, result);
  if (complaint === undefined) {
    const left = skipped.length > 0 ? `, ${skipped.length} SKIPPED` : "";
    console.log(`ok      ${seconds(ended.elapsedMs).padStart(7)}  ${file}  (${passed} passed${left})`);
    return;
  }
  // What ended without any test to blame is a failure all the same.
  if (failed === 0) totals.failed += 1;
  totals.failedFiles.push(
    `${file}: ${complaint}`,
    ...failures.map(({ name, message }) => `    ${name}: ${message}`),
  );
  console.log(`FAILED  ${seconds(ended.elapsedMs).padStart(7)}  ${file}  (${complaint})`);
  console.log(ended.output.trimEnd().replaceAll(/^/gm, "    | "));
}

function complaintAbout(ended: Ended, timeoutMs: number, result: Report): string | undefined {
  const count = `${result?.failed ?? 0} failed, ${result?.passed ?? 0} passed`;
  if (ended.timedOut) return `stopped: not finished after ${seconds(timeoutMs)}; until then ${count}`;
  if (ended.stuck)
    return `${count}; stopped: its tests were over, but something they left open kept it from ending`;
  if (result !== undefined && result.failed > 0) return count;
  if (ended.code !== 0)
    return `ended with ${ended.code === undefined ? "a signal" : `exit code ${ended.code}`}`;
  if (result === undefined) return "holds no test that could tell its result";
  if (result.passed + result.skipped.length === 0) return "holds no test";
  return undefined;
}

async function runSuite(suite: Suite, env: Readonly<Record<string, string>>): Promise<void> {
  if (suite.files.length === 0) return;
  const began = performance.now();
  console.log(`\n=== ${suite.name}: ${suite.files.length} files`);
  const sideBySide = async (waiting: string[], atOnce: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        await runFile(file, suite.timeoutMs, env);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  const isAlone = (file: string): boolean => suite.alone?.test(path.basename(file)) ?? false;
  await sideBySide(
    suite.files.filter((file) => !isAlone(file)),
    suite.atOnce,
  );
  await sideBySide(suite.files.filter(isAlone), 1);
  console.log(`=== ${suite.name}: ${seconds(performance.now() - began)}`);
}

/** Programs that these tests must do without: those a person asked to skip, and those that cannot be installed. */
function absentPrograms(plan: readonly Suite[]): readonly string[] {
  const asked = process.env.SWITCHHOOK_SKIP_INTEROP ?? "";
  const programs = programsOf(plan.flatMap(({ files: its }) => its));
  if (asked === "all" || asked === "1") return programs;
  const skip = programs.filter((program) => asked.split(/[ ,]+/).includes(program));
  installMissing(programs.filter((program) => !skip.includes(program)));
  return programs.filter((program) => skip.includes(program) || !hasProgram(program));
}

function summarise(absent: readonly string[], elapsedMs: number): void {
  if (totals.skipped.length > 0) {
    console.log("\n!!! SKIPPED, so nothing is known about:");
    for (const { file, name, reason } of totals.skipped) console.log(`!!!   ${file}: ${name}: ${reason}`);
  }
  if (absent.length > 0) console.log(`\n!!! Tests ran WITHOUT these programs: ${absent.join(", ")}`);
  if (totals.failedFiles.length > 0) {
    console.log("\nFailed:");
    for (const line of totals.failedFiles) console.log(`  ${line}`);
  }
  const slowest = totals.times.toSorted((a, b) => b.elapsedMs - a.elapsedMs).slice(0, SLOWEST);
  console.log("\nSlowest files:");
  for (const { file, elapsedMs: its } of slowest) console.log(`${seconds(its).padStart(9)}  ${file}`);
  console.log(`\nIn ${seconds(elapsedMs)}:`);
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped.length} skipped`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopAll();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(130);
  });
}

const began = performance.now();
const plan = chosen(process.argv.slice(2));
const absent = absentPrograms(plan);
if (inCi && absent.length > 0) {
  totals.failed += 1;
  totals.failedFiles.push(`Debian packages: ${absent.join(", ")} missing, and CI must skip nothing`);
}
const env = { NO_COLOR: "1", SWITCHHOOK_SKIP_INTEROP: absent.join(" ") };
for (const suite of plan) await runSuite(suite, env);
if (plan.every(({ files }) => files.length === 0)) {
  totals.failed += 1;
  totals.failedFiles.push(`no test file fits ${process.argv.slice(2).join(" ")}`);
}
rmSync(scratch, { recursive: true, force: true });
summarise(absent, performance.now() - began);
process.exitCode = totals.failed === 0 ? 0 : 1;
