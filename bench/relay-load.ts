import { setTimeout as sleep } from "node:timers/promises";
import { Histogram, type Summary } from "./histogram.ts";
import { failureText, type MediaCall, MediaCalls, type MediaTask } from "./media-calls.ts";
import type { MediaEnd } from "./media-end.ts";
import { MediaPacer } from "./media-pacer.ts";
import { type CpuTime, cpuTime, type ThreadTime, threadTime } from "./process-figures.ts";
import { startReceiver } from "./receiver.ts";
import { SignallingPing } from "./signalling-ping.ts";
import { udpDrops } from "./udp-drops.ts";

/** What the load is told, as JSON in its first argument. */
export interface RelayTask extends MediaTask {
  /** New calls a second, until all are up. */
  readonly rate: number;
  readonly calls: number;
  /** Between the last answer and the first packet that counts. */
  readonly warmUpMs: number;
  /** How long packets count. */
  readonly measureMs: number;
  readonly serverPid: number;
  /** What carries the sound, where that is not the server: its process, and its address. */
  readonly relay?: { readonly pid: number; readonly host: string };
}

/** What it prints, as JSON. */
export interface RelayResult {
  /** Calls that were up all the time. */
  readonly up: number;
  /** Why the others were not, in words. */
  readonly failures: string;
  readonly seconds: number;
  /** Packets of all ends together. */
  readonly sent: number;
  readonly received: number;
  readonly repeated: number;
  readonly strange: number;
  readonly breaks: number;
  /** Thrown away by the kernel before this program read them, and before the relay did. */
  readonly droppedHere: number;
  readonly droppedThere: number;
  /** Interarrival jitter (RFC 3550) of each end at the end of the run. */
  readonly jitter: Summary;
  /** From here to here, through the relay. */
  readonly delay: Summary;
  /** How late this program itself sent. */
  readonly lateness: Summary;
  /** How often it lost half a second or more. */
  readonly stalls: number;
  /** Between an OPTIONS and its answer. */
  readonly signalling: Summary;
  readonly cpu: CpuTime;
  readonly threads: ThreadTime;
  readonly relayCpu: CpuTime | undefined;
  readonly ownCpu: CpuTime;
}

const PATIENCE_MS = 8000;
/** Packets that are still under way when the counting ends. */
const DRAIN_MS = 500;

/** Two ends of calls that stay up and speak all the time. */
class RelayLoad {
  readonly #task: RelayTask;
  readonly #calls: MediaCalls;
  readonly #pacer: MediaPacer;
  readonly #delay = new Histogram();

  constructor(task: RelayTask, calls: MediaCalls, pacer: MediaPacer) {
    this.#task = task;
    this.#calls = calls;
    this.#pacer = pacer;
  }

  /** Brings all calls up. */
  async begin(): Promise<void> {
    const { rate, calls } = this.#task;
    const began = performance.now();
    for (let index = 0; index < calls; index++) {
      await sleep(Math.max(0, began + (index * 1000) / rate - performance.now()));
      await this.#calls.begin();
    }
    const deadline = performance.now() + PATIENCE_MS;
    const up = ({ ended, answer, waitsFor }: MediaCall): boolean =>
      ended || (answer !== "" && waitsFor === "sound both ways");
    while (!this.#calls.all.every(up) && performance.now() < deadline) await sleep(20);
    for (const call of this.#calls.all) {
      if (!up(call)) this.#calls.fail(call, `waited in vain for ${call.waitsFor}`);
    }
  }

  /** Counts for the time of the task. */
  async measure(ping: SignallingPing): Promise<RelayResult> {
    const { serverPid, relay, measureMs } = this.#task;
    const calls = this.#calls.all.filter(({ ended }) => !ended);
    const ends = calls.flatMap(({ caller, callee }) => [
      { from: caller, to: callee },
      { from: callee, to: caller },
    ]);
    for (const { from, to } of ends) {
      to.onPacket = (_packet, number, atMs) => {
        if (number >= 0) this.#delay.add(atMs - from.sentAt(number));
      };
    }
    ping.start();
    const ownBefore = process.cpuUsage();
    const dropsBefore = this.#drops(calls);
    const threadsBefore = threadTime(serverPid);
    const relayBefore = relay === undefined ? undefined : cpuTime(relay.pid);
    const before = cpuTime(serverPid);
    const began = performance.now();
    const first = ends.map(({ from, to }) => startCounting(from, to));
    await sleep(measureMs);
    const seconds = (performance.now() - began) / 1000;
    const sent = ends.reduce((sum, { from }, index) => sum + from.number - (first[index] ?? 0), 0);
    const cpu = difference(before, cpuTime(serverPid));
    const relayCpu =
      relayBefore === undefined || relay === undefined
        ? undefined
        : difference(relayBefore, cpuTime(relay.pid));
    const threads = threadTime(serverPid);
    const own = process.cpuUsage(ownBefore);
    ping.stop();
    for (const { from } of ends) this.#pacer.remove(from);
    await sleep(DRAIN_MS);
    const drops = this.#drops(calls);
    const counts = ends.map(({ to }) => to.receiver.counts());
    const sum = (figure: "received" | "repeated" | "strange" | "breaks"): number =>
      counts.reduce((all, count) => all + count[figure], 0);
    const jitter = new Histogram();
    for (const { jitterMs } of counts) jitter.add(jitterMs);
    return {
      up: calls.filter(({ ended }) => !ended).length,
      failures: failureText(this.#calls.all),
      seconds,
      sent,
      received: sum("received"),
      repeated: sum("repeated"),
      strange: sum("strange"),
      breaks: sum("breaks"),
      droppedHere: drops.here - dropsBefore.here,
      droppedThere: drops.there - dropsBefore.there,
      jitter: jitter.summary(),
      delay: this.#delay.summary(),
      lateness: this.#pacer.lateness.summary(),
      stalls: this.#pacer.stalls,
      signalling: ping.delays.summary(),
      cpu,
      threads: {
        signallingMs: threads.signallingMs - threadsBefore.signallingMs,
        controlMs: threads.controlMs - threadsBefore.controlMs,
        helpersMs: threads.helpersMs - threadsBefore.helpersMs,
      },
      relayCpu,
      ownCpu: { userMs: own.user / 1000, systemMs: own.system / 1000 },
    };
  }

  /** All hang up. */
  async end(): Promise<void> {
    for (const call of this.#calls.all) if (!call.ended) this.#calls.hangUp(call);
    const deadline = performance.now() + PATIENCE_MS;
    while (!this.#calls.all.every(({ ended }) => ended) && performance.now() < deadline) await sleep(20);
  }

  #drops(calls: readonly MediaCall[]): { readonly here: number; readonly there: number } {
    const { caller, destination, server, relay } = this.#task;
    const own = calls.flatMap((call) => [call.caller.port, call.callee.port]);
    const theirs = new Set(calls.flatMap(({ serverPlaces }) => serverPlaces.map(({ port }) => port)));
    const hosts = new Set([caller.host, destination.host]);
    const here = [...hosts].reduce((sum, host) => sum + udpDrops(host, new Set(own)), 0);
    return { here, there: udpDrops(relay?.host ?? server.host, theirs) };
  }
}

/** The packet of `from` at which `to` begins to count. */
function startCounting(from: MediaEnd, to: MediaEnd): number {
  to.receiver.restart(from.number);
  return from.number;
}

function difference(before: CpuTime, after: CpuTime): CpuTime {
  return { userMs: after.userMs - before.userMs, systemMs: after.systemMs - before.systemMs };
}

async function run(task: RelayTask): Promise<RelayResult> {
  const pacer = new MediaPacer();
  const nothing = (): void => undefined;
  const user = { answered: nothing, requested: nothing, connected: nothing };
  const calls = await MediaCalls.open(task, user, pacer);
  const http = await startReceiver(task.receiver.host, task.receiver.port, (target) => calls.reply(target));
  const ping = await SignallingPing.open(task.caller.host, task.server);
  const load = new RelayLoad(task, calls, pacer);
  await load.begin();
  await sleep(task.warmUpMs);
  const result = await load.measure(ping);
  await load.end();
  pacer.stop();
  ping.close();
  http.close();
  calls.close();
  return result;
}

if (import.meta.main) {
  const result = await run(JSON.parse(process.argv[2] ?? "{}") as RelayTask);
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
