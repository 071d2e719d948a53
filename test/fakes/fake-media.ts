import { err, ok, type Result } from "../../src/lib/result.ts";
import type { Said } from "../../src/lib/said.ts";
import { Negotiation } from "../../src/media/builtin/negotiation.ts";
import type {
  EndName,
  EndParts,
  EndStatistics,
  MediaCall,
  MediaCallParts,
  MediaEngine,
  MediaFault,
  MediaUser,
  Sound,
} from "../../src/media/engine.ts";
import { mediaSaid } from "../../src/media/words.ts";
import type { Clock, Timer } from "../../src/runtime/clock.ts";

/**
 * A media engine for scenarios: keeps what it was asked, makes descriptions that name its own ports, and lets messages
 * end on the clock. It keeps the contract (test/contract/media-fake.test.ts) but for sound, of which it has none.
 */
export class FakeMedia implements MediaEngine {
  readonly name: string;
  readonly calls: FakeMediaCall[] = [];
  readonly clock: Clock;
  /** What every description is refused with, while it is set. */
  fault: MediaFault | undefined;
  /** How long a description takes. */
  delayMs = 0;
  #port = 20_000;

  constructor(clock: Clock, name = "fake") {
    this.clock = clock;
    this.name = name;
  }

  /** The last call. */
  get call(): FakeMediaCall {
    const last = this.calls.at(-1);
    if (last === undefined) throw new Error("no call has needed the media engine");
    return last;
  }

  open(parts: MediaCallParts, user: MediaUser): FakeMediaCall {
    const call = new FakeMediaCall(this, parts, user);
    this.calls.push(call);
    return call;
  }

  metrics(): Readonly<Record<string, number>> {
    return {};
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  nextPort(): number {
    this.#port += 2;
    return this.#port;
  }
}

type Done = (result: Result<undefined, Said>) => void;

export class FakeMediaCall implements MediaCall {
  readonly parts: MediaCallParts;
  readonly user: MediaUser;
  /** What was asked, in order: `remoteOffer A`, `play A ringback`, `bridge A B1` … */
  readonly log: string[] = [];
  readonly #engine: FakeMedia;
  readonly #ends = new Map<EndName, Negotiation>();
  readonly #playing = new Map<EndName, { readonly timer: Timer | undefined; readonly name: string }>();
  readonly listening = new Set<EndName>();
  /** Where each end's signalling comes from, as it was told last. */
  readonly signalledFrom = new Map<EndName, string>();
  bridged: readonly [EndName, EndName] | undefined;
  closed = false;

  constructor(engine: FakeMedia, parts: MediaCallParts, user: MediaUser) {
    this.#engine = engine;
    this.parts = parts;
    this.user = user;
  }

  /** What an end hears: a message's name, `ringback`, the other end's name, or nothing. */
  hears(end: EndName): string {
    const playing = this.#playing.get(end);
    if (playing !== undefined) return playing.name;
    return this.bridged?.includes(end) === true ? (this.bridged.find((one) => one !== end) ?? "") : "";
  }

  /** The party presses keys, told of in one way. */
  press(keys: string, way: "event" | "tone" = "event", end: EndName = "A"): void {
    for (const key of keys) this.user.onDigit(end, key, way);
  }

  remoteOffer(end: EndName, sdp: Uint8Array, parts: EndParts): Promise<Result<undefined, MediaFault>> {
    return this.#ask(`remoteOffer ${end}`, () => this.#end(end, parts, sdp).remoteOffer(sdp));
  }

  remoteAnswer(end: EndName, sdp: Uint8Array): Promise<Result<undefined, MediaFault>> {
    return this.#ask(`remoteAnswer ${end}`, () => this.#ends.get(end)?.remoteAnswer(sdp) ?? unknown(end));
  }

  localAnswer(end: EndName, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    const wishes = this.#wishes(towards);
    return this.#ask(
      `localAnswer ${end}${like(towards)}`,
      () => this.#ends.get(end)?.answer(wishes) ?? unknown(end),
    );
  }

  localOffer(end: EndName, parts: EndParts, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    return this.#ask(`localOffer ${end}${like(towards)}`, () =>
      ok(this.#end(end, parts).offer(this.#wishes(towards))),
    );
  }

  bridge(one: EndName, other: EndName): void {
    this.log.push(`bridge ${one} ${other}`);
    this.bridged = [one, other];
    for (const end of this.bridged) this.#silence(end);
  }

  unbridge(): void {
    this.log.push("unbridge");
    this.bridged = undefined;
  }

  play(end: EndName, sound: Sound, onDone?: Done): void {
    if (this.closed) return;
    const name = sound.kind === "message" ? sound.name : sound.kind;
    this.log.push(`play ${end} ${name}`);
    this.#silence(end);
    const finished = (): void => {
      this.#playing.delete(end);
      onDone?.(ok(undefined));
    };
    const timer = sound.kind === "message" ? this.#engine.clock.after(sound.durationMs, finished) : undefined;
    this.#playing.set(end, { timer, name });
  }

  stop(end: EndName): void {
    this.log.push(`stop ${end}`);
    this.#silence(end);
  }

  listen(end: EndName, on: boolean): void {
    if (on) this.listening.add(end);
    else this.listening.delete(end);
  }

  release(end: EndName): void {
    this.log.push(`release ${end}`);
    this.#silence(end);
    this.#ends.delete(end);
  }

  close(): Promise<readonly EndStatistics[]> {
    this.closed = true;
    const none = { codec: "", received: 0, sent: 0, lost: 0, jitterMs: 0, foreign: 0 };
    const some = { received: 100, sent: 90, lost: 1, jitterMs: 0.4, foreign: 0 };
    const statistics = [...this.#ends].map(([end, { agreement }]) => {
      this.#silence(end);
      return agreement === undefined ? { end, ...none } : { end, codec: `${agreement.codec}/8000`, ...some };
    });
    return Promise.resolve(statistics);
  }

  #silence(end: EndName): void {
    this.#playing.get(end)?.timer?.cancel();
    this.#playing.delete(end);
  }

  /** Like an engine that was given an external address of each family, it is where the party's offer wants it. */
  #end(end: EndName, { localAddress, signallingAddress }: EndParts, offer?: Uint8Array): Negotiation {
    this.signalledFrom.set(end, signallingAddress);
    const known = this.#ends.get(end);
    if (known !== undefined) return known;
    const port = this.#engine.nextPort();
    const isSix = offer !== undefined && Buffer.from(offer).includes("IN IP6");
    const address = isSix && !localAddress.includes(":") ? "2001:db8::1" : localAddress;
    const made = new Negotiation({ address, port }, String(port));
    this.#ends.set(end, made);
    return made;
  }

  #wishes(towards: EndName | undefined): Negotiation["wishes"] {
    const other = towards === undefined ? undefined : this.#ends.get(towards);
    return other?.wishes ?? { codecs: [], comfortNoise: false };
  }

  #ask<T>(entry: string, perform: () => Result<T, MediaFault>): Promise<Result<T, MediaFault>> {
    this.log.push(entry);
    const over = { status: 503, reason: mediaSaid("media.callClosed", {}) } as const;
    const fault = this.closed ? over : this.#engine.fault;
    const value = fault === undefined ? perform() : err(fault);
    const { clock, delayMs } = this.#engine;
    return delayMs === 0
      ? Promise.resolve(value)
      : new Promise((resolve) => clock.after(delayMs, () => resolve(value)));
  }
}

function like(towards: EndName | undefined): string {
  return towards === undefined ? "" : ` like ${towards}`;
}

function unknown(end: EndName): Result<never, MediaFault> {
  return err({ status: 500, reason: mediaSaid("media.unknownEnd", { end }) });
}
