import { readFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** What a figure was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Load average of the last minute before the run. */
  readonly load: number;
  /** Share of the processors that others used in the second before the run, 0 to 1. */
  readonly busy: number;
}

/** Above this share of the processors, other programs disturb the figures. */
const QUIET = 0.1;

/** Looks at the machine for a second; to be called before anything is started. */
export async function lookAtMachine(): Promise<Machine> {
  const before = processorTicks();
  await sleep(1000);
  const after = processorTicks();
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown processor",
    cores: os.availableParallelism(),
    memoryGiB: os.totalmem() / 2 ** 30,
    kernel: `${os.type()} ${os.release()}`,
    node: process.version,
    load: os.loadavg()[0] ?? 0,
    busy: (after.busy - before.busy) / Math.max(1, after.all - before.all),
  };
}

/** One line for a person. */
export function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryGiB, kernel, node, load, busy } = machine;
  const use = `load average ${load.toFixed(2)}, ${Math.round(busy * 100)} % busy before the run`;
  return `${cpu}, ${cores} cores, ${memoryGiB.toFixed(0)} GiB, ${kernel}, Node ${node}; ${use}`;
}

/** A sentence when other programs disturb the figures; undefined on a quiet machine. */
export function busyWarning(machine: Machine): string | undefined {
  if (machine.busy <= QUIET && machine.load <= machine.cores) return undefined;
  return (
    `THE MACHINE IS BUSY WITH OTHER WORK (load average ${machine.load.toFixed(1)} on ${machine.cores} cores, ` +
    `${Math.round(machine.busy * 100)} % of them in use): CPU per call and delays come out too high, ` +
    "and what is missed here may hold on a quiet machine."
  );
}

/** proc(5), /proc/stat: user nice system idle iowait irq softirq steal. Steal counts as busy: it is lost to us. */
function processorTicks(): { readonly busy: number; readonly all: number } {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, part) => sum + part, 0);
  return { all, busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
}
