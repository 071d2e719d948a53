import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Program } from "../test/support/process.ts";
import { anchoredPart } from "./anchored.ts";
import { apiPart } from "./api.ts";
import { chromiumMissing } from "./chromium.ts";
import { delayPart } from "./delay.ts";
import { editsPart } from "./edits.ts";
import { firstPagePart } from "./first-page.ts";
import { GOALS, type Measured, type PartResult } from "./goals.ts";
import { type HeldPlan, heldPart, SETTLE_MS } from "./held.ts";
import { type IvrPlan, ivrPart } from "./ivr.ts";
import { kamailioMissing } from "./kamailio.ts";
import { livePart } from "./live.ts";
import { loadPart } from "./load.ts";
import { logPart, prepareLog } from "./log-page.ts";
import { busyWarning, describeMachine, lookAtMachine } from "./machine.ts";
import { maxPart } from "./max.ts";
import { warmUp } from "./measure-load.ts";
import { peersPart } from "./peers.ts";
import { residentKiB } from "./process-figures.ts";
import { progress } from "./progress.ts";
import { recordSharePart } from "./record-share.ts";
import { table, writeResults } from "./report.ts";
import { Rig, type RigOptions } from "./rig.ts";
import { rtpengineMissing, rtpenginePart } from "./rtpengine.ts";
import { sippMissing } from "./sipp.ts";
import { usersPart } from "./users.ts";

const USAGE = `Usage: npm run bench -- [part ...] [--write]

Places webhook-routed calls with SIPp against the real server and prints what they cost, beside the goals.
Without a part: load, held, probe, ivr and parser, short, in less than five minutes.

  quick    one short run of load, probe, ivr and anchored, a minute and a half: does everything work?
  load     50, 200, 300 and 800 calls/s: failures, CPU per call, memory
  full     as load, with 20,000 calls at 300 calls/s
  held     memory per call that stays up
  probe    post-dial delay and delay of a 200 OK through the server
  parser   microseconds per SIP message
  users    does time tell which extensions exist? (reliability B2)
  api      what 50 requests a second to the API add to the post-dial delay of 100 calls/s
  live     what somebody who follows all calls adds to their CPU at 200 calls/s, and how soon entries are there
  log      what somebody who reads a log of 100,000 calls adds to it: the page's requests and events, without a browser
  page     how soon a browser that was never here shows the first page, and the page to sign in
  edits    how soon a change of one phone is live in a large company, and how long the signalling thread is busy with it
  peers    CPU per call at 50, 200 and 800 calls/s, in turn with Kamailio and with the least that Node can do (6 minutes)
  goals    all that goals.md asks as a ratio or a limit, with the peers in turn; exits 0 only if all of it holds (half an hour)
  max      how many calls/s are held for 20 s (several minutes)
  ivr      20 calls/s that are asked for a code, with real RTP: CPU per call, how soon prompts and digits are heard
  anchored 100 calls with sound through the built-in engine for a minute, and converted: CPU, loss, delay, jitter
  rtpengine  300 calls with sound through Debian's rtpengine for a minute
  --write  appends the results to bench/RESULTS.md`;

const PARTS = [
  "quick",
  "load",
  "full",
  "held",
  "probe",
  "parser",
  "users",
  "api",
  "live",
  "log",
  "page",
  "edits",
  "peers",
  "goals",
  "max",
  "ivr",
  "anchored",
  "rtpengine",
] as const;
type Part = (typeof PARTS)[number];

/** Calls that are not counted. */
const WARM_UP = 3000;

const HELD: HeldPlan = { calls: 3000, settleMs: SETTLE_MS, afterMs: SETTLE_MS };

const IVR: IvrPlan = { runs: 5, calls: 300, warmUp: 300, listenMs: 8000 };

const MINUTE_MS = 60_000;

/** A piece of the work; each has a server of its own. */
type Job = () => Promise<PartResult>;

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { parts, write } = asked;
  const missing = process.platform === "linux" ? missingProgram(parts) : "The benchmark reads Linux's /proc.";
  if (missing !== undefined && parts.some((part) => part !== "parser")) {
    console.error(missing);
    return 1;
  }
  const machine = await lookAtMachine();
  const warning = busyWarning(machine);
  console.log(describeMachine(machine));
  if (warning !== undefined) console.log(`\n!!! ${warning}\n`);
  const results: PartResult[] = [];
  for (const job of jobs(parts)) results.push(await attempt(job));
  const parser = parts.length === 0 || parts.includes("parser") ? await parserPart() : "";
  const rows = results.flatMap((result) => result.rows);
  const notes = results.flatMap((result) => result.notes);
  if (rows.length > 0) {
    console.log(`\n${table(rows)}\n`);
    console.log("Quoted figures: measured with the same kind of load on another day, not in this run.");
  }
  for (const note of notes) console.log(`* ${note}`);
  if (warning !== undefined) console.log(`\n!!! ${warning}`);
  if (write) {
    const command = ["npm run bench", ...(parts.length > 0 ? ["--", ...parts] : [])].join(" ");
    writeResults({ machine, warning, command, rows, notes, parser });
    console.log("Written to bench/RESULTS.md.");
  }
  return results.some((result) => result.failed) ? 1 : 0;
}

/** What to type when a program of these parts is missing. */
function missingProgram(parts: readonly Part[]): string | undefined {
  return (
    sippMissing() ??
    (parts.includes("page") ? chromiumMissing() : undefined) ??
    (parts.includes("rtpengine") ? rtpengineMissing() : undefined) ??
    (parts.includes("peers") || parts.includes("goals") ? kamailioMissing() : undefined)
  );
}

function readArguments(): { readonly parts: readonly Part[]; readonly write: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { write: { type: "boolean", default: false } },
    });
    const parts = positionals.map((word) => PARTS.find((part) => part === word));
    return parts.includes(undefined) ? undefined : { parts: parts as readonly Part[], write: values.write };
  } catch {
    // An unknown option: the usage says more than the error.
    return undefined;
  }
}

function jobs(parts: readonly Part[]): readonly Job[] {
  if (parts.length === 0) return [() => withWarmRig(everything)];
  return parts.flatMap((part) => {
    switch (part) {
      case "quick":
        return [() => withWarmRig(quick, { warmUp: 900 }), () => anchoredPart(15_000)];
      case "load":
        return [() => withWarmRig((rig) => loadPart(rig, "long"))];
      case "full":
        return [() => withWarmRig((rig) => loadPart(rig, "full"))];
      case "held":
        return [() => withWarmRig(heldAlone)];
      case "probe":
        return [() => withWarmRig((rig) => delayPart(rig, { runs: 3, calls: 1000 }), { warmUp: 9000 })];
      case "peers":
        return [() => withWarmRig(peersPart, { warmUp: 9000 })];
      case "goals":
        return goalJobs();
      case "max":
        return [() => withWarmRig(maxPart, { warmUp: 9000, maxCalls: 50_000 })];
      case "ivr":
        return [() => withWarmRig((rig) => ivrPart(rig, IVR))];
      case "anchored":
        return [() => anchoredPart(MINUTE_MS)];
      case "rtpengine":
        return [() => rtpenginePart(MINUTE_MS)];
      case "users":
        return [usersPart];
      case "api":
        return [() => withWarmRig(apiPart, { warmUp: 9000 })];
      case "live":
        return [() => withWarmRig(livePart, { warmUp: 9000 })];
      case "log":
        return [() => withWarmRig(logPart, { warmUp: 9000, prepare: prepareLog })];
      case "page":
        return [firstPagePart];
      case "edits":
        return [editsPart];
      case "parser":
        return [];
    }
  });
}

/** Each with a server of its own, so that none leaves the next something. */
function goalJobs(): readonly Job[] {
  const all: readonly Job[] = [
    startMemory,
    () => withWarmRig(peersPart, { warmUp: 9000 }),
    recordSharePart,
    () => withWarmRig((rig) => ivrPart(rig, { ...IVR, runs: 3 })),
    () => withWarmRig(heldAlone),
    () => withWarmRig((rig) => delayPart(rig, { runs: 3, calls: 1000 }), { warmUp: 9000 }),
    () => withWarmRig(livePart, { warmUp: 9000 }),
  ];
  return all.map((job) => async () => {
    const result = await job();
    return { ...result, failed: result.failed || result.rows.some(({ holds }) => holds === false) };
  });
}

/** What the server takes that nobody has called yet: as packages have it, and from sources. */
async function startMemory(): Promise<PartResult> {
  const rows: Measured[] = [];
  const notes: string[] = [];
  for (const [goal, isPackaged] of [
    [GOALS.startMemory, true],
    [GOALS.sourcesMemory, false],
  ] as const) {
    const rig = await Rig.start({ peers: false, isPackaged });
    await sleep(3000);
    const mebibytes = residentKiB(rig.pid) / 1024;
    notes.push(...(await rig.stop()));
    rows.push({ ...goal, measured: `${mebibytes.toFixed(0)} MiB`, holds: mebibytes < MOST_AT_START });
  }
  return { rows, notes, failed: notes.length > 0 };
}

const MOST_AT_START = 150;

/** All through one server: the rest after the load is the rest that held calls need before. */
async function everything(rig: Rig): Promise<PartResult> {
  const delay = await delayPart(rig, { runs: 3, calls: 300 });
  const load = await loadPart(rig, "short");
  const held = await heldPart(rig, { ...HELD, afterMs: 5000 });
  const ivr = await ivrPart(rig, { runs: 3, calls: 60, warmUp: 60, listenMs: 4000 });
  return together([load, delay, held, ivr]);
}

async function quick(rig: Rig): Promise<PartResult> {
  const load = await loadPart(rig, "quick");
  const delay = await delayPart(rig, { runs: 1, calls: 200 });
  const ivr = await ivrPart(rig, { runs: 1, calls: 60, warmUp: 0, listenMs: 4000 });
  return together([load, delay, ivr]);
}

function together(results: readonly PartResult[]): PartResult {
  return {
    rows: results.flatMap(({ rows }) => rows),
    notes: results.flatMap(({ notes }) => notes),
    failed: results.some(({ failed }) => failed),
  };
}

async function heldAlone(rig: Rig): Promise<PartResult> {
  progress(`held: ${SETTLE_MS / 1000} s of rest, so that the first calls have left nothing`);
  await sleep(SETTLE_MS);
  return heldPart(rig, HELD);
}

async function withWarmRig(
  work: (rig: Rig) => Promise<PartResult>,
  options: RigOptions & { readonly warmUp?: number } = {},
): Promise<PartResult> {
  const rig = await Rig.start(options);
  let complaints: readonly string[] = [];
  let result: PartResult | undefined;
  try {
    await warmUp(rig, options.warmUp ?? WARM_UP);
    result = await work(rig);
  } finally {
    complaints = await rig.stop();
    if (result === undefined) for (const complaint of complaints) console.error(complaint);
  }
  return {
    ...result,
    notes: [...result.notes, ...complaints],
    failed: result.failed || complaints.length > 0,
  };
}

/** A part that breaks does not take the others' results with it. */
async function attempt(job: Job): Promise<PartResult> {
  try {
    return await job();
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { rows: [], notes: [`A part could not be finished: ${text}`], failed: true };
  }
}

async function parserPart(): Promise<string> {
  progress("parser: microseconds per message");
  const ended = await new Program(process.execPath, [path.join(import.meta.dirname, "parser.ts")]).ended;
  process.stdout.write(`\n${ended.stdout}`);
  if (ended.code !== 0) console.error(ended.stderr);
  return ended.stdout;
}

// A signal ends this process by `exit`, at which every program that was started is ended too.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.exitCode = await main();
