import { setTimeout as sleep } from "node:timers/promises";
import { Histogram, type Summary } from "./histogram.ts";
import { failureText, type MediaCall, MediaCalls, type MediaTask } from "./media-calls.ts";
import { MediaPacer } from "./media-pacer.ts";
import { PromptPlace } from "./prompt-place.ts";

/** What the listener is told, as JSON in its first argument. */
export interface PromptTask extends MediaTask {
  /** New calls a second. */
  readonly rate: number;
  readonly calls: number;
  /** From the first packet of the last prompt on. */
  readonly listenMs: number;
}

/** What it prints, as JSON. */
export interface PromptResult {
  readonly failed: number;
  readonly failures: string;
  readonly packets: number;
  readonly missing: number;
  /** Distance of each packet from its place, in milliseconds. */
  readonly distance: Summary;
  /** How late this program itself sent: it hears as late. */
  readonly lateness: Summary;
}

const PATIENCE_MS = 8000;

/** Calls that are asked for a code, at the same time, and only listen. */
async function run(task: PromptTask): Promise<PromptResult> {
  const pacer = new MediaPacer();
  const distances = new Histogram();
  const places = new Map<MediaCall, PromptPlace>();
  const user = {
    answered: (call: MediaCall): void => {
      const place = new PromptPlace(distances);
      places.set(call, place);
      call.waitsFor = "the prompt";
      call.caller.onPacket = (packet, _number, atMs) => place.take(packet, atMs);
    },
    requested: (): void => undefined,
    connected: (): void => undefined,
  };
  const calls = await MediaCalls.open(task, user, pacer);
  const began = performance.now();
  for (let index = 0; index < task.calls; index++) {
    await sleep(Math.max(0, began + (index * 1000) / task.rate - performance.now()));
    await calls.begin();
  }
  const hears = (call: MediaCall): boolean => call.ended || (places.get(call)?.packets ?? 0) > 0;
  const deadline = performance.now() + PATIENCE_MS;
  while (!calls.all.every(hears) && performance.now() < deadline) await sleep(20);
  await sleep(task.listenMs);
  for (const call of calls.all) {
    call.caller.onPacket = undefined;
    if ((places.get(call)?.packets ?? 0) === 0) calls.fail(call, `waited in vain for ${call.waitsFor}`);
    else if (!call.ended) calls.hangUp(call);
  }
  const end = performance.now() + PATIENCE_MS;
  while (!calls.all.every(({ ended }) => ended) && performance.now() < end) await sleep(20);
  const result: PromptResult = {
    failed: calls.all.filter(({ failure }) => failure !== undefined).length,
    failures: failureText(calls.all),
    packets: [...places.values()].reduce((sum, { packets }) => sum + packets, 0),
    missing: [...places.values()].reduce((sum, { missing }) => sum + missing, 0),
    distance: distances.summary(),
    lateness: pacer.lateness.summary(),
  };
  pacer.stop();
  calls.close();
  return result;
}

if (import.meta.main) {
  const result = await run(JSON.parse(process.argv[2] ?? "{}") as PromptTask);
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
