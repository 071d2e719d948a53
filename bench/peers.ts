import path from "node:path";
import { Program } from "../test/support/process.ts";
import type { FloorTask } from "./floor-server.ts";
import { GOALS, type Measured, type PartResult } from "./goals.ts";
import { startKamailio } from "./kamailio.ts";
import { complaintsOf, cpuText, describeRun } from "./load.ts";
import { type LoadedServer, type LoadRun, measureLoad, warmUp } from "./measure-load.ts";
import { median } from "./median.ts";
import { Peer } from "./peer.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";

/** The high rates come first, as in `load`. */
const STEPS = [
  { rate: 800, calls: 3200 },
  { rate: 200, calls: 1000 },
  { rate: 50, calls: 400 },
] as const;
const TURNS = 3;
const WARM_UP = 3000;
/** Before calls count: V8 has given memory back while the others were loaded, and does not grow again for nothing. */
const RUN_IN_SECONDS = 2;

const OURS = "Switchhook";
const FLOOR = "Node's floor";

/** How many times what the others need we may need, by the beginning of their names and by rate. */
const LIMITS: readonly (readonly [string, Partial<Record<Rate, number>>])[] = [
  ["Kamailio", { 50: 1.6, 200: 1.6, 800: 1.5 }],
  [FLOOR, { 200: 2, 800: 2.5 }],
];

type Rate = (typeof STEPS)[number]["rate"];

/** One run of one server. */
export interface PeerRun {
  readonly name: string;
  readonly run: LoadRun;
  /** Requests that the receiver got meanwhile. */
  readonly requests: number;
}

/**
 * CPU per call of Switchhook, of Kamailio, and of the least that Node can do, loaded in turn with the same calls: how fast
 * the machine is today is the same for all of them. Their ratios are what can be compared with another day.
 */
export async function peersPart(rig: Rig): Promise<PartResult> {
  const peers: Peer[] = [];
  try {
    peers.push(await startKamailio(rig));
    peers.push(await startFloor(rig));
    return await loadInTurn(rig, peers);
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

function startFloor(rig: Rig): Promise<Peer> {
  const { folder, caller, destination, receiver } = rig;
  return Peer.start(FLOOR, rig, (server) => {
    const task: FloorTask = { server, caller, destination, receiver };
    const args = [path.join(import.meta.dirname, "floor-server.ts"), JSON.stringify(task)];
    return new Program(process.execPath, args, { cwd: folder });
  });
}

async function loadInTurn(rig: Rig, peers: readonly Peer[]): Promise<PartResult> {
  const servers: readonly (readonly [string, LoadedServer])[] = [
    [OURS, rig],
    ...peers.map((peer) => [peer.name, peer] as const),
  ];
  // Switchhook last: it is warm, but has rested meanwhile.
  for (const [name, server] of servers.toReversed()) {
    progress(`peers: ${name}`);
    await warmUp(server, WARM_UP);
  }
  const runs: PeerRun[] = [];
  for (const step of STEPS) {
    for (let turn = 1; turn <= TURNS; turn++) {
      for (const [name, server] of servers) {
        progress(`peers: ${name}, ${step.calls} calls at ${step.rate}/s, turn ${turn} of ${TURNS}`);
        await measureLoad(server, { rate: step.rate, calls: step.rate * RUN_IN_SECONDS });
        const before = await rig.requests();
        const run = await measureLoad(server, step);
        const requests = (await rig.requests()) - before;
        progress(`      ${requests} requests; ${describeRun(run)}`);
        runs.push({ name, run, requests });
      }
    }
  }
  return {
    rows: STEPS.flatMap(({ rate }) => peerRows(rate, runs)),
    notes: runs.flatMap(doubtsOf),
    // A server whose calls fail, or do not ask, is nothing to compare with.
    failed: runs.some(({ run, requests }) => run.failed > 0 || requests !== run.calls),
  };
}

/** Switchhook's row at a rate, and one below it for each of the others, in the order of the runs. */
export function peerRows(rate: Rate, runs: readonly PeerRun[]): Measured[] {
  const at = Map.groupBy(
    runs.filter(({ run }) => run.rate === rate),
    ({ name }) => name,
  );
  const ours = (at.get(OURS) ?? []).map(({ run }) => run);
  return [...at].map(([name, of]) => {
    const theirs = of.map(({ run }) => run);
    const measured = cpuText(theirs);
    if (name === OURS) {
      const goal = GOALS[`cpu${rate}`];
      return { ...goal, what: `${goal.what}, in turn with the peers`, measured };
    }
    const what = `… of ${name}, in this run, ${rate} calls/s`;
    const row = { ...GOALS.peerCpu, what, measured: `${measured}; ${ratioText(ours, theirs)}` };
    const limit = LIMITS.find(([beginning]) => name.startsWith(beginning))?.[1][rate];
    if (limit === undefined) return row;
    return { ...row, goal: `≤ ${limit} ×`, holds: median(ratiosOf(ours, theirs)) <= limit };
  });
}

/** `Switchhook needs 1.25 × as much (1.22, 1.25, 1.31)`: turn by turn, so that a change of the machine counts for neither. */
export function ratioText(ours: readonly Cpu[], theirs: readonly Cpu[]): string {
  const ratios = ratiosOf(ours, theirs);
  return `${OURS} needs ${median(ratios).toFixed(2)} × as much (${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`;
}

type Cpu = Pick<LoadRun, "cpu">;

/** How many times as much the one needs as the other, turn by turn. */
export function ratiosOf(ours: readonly Cpu[], theirs: readonly Cpu[]): readonly number[] {
  const total = (run: Cpu | undefined): number =>
    run === undefined ? Number.NaN : run.cpu.userMs + run.cpu.systemMs;
  return theirs.map((run, turn) => total(ours[turn]) / total(run));
}

/** Why a run is nothing to compare with, in words. */
export function doubtsOf({ name, run, requests }: PeerRun): readonly string[] {
  const doubts = [...complaintsOf([run])];
  if (run.retransmissions > 0) {
    doubts.push(`${run.retransmissions} retransmissions at ${run.rate} calls/s`);
  }
  if (requests !== run.calls) {
    doubts.push(`the receiver was asked ${requests} times for ${run.calls} calls at ${run.rate} calls/s`);
  }
  return doubts.map((doubt) => `${name}: ${doubt}`);
}
