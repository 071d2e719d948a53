import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { AudioCodec } from "../codec/codec.ts";
import type { Digit, Sound } from "../engine.ts";
import type { RtpPacket } from "../rtp/packet.ts";
import { mediaSaid } from "../words.ts";
import { type Convert, converter, MAX_PAYLOAD, silentOctet } from "./convert.ts";
import type { MediaEnvironment } from "./environment.ts";
import type { Agreement } from "./negotiation.ts";
import type { Paced } from "./pacer.ts";
import { type Recording, RecordingReader } from "./recording.ts";
import type { StreamSender } from "./stream-sender.ts";

export type PlayDone = (result: Result<undefined, Said>) => void;

/** What is being played. */
interface Playing {
  readonly reader: RecordingReader;
  /** `hold`: tones that give way to whatever comes from the other party; `key`: what it has pressed. */
  readonly as: "sound" | "hold" | "key";
  readonly done: PlayDone | undefined;
}

/**
 * What one party hears: the other party's packets as they come, or in their place something that is played; between what
 * is played, silence, where the party is ours alone (docs/adr/0031). All of it leaves as one stream.
 */
export class Ear implements Paced {
  readonly #environment: MediaEnvironment;
  readonly #sender: StreamSender;
  #agreement: Agreement | undefined;
  #playing: Playing | undefined;
  /** Grows with each `play` and `stop`: a file that arrives late for its turn is not played. */
  #turn = 0;
  /** We have answered this party ourselves: it counts on a stream from us. */
  #attended = false;
  /** It hears another party, whose packets are the stream. */
  #joined = false;
  #convert: Convert | undefined;
  #convertsFrom: AudioCodec | undefined;

  constructor(environment: MediaEnvironment, sender: StreamSender) {
    this.#environment = environment;
    this.#sender = sender;
  }

  /** The party and we have agreed on something else. */
  agree(agreement: Agreement): void {
    if (agreement.codec !== this.#agreement?.codec) {
      this.#convertsFrom = undefined;
      this.#playing?.reader.retune(agreement.codec);
    }
    this.#agreement = agreement;
    // What it does not hear meanwhile is no loss (RFC 3550 §5.1).
    if (!agreement.hears) this.#sender.pause();
    // It may hold now, or be back.
    this.#restUnjoined();
  }

  /** The party is ours: while it is joined to nobody, its stream does not pause any more. */
  attend(): void {
    this.#attended = true;
    this.#restUnjoined();
  }

  /** It hears another party from now on, and what was played is over; or nobody, and what was asked to be played goes on. */
  join(joined: boolean): void {
    this.#joined = joined;
    if (joined) return this.#silence();
    if (this.#playing?.as === "sound") return;
    this.#playing = undefined;
    this.#rest();
  }

  /** Its end is over. */
  close(): void {
    this.#attended = false;
    this.#silence();
  }

  get playing(): boolean {
    return this.#playing !== undefined && this.#playing.as !== "hold";
  }

  /** Plays in place of everything else. `done`: once, but not after it was stopped or replaced. */
  play(sound: Sound, country: string, done: PlayDone): void {
    this.stop();
    const codec = this.#agreement?.codec;
    if (codec === undefined) {
      done(err(mediaSaid("media.notAgreed", {})));
      return;
    }
    this.attend();
    if (sound.kind !== "message") {
      this.#start(this.#environment.tones.tone(country, sound.kind, codec), "sound", done);
      return;
    }
    const turn = this.#turn;
    void this.#environment.files.load(sound.name, sound.path, codec).then((loaded) => {
      if (turn !== this.#turn) return;
      if (loaded.ok) this.#start(loaded.value, "sound", done);
      else done(loaded);
    });
  }

  /** Nothing is played any more; whoever speaks is heard. */
  stop(): void {
    if (this.#playing === undefined) this.#turn += 1;
    else this.#silence();
  }

  /** Tones that tell somebody on hold that the line is still there; anything that comes ends them. */
  playHold(country: string): void {
    const codec = this.#agreement?.codec;
    if (this.#playing !== undefined || codec === undefined) return;
    this.#start(this.#environment.tones.tone(country, "hold", codec), "hold", undefined);
  }

  stopHold(): void {
    if (this.#playing?.as === "hold") this.stop();
  }

  tick(): boolean {
    const agreement = this.#agreement;
    if (agreement === undefined) return false;
    if (this.#playing?.reader.next(this.#sender.frameBuffer) !== true) {
      this.#ended();
      if (!this.#keepsOn) return this.#playing !== undefined;
      this.#sender.frameBuffer.fill(silentOctet(agreement.codec));
    }
    // On hold it goes on unheard, as a radio does.
    if (agreement.hears) this.#sender.frame(agreement.payloadType, this.#environment.clock.now());
    else this.#sender.pause();
    return true;
  }

  /** The other party's sound. `octets`, the whole datagram, is written over. */
  hearSound(codec: AudioCodec, octets: Uint8Array, packet: Readonly<RtpPacket>, now: number): void {
    const agreement = this.#agreement;
    if (agreement === undefined || !agreement.hears) return;
    if (this.#playing !== undefined) {
      if (this.#playing.as !== "hold") return;
      this.stop();
    }
    if (codec !== agreement.codec) {
      if (packet.payloadEnd - packet.payloadStart > MAX_PAYLOAD) return;
      if (codec !== this.#convertsFrom) {
        this.#convertsFrom = codec;
        this.#convert = converter(codec, agreement.codec);
      }
      this.#convert?.(octets.subarray(packet.payloadStart, packet.payloadEnd));
    }
    this.#sender.relay(octets, packet, agreement.payloadType, now);
  }

  /** A packet of the other party's event; `digit`: if it is the first of a key. */
  hearEvent(octets: Uint8Array, packet: Readonly<RtpPacket>, digit: Digit | undefined, now: number): void {
    const agreement = this.#agreement;
    if (agreement === undefined || !agreement.hears) return;
    const key = this.#playing?.as === "key" && agreement.telephoneEvent === undefined;
    if (this.playing && !key) return;
    if (agreement.telephoneEvent !== undefined) {
      this.stopHold();
      this.#sender.relayEvent(octets, packet, agreement.telephoneEvent, now);
      return;
    }
    this.#sender.skip(packet);
    // In one codec, so that keys in a row are converted as one sound.
    const recording = digit === undefined ? undefined : this.#environment.tones.digit(digit, "PCMA");
    if (recording === undefined) return;
    if (key) this.#playing?.reader.append(recording);
    else {
      this.stop();
      this.#start(recording, "key", undefined);
    }
  }

  /** A packet of the other party's comfort noise: passed on where both have it (RFC 3389 §4). */
  hearNoise(octets: Uint8Array, packet: Readonly<RtpPacket>, now: number): void {
    const agreement = this.#agreement;
    if (agreement === undefined || !agreement.hears || this.#playing !== undefined) return;
    if (agreement.comfortNoise === undefined) this.#sender.skip(packet);
    else this.#sender.relay(octets, packet, agreement.comfortNoise, now);
  }

  /** A packet that means nothing to us. */
  pass(packet: Readonly<RtpPacket>): void {
    this.#sender.skip(packet);
  }

  /** Whether silence is sent where there is nothing else. */
  get #keepsOn(): boolean {
    return this.#attended && !this.#joined && this.#agreement?.hears === true;
  }

  /** Plays from the next turn on, in the stream that goes on; without one, a talk spurt begins. */
  #start(recording: Recording, as: Playing["as"], done: PlayDone | undefined): void {
    const codec = this.#agreement?.codec ?? recording.codec;
    this.#playing = { reader: new RecordingReader(recording, codec), as, done };
    this.#environment.pacer.add(this);
  }

  /** What was played has come to its end, if anything was. */
  #ended(): void {
    const playing = this.#playing;
    this.#playing = undefined;
    if (!this.#keepsOn) this.#sender.pause();
    playing?.done?.(ok(undefined));
  }

  /** Nothing is played from now on. */
  #silence(): void {
    this.#turn += 1;
    this.#playing = undefined;
    this.#rest();
  }

  /** As `#rest`, where that is the case. */
  #restUnjoined(): void {
    if (this.#attended && !this.#joined && this.#playing === undefined) this.#rest();
  }

  /** Nothing is played: silence goes on, or the stream pauses. */
  #rest(): void {
    if (this.#keepsOn) {
      this.#environment.pacer.add(this);
      return;
    }
    this.#environment.pacer.remove(this);
    this.#sender.pause();
  }
}
