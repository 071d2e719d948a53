// `npm test` (ADR 0007): installs what the tests need from Debian, runs test files in processes of their own, and ends
// with one line "N passed, N failed, N skipped". Arguments narrow it down: suite names, or parts of paths. A file of a suite
// with real sockets and real time that failed runs once more when nothing else does (ADR 0052).

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hasProgram, installMissing } from "./debian.ts";
import { isStuck } from "./ending.ts";
import { inProcesses, nameOf } from "./processes.ts";
import { programsOf } from "./programs.ts";
import { type FileResult, readReport } from "./result-reporter.ts";
import { type Ended, run, seconds, stopAll } from "./run.ts";
import { filesToRepeat, secondRunLimitMs } from "./second-run.ts";

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Test files run side by side; 1 where they need the machine for themselves. */
  readonly atOnce: number;
  /**
   * One after the other, when the rest is done: those that count seconds, or start a program
   * that takes port 5060 of every address (the demo, sipvicious), which no other test could then have on its own.
   */
  readonly alone?: RegExp;
  /** Three at once, when those that compute are done: sound in real time, which waits more than it works. */
  readonly calm?: RegExp;
  /** So many files share a process, for loading takes longer than most of them (ADR 0117); 1 if it is not said. */
  readonly together?: number;
  /** Paths that have a process of their own all the same: they look at their process, or count seconds. */
  readonly apart?: RegExp;
  /** Limit for one file. */
  readonly timeoutMs: number;
  /** Real sockets, programs and time: what fails there may be the machine's doing, and gets a second run. */
  readonly realTime?: true;
}

const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);

const inCi = process.env.CI === "true";
/** `npm run soak`: depths as before a release, and time for them. */
const isSoak = process.env.SWITCHHOOK_TEST_SOAK === "1";
const SOAK_FILE_MS = 12 * 3_600_000;
const files = (pattern: string): readonly string[] => globSync(pattern).toSorted();

/** Rooms whose tests open sockets, start threads and programs, or count real seconds; all others compute. */
const LIVE =
  /^src\/(admin|api|app|cli|control|demo|http|instance|link|media\/(audio|builtin|rtpengine)|sip\/transport|store|webhook(?!\/reply))\//;

const suites: readonly Suite[] = [
  {
    name: "unit",
    files: files("src/**/*.test.ts").filter((file) => !LIVE.test(file)),
    atOnce: 2,
    together: 20,
    apart: /runtime/,
    timeoutMs: 120_000,
  },
  {
    name: "live",
    files: files("src/**/*.test.ts").filter((file) => LIVE.test(file)),
    atOnce: 2,
    together: 6,
    apart: /kill|commands|output|media\/(builtin|rtpengine)/,
    timeoutMs: 240_000,
    realTime: true,
  },
  { name: "web", files: files("web/src/**/*.test.ts"), atOnce: 2, together: 10, timeoutMs: 60_000 },
  { name: "bench", files: files("bench/**/*.test.ts"), atOnce: 2, together: 10, timeoutMs: 60_000 },
  { name: "tools", files: files("tools/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000 },
  { name: "architecture", files: files("test/architecture/**/*.test.ts"), atOnce: 1, timeoutMs: 120_000 },
  { name: "fakes", files: files("test/fakes/**/*.test.ts"), atOnce: 2, timeoutMs: 60_000 },
  {
    name: "contract",
    files: files("test/contract/**/*.test.ts"),
    atOnce: 2,
    calm: /media/,
    timeoutMs: 120_000,
    realTime: true,
  },
  { name: "golden", files: files("test/golden/**/*.test.ts"), atOnce: 2, timeoutMs: 60_000 },
  {
    name: "scenarios",
    files: files("test/scenarios/**/*.test.ts"),
    atOnce: 2,
    together: 12,
    apart: /lingering|real|virtual|dying-sockets/,
    timeoutMs: 120_000,
  },
  {
    name: "browser",
    files: files("test/browser/**/*.test.ts"),
    atOnce: 2,
    alone: /weather/,
    timeoutMs: 180_000,
    realTime: true,
  },
  { name: "fuzz", files: files("test/fuzz/**/*.test.ts"), atOnce: 2, timeoutMs: 180_000, realTime: true },
  {
    name: "interop",
    files: files("test/interop/**/*.test.ts"),
    atOnce: 4,
    alone: /demo|ivr-rules|kill|loss|record-weather|service/,
    calm: /anchored|announced|baresip|heard|ivr|media|sound/,
    timeoutMs: 240_000,
    realTime: true,
  },
  {
    name: "torture",
    files: files("test/torture/**/*.test.ts"),
    atOnce: 2,
    timeoutMs: 180_000,
    realTime: true,
  },
  {
    name: "abuse",
    files: files("test/abuse/**/*.test.ts"),
    atOnce: 3,
    alone: /flood|limits(?!-api)|scanners/,
    calm: /guessing|media-strangers|sdp|users/,
    timeoutMs: 180_000,
    realTime: true,
  },
  {
    name: "package",
    files: files("test/package/**/*.test.ts"),
    atOnce: 1,
    timeoutMs: 600_000,
    realTime: true,
  },
  // What takes minutes and finds something new only when a library changed.
  { name: "soak", files: isSoak ? files("test/soak/**/*.test.ts") : [], atOnce: 1, timeoutMs: SOAK_FILE_MS },
  { name: "examples", files: files("examples/**/*.test.ts"), atOnce: 1, timeoutMs: 120_000, realTime: true },
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

const SLOWEST = 10;

/** What one run of a file came to. */
interface Outcome {
  /** What names it: the file, or the first and last of those that shared a process. */
  readonly file: string;
  readonly suite: Suite;
  readonly elapsedMs: number;
  readonly passed: number;
  /** What ended without any test to blame counts as one. */
  readonly failed: number;
  readonly failures: FileResult["failures"];
  readonly skipped: FileResult["skipped"];
  /** Files of which no test passed; empty where that is no fault. */
  readonly silent: readonly string[];
  /** Undefined: all is well. */
  readonly complaint: string | undefined;
}

/** By file; a second run takes the place of the first. */
const outcomes = new Map<string, Outcome>();
/** Files that failed and then passed, as they were the first time. */
const passedSecond: Outcome[] = [];
/** What is wrong with the run as a whole. */
const troubles: string[] = [];
const scratch = mkdtempSync(path.join(os.tmpdir(), "switchhook-test-"));

type Report = ReturnType<typeof readReport>;

function reportIn(file: string): Report {
  try {
    return readReport(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether the file of this report does not end though its tests are over. */
function hasStuck(file: string, suite: Suite): boolean {
  const report = reportIn(file);
  return (
    report !== undefined && isStuck(report, suite.realTime === true, Date.now() - statSync(file).mtimeMs)
  );
}

let running = 0;

/** Runs one test file, or several in one process: prints a line if all is good, all that was printed if it is not. */
async function runFiles(
  its: readonly string[],
  suite: Suite,
  env: Readonly<Record<string, string>>,
  timeoutMs: number = isSoak ? SOAK_FILE_MS : suite.timeoutMs,
): Promise<Outcome> {
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
      ...(its.length > 1 ? ["--test", "--test-isolation=none"] : []),
      ...its,
    ],
    { timeoutMs, env, isStuck: () => hasStuck(reportFile, suite) },
  );
  const result = reportIn(reportFile);
  const { passed = 0, failed = 0, failures = [], skipped = [] } = result ?? {};
  const { elapsedMs } = ended;
  const complaint = complaintAbout(ended, timeoutMs, result);
  const file = nameOf(its);
  const silent = its.filter((one) => its.length > 1 && result?.files.has(path.resolve(one)) !== true);
  if (complaint === undefined) {
    const left = skipped.length > 0 ? `, ${skipped.length} SKIPPED` : "";
    console.log(`ok      ${seconds(elapsedMs).padStart(7)}  ${file}  (${passed} passed${left})`);
    return { file, suite, elapsedMs, passed, failed, failures, skipped, silent, complaint };
  }
  console.log(`FAILED  ${seconds(elapsedMs).padStart(7)}  ${file}  (${complaint})`);
  console.log(ended.output.trimEnd().replaceAll(/^/gm, "    | "));
  return {
    file,
    suite,
    elapsedMs,
    passed,
    failed: Math.max(failed, 1),
    failures,
    skipped,
    silent,
    complaint,
  };
}

/**
 * Runs files that share a process; where that is not good, each has one of its own, which tells which it is. What
 * passes alone and not in company counts as what passes the second time: in pure code, as failed.
 */
async function runTogether(
  its: readonly string[],
  suite: Suite,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const all = await runFiles(its, suite, env);
  if (all.complaint === undefined || its.length === 1) {
    outcomes.set(all.file, all);
    // A file that holds no test would go unnoticed in company; one whose tests stand in another file says so alone.
    for (const file of all.silent) {
      const alone = await runFiles([file], suite, env);
      // Counted in company already, as tests of the other file.
      outcomes.set(file, { ...alone, passed: 0 });
    }
    return;
  }
  const each: Outcome[] = [];
  for (const file of its) each.push(await runFiles([file], suite, env));
  for (const one of each) outcomes.set(one.file, one);
  if (each.some(({ complaint }) => complaint !== undefined)) return;
  if (suite.realTime === true) passedSecond.push(all);
  else outcomes.set(all.file, { ...all, passed: 0 });
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
  const sideBySide = async (waiting: (readonly string[])[], atOnce: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      for (let its = waiting.shift(); its !== undefined; its = waiting.shift()) {
        await runTogether(its, suite, env);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  const { alone, calm, atOnce } = suite;
  const {
    ordinary = [],
    calmly = [],
    singly = [],
  } = Object.groupBy(suite.files, (file) => {
    const name = path.basename(file);
    if (alone?.test(name) === true) return "singly";
    return calm?.test(name) === true ? "calmly" : "ordinary";
  });
  await sideBySide(inProcesses(ordinary, suite), atOnce);
  await sideBySide(inProcesses(calmly, {}), 3);
  await sideBySide(inProcesses(singly, {}), 1);
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

/** Once all is done: what failed in real time, once more and alone, as long as there is time for it (ADR 0052). */
async function repeatFailed(env: Readonly<Record<string, string>>, began: number): Promise<void> {
  const failed = [...outcomes.values()].filter(({ complaint }) => complaint !== undefined);
  const again = filesToRepeat(failed, process.env.SWITCHHOOK_TEST_RETRY);
  if (again.length === 0) return;
  console.log(`\n=== a second time, each alone: ${again.length} files`);
  for (const first of again) {
    const limitMs = secondRunLimitMs(performance.now() - began, first.suite.timeoutMs, first.elapsedMs);
    if (limitMs === undefined) {
      console.log(`too late for ${first.file}`);
      continue;
    }
    const second = await runFiles([first.file], first.suite, env, limitMs);
    // One that was only cut off says less than the first.
    if (second.complaint === undefined || second.failures.length > 0) outcomes.set(first.file, second);
    if (second.complaint === undefined) passedSecond.push(first);
  }
}

/** A file and its failed tests, each with the beginning of its error. */
function failuresOf({ file, complaint, failures }: Outcome): readonly string[] {
  return [`  ${file}: ${complaint}`, ...failures.map(({ name, message }) => `      ${name}: ${message}`)];
}

function summarise(absent: readonly string[], elapsedMs: number): number {
  const all = [...outcomes.values()];
  const skipped = all.flatMap(({ file, skipped: its }) => its.map((entry) => ({ file, ...entry })));
  if (skipped.length > 0) {
    console.log("\n!!! SKIPPED, so nothing is known about:");
    for (const { file, name, reason } of skipped) console.log(`!!!   ${file}: ${name}: ${reason}`);
  }
  if (absent.length > 0) console.log(`\n!!! Tests ran WITHOUT these programs: ${absent.join(", ")}`);
  const slowest = all.toSorted((a, b) => b.elapsedMs - a.elapsedMs).slice(0, SLOWEST);
  console.log("\nSlowest files:");
  for (const { file, elapsedMs: its } of slowest) console.log(`${seconds(its).padStart(9)}  ${file}`);
  if (passedSecond.length > 0) {
    console.log("\n!!! PASSED ONLY THE SECOND TIME, look at these:");
    for (const line of passedSecond.flatMap(failuresOf)) console.log(`!!!${line}`);
  }
  const failed = all.filter(({ complaint }) => complaint !== undefined);
  if (failed.length + troubles.length > 0) {
    console.log("\nFailed:");
    for (const line of [...failed.flatMap(failuresOf), ...troubles.map((text) => `  ${text}`)])
      console.log(line);
  }
  const sum = (count: (outcome: Outcome) => number): number => all.reduce((n, one) => n + count(one), 0);
  const failures = sum((one) => one.failed) + troubles.length;
  console.log(`\nIn ${seconds(elapsedMs)}:`);
  console.log(`${sum((one) => one.passed)} passed, ${failures} failed, ${skipped.length} skipped`);
  return failures;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopAll();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(130);
  });
}

/** Makes the program as packages have it, once for all files that start it (ADR 0117); gives what tells them. */
async function programFor(its: readonly Suite[]): Promise<Readonly<Record<string, string>>> {
  if (!its.some(({ realTime, files: some }) => realTime === true && some.length > 0)) return {};
  if (!existsSync("src/cli/main.ts")) return {};
  const { builtProgram } = await import("./built-program.ts");
  return { SWITCHHOOK_TEST_MAIN: await builtProgram(root) };
}

const began = performance.now();
const plan = chosen(process.argv.slice(2));
const absent = absentPrograms(plan);
if (inCi && absent.length > 0)
  troubles.push(`Debian packages: ${absent.join(", ")} missing, and CI must skip nothing`);
const env = { NO_COLOR: "1", SWITCHHOOK_SKIP_INTEROP: absent.join(" "), ...(await programFor(plan)) };
for (const suite of plan) await runSuite(suite, env);
await repeatFailed(env, began);
if (plan.every(({ files }) => files.length === 0)) {
  troubles.push(`no test file fits ${process.argv.slice(2).join(" ")}`);
}
rmSync(scratch, { recursive: true, force: true });
process.exitCode = summarise(absent, performance.now() - began) === 0 ? 0 : 1;
