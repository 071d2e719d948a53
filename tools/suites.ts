// The suites of `npm test`: which files they are, how much of the machine each takes, and how long one may be silent.

import { globSync } from "node:fs";
import path from "node:path";

export interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** So many of these files have work enough for the machine; 1 where one needs it for itself. */
  readonly atOnce: number;
  /**
   * One after the other, when the rest is done: those that count seconds, or start a program
   * that takes port 5060 of every address (the demo, sipvicious), which no other test could then have on its own.
   */
  readonly alone?: RegExp;
  /** Beside the others, but first, and six of them have work enough for the machine: they wait for timers nearly all the time. */
  readonly waits?: RegExp;
  /** Three at once, when those that compute are done: sound in real time, which waits more than it works, and deadlines to a fifth of a second. */
  readonly calm?: RegExp;
  /** So many files share a process, for loading takes longer than most of them (ADR 0117); 1 if it is not said. */
  readonly together?: number;
  /** Paths that have a process of their own all the same: they look at their process, or count seconds. */
  readonly apart?: RegExp;
  /** So long a file may go without a test of it being over. */
  readonly timeoutMs: number;
  /** Real sockets, programs and time: what fails there may be the machine's doing, and gets a second run. */
  readonly realTime?: true;
}

/** `npm run soak`: depths as before a release, and time for them. */
export const isSoak = process.env.SWITCHHOOK_TEST_SOAK === "1";
export const SOAK_FILE_MS = 12 * 3_600_000;
const root = path.resolve(import.meta.dirname, "..");
const files = (pattern: string): readonly string[] => globSync(pattern, { cwd: root }).toSorted();

/** Scenarios that are played on real sockets. */
const PLAYED = /off-nominal\/(dying-sockets|endless-handshakes)|play\/real/;

/** Rooms whose tests open sockets, start threads and programs, or count real seconds; all others compute. */
const LIVE =
  /^src\/(admin|api|app|cli|control|demo|doctor|http|instance|link|media\/(audio|builtin|rtpengine)|runtime|sip\/transport|store|webhook(?!\/reply))\//;

const suites: readonly Suite[] = [
  {
    name: "unit",
    files: files("src/**/*.test.ts").filter((file) => !LIVE.test(file)),
    atOnce: 2,
    together: 20,
    apart: /flat/,
    timeoutMs: 120_000,
  },
  {
    name: "live",
    files: files("src/**/*.test.ts").filter((file) => LIVE.test(file)),
    atOnce: 3,
    calm: /^(faults|host|strangers|waiting|rtpengine)/,
    together: 6,
    apart: /kill|commands|output|runtime|media\/(builtin|rtpengine)/,
    timeoutMs: 240_000,
    realTime: true,
  },
  { name: "web", files: files("web/src/**/*.test.ts"), atOnce: 2, together: 10, timeoutMs: 60_000 },
  { name: "bench", files: files("bench/**/*.test.ts"), atOnce: 2, together: 10, timeoutMs: 60_000 },
  { name: "tools", files: files("tools/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000, realTime: true },
  { name: "architecture", files: files("test/architecture/**/*.test.ts"), atOnce: 2, timeoutMs: 120_000 },
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
    files: files("test/scenarios/**/*.test.ts").filter((file) => !PLAYED.test(file)),
    atOnce: 2,
    together: 12,
    apart: /held|lingering|virtual/,
    timeoutMs: 120_000,
  },
  {
    name: "scenarios",
    files: files("test/scenarios/**/*.test.ts").filter((file) => PLAYED.test(file)),
    atOnce: 2,
    timeoutMs: 120_000,
    realTime: true,
  },
  {
    name: "browser",
    files: files("test/browser/**/*.test.ts"),
    atOnce: 3,
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
    waits: /limits-api|mutations/,
    alone: /flood|limits-rows|scanners/,
    calm: /guessing|limits\.|media-strangers|sdp|users/,
    timeoutMs: 180_000,
    realTime: true,
  },
  {
    name: "package",
    files: files("test/package/**/*.test.ts"),
    atOnce: 2,
    alone: /^package/,
    timeoutMs: 600_000,
    realTime: true,
  },
  // What takes minutes and finds something new only when a library changed.
  { name: "soak", files: isSoak ? files("test/soak/**/*.test.ts") : [], atOnce: 1, timeoutMs: SOAK_FILE_MS },
  {
    name: "examples",
    files: files("examples/**/*.test.ts"),
    atOnce: 1,
    alone: /./,
    timeoutMs: 180_000,
    realTime: true,
  },
];

/** The suites that the arguments ask for; every one without arguments. */
export function chosen(wanted: readonly string[]): readonly Suite[] {
  if (wanted.length === 0) return suites;
  return suites.map((suite) => ({
    ...suite,
    files: wanted.includes(suite.name)
      ? suite.files
      : suite.files.filter((file) => wanted.some((part) => part.includes("/") && file.includes(part))),
  }));
}
