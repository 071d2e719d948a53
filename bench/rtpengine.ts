import { ownAddress } from "../test/support/loopback.ts";
import { type Program, until } from "../test/support/process.ts";
import { hasProgram } from "../tools/debian.ts";
import {
  callSeconds,
  cpuPerCallSecond,
  isGood,
  measureRelay,
  notesOf,
  rowsOf,
  signallingText,
} from "./anchored.ts";
import { GOALS, type PartResult } from "./goals.ts";
import { CORES, ms } from "./media-run.ts";
import { isBound, pinned } from "./rig.ts";

const NG_PORT = 2223;
const DIGITS_PORT = 2224;
const CALLS = 300;

/** Undefined when rtpengine is here; else what to type. */
export function rtpengineMissing(): string | undefined {
  if (hasProgram("rtpengine")) return undefined;
  return (
    "rtpengine is not installed; without it there is nothing to measure. " +
    "Please type:  sudo apt-get install --no-install-recommends rtpengine-daemon"
  );
}

/** 300 calls whose sound goes through Debian's rtpengine, without its kernel module. */
export async function rtpenginePart(measureMs: number): Promise<PartResult> {
  const host = ownAddress();
  const engine = startRtpengine(host);
  try {
    await until("rtpengine to listen", () => {
      if (engine.result !== undefined) throw new Error(`rtpengine did not start:\n${engine.stderr}`);
      return isBound({ host, port: NG_PORT });
    });
    const flags = ["--rtpengine", `${host}:${NG_PORT}`, "--rtpengine-digits", `${host}:${DIGITS_PORT}`];
    const plan = { calls: CALLS, measureMs, convert: false };
    const run = await measureRelay("rtpengine", plan, { flags }, { pid: engine.child.pid ?? 0, host });
    const { relayCpu } = run.result;
    const used = relayCpu === undefined ? Number.NaN : relayCpu.userMs + relayCpu.systemMs;
    const relay = used / callSeconds(run.result);
    return {
      rows: [
        ...rowsOf(run, GOALS.rtpengineCpu),
        { ...GOALS.rtpengineRelay, measured: `${ms(relay)} ms` },
        { ...GOALS.rtpengineSignalling, measured: signallingText(run) },
      ],
      notes: [
        ...notesOf("rtpengine", run),
        `rtpengine: it and the server share a processor, without rtpengine's kernel module; a second of a call costs both ` +
          `together ${ms(cpuPerCallSecond(run) + relay)} ms.`,
      ],
      failed: !isGood(run),
    };
  } finally {
    if (engine.result === undefined) await engine.stop();
  }
}

/** Reads nothing of the system's configuration, so that the package's own service may run beside it. */
function startRtpengine(host: string): Program {
  const flags = [
    "--config-file=none",
    "--table=-1",
    "--foreground",
    "--log-stderr",
    "--log-level=5",
    `--interface=${host}`,
    `--listen-ng=${host}:${NG_PORT}`,
    `--dtmf-log-dest=${host}:${DIGITS_PORT}`,
    "--port-min=30000",
    "--port-max=39998",
    "--num-threads=2",
    "--media-num-threads=1",
  ];
  return pinned(CORES.server, "rtpengine", flags, { cwd: "/" });
}
