import { setTimeout as sleep } from "node:timers/promises";
import { isSilence } from "./marked-rtp.ts";
import {
  failureText,
  type MediaCall,
  MediaCalls,
  type MediaCallUser,
  type MediaTask,
} from "./media-calls.ts";
import { MediaPacer } from "./media-pacer.ts";
import { startReceiver } from "./receiver.ts";

/** What the caller of codes is told, as JSON in its first argument. */
export interface IvrTask extends MediaTask {
  /** New calls a second. */
  readonly rate: number;
  readonly calls: number;
}

/** What it prints, as JSON: a figure for each call that went well, in milliseconds. */
export interface IvrResult {
  readonly failed: number;
  /** Why, in words; empty when none failed. */
  readonly failures: string;
  /** From our ACK to the first packet of the prompt; silence before it does not count. */
  readonly promptAfterAck: readonly number[];
  /** From the first packet of the key that completes the code to the webhook's request. */
  readonly requestAfterKeyDown: readonly number[];
  /** From the last packet of that key, its end. Negative where the key is noticed before it is let go. */
  readonly requestAfterKeyUp: readonly number[];
  /** From the destination's ACK until the caller hears it: the other way begins when the key is let go. */
  readonly callerHears: readonly number[];
  /** How late this program itself sent, 99 %. */
  readonly lateness: number;
}

/** What a caller hears of the prompt before the code is typed. */
const HEARD_MS = 1000;
/** How long the two talk. */
const TALK_MS = 200;
/** What has not come to its end by then has failed. */
const PATIENCE_MS = 8000;

/** Event codes of RFC 4733 §3.2. */
const DIGIT = 5;
const HASH = 11;

/** Time stamps of one call, in milliseconds; 0 where it has not come yet. */
class Stamps {
  prompt = 0;
  keyDown = 0;
  keyUp = 0;
  request = 0;
  connected = 0;
  heardByCaller = 0;
  heardByCallee = 0;
}

/** Each call is answered, hears a prompt, types `5#`, is connected as the webhook's reply says, talks, and ends. */
class IvrCaller implements MediaCallUser {
  readonly #stamps = new Map<MediaCall, Stamps>();
  readonly #hangUp: (call: MediaCall) => void;

  constructor(hangUp: (call: MediaCall) => void) {
    this.#hangUp = hangUp;
  }

  stampsOf(call: MediaCall): Stamps {
    const known = this.#stamps.get(call);
    if (known !== undefined) return known;
    const stamps = new Stamps();
    this.#stamps.set(call, stamps);
    return stamps;
  }

  answered(call: MediaCall): void {
    const stamps = this.stampsOf(call);
    call.waitsFor = "the prompt";
    call.caller.onPacket = (packet, number, atMs) => {
      if (stamps.prompt === 0) {
        if (isSilence(packet)) return;
        stamps.prompt = atMs;
        call.waitsFor = "the webhook's request";
        setTimeout(() => call.caller.press(DIGIT, HASH), HEARD_MS);
      } else if (number >= 0 && stamps.heardByCaller === 0) {
        stamps.heardByCaller = atMs;
        this.#heard(call, stamps);
      }
    };
    call.caller.onKey = (key, what, atMs) => {
      if (key === HASH) stamps[what === "down" ? "keyDown" : "keyUp"] = atMs;
    };
  }

  requested(call: MediaCall, target: string, atMs: number): void {
    this.stampsOf(call).request = atMs;
    const code = /[?&]code=([^&]*)/.exec(target)?.[1] ?? "";
    if (code !== String(DIGIT)) call.failure ??= `the webhook got the code "${code}"`;
  }

  connected(call: MediaCall): void {
    const stamps = this.stampsOf(call);
    stamps.connected = performance.now();
    call.callee.onPacket = (_packet, number, atMs) => {
      if (number < 0 || stamps.heardByCallee !== 0) return;
      stamps.heardByCallee = atMs;
      this.#heard(call, stamps);
    };
  }

  #heard(call: MediaCall, stamps: Stamps): void {
    if (stamps.heardByCaller === 0 || stamps.heardByCallee === 0) return;
    setTimeout(() => this.#hangUp(call), TALK_MS);
  }
}

async function run(task: IvrTask): Promise<IvrResult> {
  const pacer = new MediaPacer();
  // Both know each other: what the calls tell the caller, and how the caller ends a call.
  const user = new IvrCaller((call) => calls.hangUp(call));
  const calls: MediaCalls = await MediaCalls.open(task, user, pacer);
  const http = await startReceiver(task.receiver.host, task.receiver.port, (target) => calls.reply(target));
  const began = performance.now();
  for (let index = 0; index < task.calls; index++) {
    await sleep(Math.max(0, began + (index * 1000) / task.rate - performance.now()));
    const call = await calls.begin();
    setTimeout(() => calls.fail(call, `waited in vain for ${call.waitsFor}`), PATIENCE_MS).unref();
  }
  const deadline = performance.now() + PATIENCE_MS + 500;
  while (!calls.all.every(({ ended }) => ended) && performance.now() < deadline) await sleep(20);
  for (const call of calls.all) if (!call.ended) call.failure ??= `waited in vain for ${call.waitsFor}`;
  http.close();
  const good = calls.all.filter(({ failure }) => failure === undefined);
  const figures = (figure: (stamps: Stamps, call: MediaCall) => number): readonly number[] =>
    good.map((call) => figure(user.stampsOf(call), call));
  const result: IvrResult = {
    failed: calls.all.length - good.length,
    failures: failureText(calls.all),
    promptAfterAck: figures(({ prompt }, call) => prompt - call.acknowledgedAt),
    requestAfterKeyDown: figures(({ request, keyDown }) => request - keyDown),
    requestAfterKeyUp: figures(({ request, keyUp }) => request - keyUp),
    callerHears: figures((stamps) => stamps.heardByCaller - stamps.connected),
    lateness: pacer.lateness.percentile(99),
  };
  pacer.stop();
  calls.close();
  return result;
}

if (import.meta.main) {
  const result = await run(JSON.parse(process.argv[2] ?? "{}") as IvrTask);
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
