import { err, ok, type Result } from "../../src/lib/result.ts";
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
import type { Clock, Timer } from "../../src/runtime/clock.ts";

/**
 * A media engine for scenarios: keeps what it was asked, makes descriptions that name its own ports, and lets messages
 * end on the virtual clock. Real engines have a contract suite and sockets of their own.
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

type Done = (result: Result<undefined, string>) => void;

export class FakeMediaCall implements MediaCall {
  readonly parts: MediaCallParts;
  readonly user: MediaUser;
  /** What was asked, in order: `remoteOffer A`, `play A ringback`, `bridge A B1` … */
  readonly log: string[] = [];
  readonly #engine: FakeMedia;
  readonly #ports = new Map<EndName, { readonly port: number; readonly address: string }>();
  readonly #playing = new Map<EndName, { readonly timer: Timer | undefined; readonly name: string }>();
  /** Ends of which both have described their side. */
  readonly #agreed = new Set<EndName>();
  readonly listening = new Set<EndName>();
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
    return this.#taken(`remoteOffer ${end}`, sdp, () => this.#port(end, parts));
  }

  remoteAnswer(end: EndName, sdp: Uint8Array): Promise<Result<undefined, MediaFault>> {
    return this.#taken(`remoteAnswer ${end}`, sdp, () => this.#agreed.add(end));
  }

  localAnswer(end: EndName, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    if (this.#ports.has(end)) this.#agreed.add(end);
    return this.#made(`localAnswer ${end}${towards === undefined ? "" : ` like ${towards}`}`, end);
  }

  localOffer(end: EndName, parts: EndParts, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    this.#port(end, parts);
    return this.#made(`localOffer ${end}${towards === undefined ? "" : ` like ${towards}`}`, end);
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
    this.#ports.delete(end);
    this.#agreed.delete(end);
  }

  close(): Promise<readonly EndStatistics[]> {
    this.closed = true;
    const ends = [...this.#ports.keys()];
    for (const end of ends) this.#silence(end);
    const none = { codec: "", received: 0, sent: 0, lost: 0, jitterMs: 0, foreign: 0 };
    const flow = { codec: "PCMA/8000", received: 100, sent: 90, lost: 1, jitterMs: 0.4, foreign: 0 };
    return Promise.resolve(ends.map((end) => ({ end, ...(this.#agreed.has(end) ? flow : none) })));
  }

  #silence(end: EndName): void {
    this.#playing.get(end)?.timer?.cancel();
    this.#playing.delete(end);
  }

  #port(end: EndName, { localAddress }: EndParts): void {
    if (!this.#ports.has(end)) this.#ports.set(end, { port: this.#engine.nextPort(), address: localAddress });
  }

  #taken(entry: string, sdp: Uint8Array, then: () => void): Promise<Result<undefined, MediaFault>> {
    this.log.push(entry);
    const fault = this.#fault(sdp);
    if (fault === undefined) then();
    return this.#later(fault === undefined ? ok(undefined) : err(fault));
  }

  #made(entry: string, end: EndName): Promise<Result<Uint8Array, MediaFault>> {
    this.log.push(entry);
    const fault = this.#fault(undefined);
    const place = this.#ports.get(end);
    if (fault !== undefined || place === undefined) {
      return this.#later(err(fault ?? { status: 500, reason: `nothing is known of ${end}` }));
    }
    const lines = [
      "v=0",
      `o=- 1 1 IN IP4 ${place.address}`,
      "s=-",
      `c=IN IP4 ${place.address}`,
      "t=0 0",
      `m=audio ${place.port} RTP/AVP 8 101`,
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=sendrecv",
      "",
    ];
    return this.#later(ok(Buffer.from(lines.join("\r\n"))));
  }

  #later<T>(value: T): Promise<T> {
    const { clock, delayMs } = this.#engine;
    return delayMs === 0
      ? Promise.resolve(value)
      : new Promise((resolve) => clock.after(delayMs, () => resolve(value)));
  }

  #fault(sdp: Uint8Array | undefined): MediaFault | undefined {
    if (this.closed) return { status: 503, reason: "the call is over" };
    const usable = sdp === undefined || Buffer.from(sdp).includes("m=audio");
    return (
      this.#engine.fault ??
      (usable ? undefined : { status: 488, reason: "there is no audio in the description" })
    );
  }
}
