import { readdirSync, readFileSync } from "node:fs";

/** CPU time of a process with all its threads and children, in milliseconds. */
export interface CpuTime {
  readonly userMs: number;
  readonly systemMs: number;
}

/** Milliseconds of a tick in /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** CPU time so far; resolution 10 ms. Threads and children that have ended are included (proc(5)). */
export function cpuTime(pid: number): CpuTime {
  let userMs = 0;
  let systemMs = 0;
  for (const id of [pid, ...descendants(pid)]) {
    const text = read(`/proc/${id}/stat`);
    // The second field is the program's name in brackets and may hold spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number);
    userMs += (utime + cutime) * TICK_MS;
    systemMs += (stime + cstime) * TICK_MS;
  }
  return { userMs, systemMs };
}

/** CPU time of the server's threads so far, in milliseconds, for where to look when a figure is missed. */
export interface ThreadTime {
  /** SIP, plans, webhooks: the main thread. */
  readonly signallingMs: number;
  /** Store and API. */
  readonly controlMs: number;
  /** V8's collectors and compilers, libuv's pool. */
  readonly helpersMs: number;
}

/** The threads that live now; to be compared with a later look. */
export function threadTime(pid: number): ThreadTime {
  let [signallingMs, controlMs, helpersMs] = [0, 0, 0];
  for (const task of list(`/proc/${pid}/task`)) {
    const text = read(`/proc/${pid}/task/${task}/stat`);
    const end = text.lastIndexOf(")");
    const [utime = 0, stime = 0] = text
      .slice(end + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    const ms = (utime + stime) * TICK_MS;
    // Node calls the threads of node:worker_threads so.
    if (Number(task) === pid) signallingMs += ms;
    else if (text.slice(0, end).endsWith("WorkerThread")) controlMs += ms;
    else helpersMs += ms;
  }
  return { signallingMs, controlMs, helpersMs };
}

/** What was used since `before`, divided by `calls`. */
export function cpuPerCall(before: CpuTime, after: CpuTime, calls: number): CpuTime {
  return {
    userMs: (after.userMs - before.userMs) / calls,
    systemMs: (after.systemMs - before.systemMs) / calls,
  };
}

/** Resident memory of a process and its children, in KiB. */
export function residentKiB(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, id) => {
    return sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${id}/status`))?.[1] ?? 0);
  }, 0);
}

/** Watches the resident memory of a process, to know its peak. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  #peakKiB = 0;

  constructor(pid: number) {
    const look = (): void => {
      this.#peakKiB = Math.max(this.#peakKiB, residentKiB(pid));
    };
    look();
    this.#timer = setInterval(look, 250);
  }

  /** The highest so far; the watch ends. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peakKiB;
  }
}

/** Process ids of the children and their children. */
export function descendants(pid: number): readonly number[] {
  const children = list(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Empty when the process has just ended, as is the text below. */
function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
