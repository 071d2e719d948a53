import type { AudioCodec } from "../codec/codec.ts";
import { type EventPacket, type EventReceiverState, parseEvent, receiveEvent } from "../dtmf/event.ts";
import { ToneDetector } from "../dtmf/tone-detector.ts";
import type { Digit } from "../engine.ts";
import { decoder, MAX_PAYLOAD } from "./convert.ts";

/** Keys of one party, at most: a burst of so many, then so many a second. Nobody types faster, a flood does. */
const BURST = 32;
const PER_SECOND = 20;

/** What is heard, decoded. One for all: it is looked at and forgotten. */
const scratch = new Int16Array(MAX_PAYLOAD);

/** Finds the keys in what a party sends: events always, in-band tones while they are listened for. */
export class DigitReceiver {
  readonly #tell: (digit: Digit, way: "event" | "tone") => void;
  #events: EventReceiverState | undefined;
  #tones: ToneDetector | undefined;
  #codec: AudioCodec | undefined;
  #decode: ((octets: Uint8Array, into: Int16Array) => void) | undefined;
  #tokens = BURST;
  #refilledAt = 0;

  constructor(tell: (digit: Digit, way: "event" | "tone") => void) {
    this.#tell = tell;
  }

  /** In-band tones are looked for from now on, or no more. */
  listen(on: boolean): void {
    if (on) this.#tones ??= new ToneDetector();
    else this.#tones = undefined;
  }

  get listening(): boolean {
    return this.#tones !== undefined;
  }

  /** A packet of an event: the key, if it is the first of one that counts. */
  event(packet: EventPacket, payload: Uint8Array, now: number): Digit | undefined {
    const event = parseEvent(payload);
    if (event === undefined) return undefined;
    const [state, digit] = receiveEvent(this.#events, packet, event);
    this.#events = state;
    if (digit === undefined || !this.#mayTell(now)) return undefined;
    this.#tell(digit, "event");
    return digit;
  }

  /** A packet of sound. */
  sound(codec: AudioCodec, payload: Uint8Array, now: number): void {
    const tones = this.#tones;
    if (tones === undefined || payload.length > MAX_PAYLOAD) return;
    if (codec !== this.#codec || this.#decode === undefined) {
      this.#codec = codec;
      this.#decode = decoder(codec);
    }
    const samples = scratch.subarray(0, payload.length);
    this.#decode(payload, samples);
    for (const digit of tones.put(samples)) if (this.#mayTell(now)) this.#tell(digit, "tone");
  }

  #mayTell(now: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#refilledAt) * PER_SECOND) / 1000);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
