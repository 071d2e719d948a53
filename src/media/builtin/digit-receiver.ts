import type { AudioCodec } from "../codec/codec.ts";
import { DIGITS } from "../dtmf/digit.ts";
import { type EventPacket, type EventReceiverState, parseEvent, receiveEvent } from "../dtmf/event.ts";
import { ToneDetector } from "../dtmf/tone-detector.ts";
import type { Digit } from "../engine.ts";
import { decoder, MAX_PAYLOAD } from "./convert.ts";

/** Keys of one party, at most: a burst of so many, then so many a second. Nobody types faster, a flood does. */
const BURST = 32;
const PER_SECOND = 20;

/** That a key is held is told so often. */
const HELD_EVERY_MS = 200;

/** What is heard, decoded. One for all: it is looked at and forgotten. */
const scratch = new Int16Array(MAX_PAYLOAD);

/** Finds the keys in what a party sends: events always, in-band tones while they are listened for (docs/adr/0021). */
export class DigitReceiver {
  readonly #tell: (digit: Digit, way: "event" | "tone") => void;
  readonly #tellHeld: () => void;
  #heldToldAt = Number.NEGATIVE_INFINITY;
  #events: EventReceiverState | undefined;
  #tones: ToneDetector | undefined;
  /** Tones are listened for: what is found is told. */
  #tells = false;
  #codec: AudioCodec | undefined;
  #decode: ((octets: Uint8Array, into: Int16Array) => void) | undefined;
  #tokens = BURST;
  #refilledAt = 0;

  /** `tellHeld`: a key that was told is still down, or has just been let go. */
  constructor(tell: (digit: Digit, way: "event" | "tone") => void, tellHeld: () => void) {
    this.#tell = tell;
    this.#tellHeld = tellHeld;
  }

  /**
   * In-band tones are looked for from now on, or no more. A key that is held from one time to the next is one key: its end is
   * waited for, untold.
   */
  listen(on: boolean): void {
    this.#tells = on;
    if (on) this.#tones ??= new ToneDetector();
    else this.#forgetTones();
  }

  /** Whether sound is to be put in. */
  get listening(): boolean {
    return this.#tones !== undefined;
  }

  /** A packet of an event: the key, if it is the first of one that counts. */
  event(packet: EventPacket, payload: Uint8Array, now: number): Digit | undefined {
    const event = parseEvent(payload);
    if (event === undefined) return undefined;
    const before = this.#events;
    const [state, digit] = receiveEvent(before, packet, event);
    this.#events = state;
    if (digit === undefined) {
      // RFC 4733 §2.5.1.4: a key is over at the end of its duration. Its last packet comes three times.
      const isEnd = state !== before && state?.ended === true && before?.ended !== true;
      const isKey = DIGITS[event.event] !== undefined;
      if (isKey && (isEnd || state?.ended === false)) this.#held(now, isEnd);
      return undefined;
    }
    if (!this.#mayTell(now)) return undefined;
    this.#tell(digit, "event");
    this.#heldToldAt = now;
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
    const found = tones.put(samples);
    if (!this.#tells) return this.#forgetTones();
    for (const digit of found) if (this.#mayTell(now)) this.#tell(digit, "tone");
    if (tones.isHeld) this.#held(now, false);
  }

  #forgetTones(): void {
    if (this.#tones?.mayGoOn !== true) this.#tones = undefined;
  }

  #held(now: number, isEnd: boolean): void {
    if (!isEnd && now - this.#heldToldAt < HELD_EVERY_MS) return;
    this.#heldToldAt = now;
    this.#tellHeld();
  }

  #mayTell(now: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#refilledAt) * PER_SECOND) / 1000);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
