// `npm test` (ADR 0007): installs what the tests need from Debian, runs test files in processes of their own, and ends
// with one line "N passed, N failed, N skipped". Arguments narrow it down: suite names, or parts of paths. A file of a suite
// with real sockets and real time that failed runs once more when nothing else does (ADR 0052).

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hasProgram, installMissing } from "./debian.ts";
import { longestMs, whyStopped } from "./ending.ts";
import { nameOf } from "./processes.ts";
import { programsOf } from "./programs.ts";
import { type FileResult, readReport } from "./result-reporter.ts";
import { type Ended, run, seconds, stopAll } from "./run.ts";
import { type Stage, sideBySide, stagesOf } from "./schedule.ts";
import { filesToRepeat, secondRunLimitMs } from "./second-run.ts";
import { chosen, isSoak, SOAK_FILE_MS, type Suite } from "./suites.ts";

const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);

const inCi = process.env.CI === "true";

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

/** Why a file is not waited for any more; undefined: it is. `began`: ms since 1970. */
function whyStop(reportFile: string, { realTime, timeoutMs }: Suite, began: number): string | undefined {
  const report = reportIn(reportFile);
  const spokeAt = report === undefined ? began : statSync(reportFile).mtimeMs;
  const limitMs = isSoak ? SOAK_FILE_MS : timeoutMs;
  return whyStopped(report, { realTime: realTime === true, limitMs }, Date.now() - spokeAt);
}

let running = 0;

/** Runs one test file, or several in one process: prints a line if all is good, all that was printed if it is not. */
async function runFiles(
  its: readonly string[],
  suite: Suite,
  env: Readonly<Record<string, string>>,
  timeoutMs: number = isSoak ? SOAK_FILE_MS : longestMs(suite.timeoutMs),
): Promise<Outcome> {
  running += 1;
  const reportFile = path.join(scratch, `${running}.jsonl`);
  const began = Date.now();
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
    { timeoutMs, env, whyStop: () => whyStop(reportFile, suite, began) },
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
  if (ended.stopped !== undefined) return `${count}; stopped: ${ended.stopped}`;
  if (result !== undefined && result.failed > 0) return count;
  if (ended.code !== 0)
    return `ended with ${ended.code === undefined ? "a signal" : `exit code ${ended.code}`}`;
  if (result === undefined) return "holds no test that could tell its result";
  if (result.passed + result.skipped.length === 0) return "holds no test";
  return undefined;
}

async function runStage({ title, jobs }: Stage, env: Readonly<Record<string, string>>): Promise<void> {
  const stageBegan = performance.now();
  const names = [...new Set(jobs.map(({ suite }) => suite.name))];
  const count = jobs.reduce((sum, { files }) => sum + files.length, 0);
  console.log(`\n=== ${title}: ${count} files of ${names.join(", ")}`);
  await sideBySide(jobs, ({ files, suite }) => runTogether(files, suite, env));
  console.log(`=== ${title}: ${seconds(performance.now() - stageBegan)}`);
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
async function repeatFailed(env: Readonly<Record<string, string>>, runBegan: number): Promise<void> {
  const failed = [...outcomes.values()].filter(({ complaint }) => complaint !== undefined);
  const again = filesToRepeat(failed, process.env.SWITCHHOOK_TEST_RETRY);
  if (again.length === 0) return;
  console.log(`\n=== a second time, each alone: ${again.length} files`);
  for (const first of again) {
    const limitMs = secondRunLimitMs(
      Date.now() - runBegan,
      longestMs(first.suite.timeoutMs),
      first.elapsedMs,
    );
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
for (const stage of stagesOf(plan)) await runStage(stage, env);
// CI counts from its own beginning: packages and the check come before the tests.
await repeatFailed(env, Number(process.env.CI_RUN_BEGAN ?? performance.timeOrigin));
if (plan.every(({ files }) => files.length === 0)) {
  troubles.push(`no test file fits ${process.argv.slice(2).join(" ")}`);
}
rmSync(scratch, { recursive: true, force: true });
process.exitCode = summarise(absent, performance.now() - began) === 0 ? 0 : 1;
