import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import type { MediaFault } from "../engine.ts";
import type { IpAddress } from "../sdp/address.ts";
import { answerDirection, hears, type MappedCodec, type RemoteAudio, readAudio } from "../sdp/audio.ts";
import { parseSdp, type SessionDescription, writeSdp } from "../sdp/description.ts";
import { answerTo, type LocalAudio, offerOf } from "../sdp/local.ts";

/** What both sides of an end agreed on: where the party is, which codec is spoken, how its keys travel. */
export interface Agreement {
  readonly audio: RemoteAudio;
  readonly codec: MappedCodec;
  /** Payload type of telephone-event; undefined: the party has no such thing, or we do not offer it. */
  readonly telephoneEvent: number | undefined;
}

/** Where rtpengine hears this end. */
export interface LocalPort {
  readonly address: IpAddress;
  readonly port: number;
}

/** We offer these where nothing speaks for another order. */
const OFFERED: readonly AudioCodec[] = ["PCMA", "PCMU", "G722"];
const TELEPHONE_EVENT = 101;

const fault = (status: MediaFault["status"], reason: string): Result<never, MediaFault> =>
  err({ status, reason });

interface Offer {
  readonly description: SessionDescription;
  readonly audio: RemoteAudio;
}

/**
 * Offer and answer (RFC 3264) at one end. A description that cannot be used changes nothing: what was agreed before
 * still holds (RFC 6141 §3.4).
 */
export class Negotiation {
  readonly #session: string;
  #version = 0;
  #lastText = "";
  /** The party's offer that waits for our answer. */
  #offered: Offer | undefined;
  /** Our offer that waits for an answer, or was the last that got one. */
  #ours: LocalAudio | undefined;
  /** The last description of the party or, before it, of ours: its m-lines must all stay. */
  #lines: SessionDescription | undefined;
  #index = 0;
  agreed: Agreement | undefined;

  /** `session`: digits for the `o=` line. */
  constructor(session: string) {
    this.#session = session;
  }

  /** The party offers. */
  remoteOffer(sdp: Uint8Array): Result<undefined, MediaFault> {
    const description = parseSdp(sdp);
    if (!description.ok) return fault(400, description.error);
    const audio = readAudio(description.value);
    if (!audio.ok) return fault(488, audio.error);
    this.#offered = { description: description.value, audio: audio.value };
    return ok(undefined);
  }

  /** What our answer to the party's offer will be; the codec of `towards` where both have it. */
  plan(towards: AudioCodec | undefined): Result<Agreement, MediaFault> {
    const audio = this.#offered?.audio ?? this.agreed?.audio;
    const codec = audio?.codecs.find((mapped) => mapped.codec === towards) ?? audio?.codecs[0];
    if (audio === undefined || codec === undefined) return fault(500, "There is no offer to answer.");
    return ok({ audio, codec, telephoneEvent: audio.telephoneEvent });
  }

  /** Our answer, once rtpengine has a port for it. */
  answer(agreement: Agreement, at: LocalPort): Result<Uint8Array, MediaFault> {
    const description = this.#offered?.description ?? this.#lines;
    if (description === undefined) return fault(500, "There is no offer to answer.");
    const { audio, codec, telephoneEvent } = agreement;
    const local: LocalAudio = {
      ...at,
      rtcpMux: false,
      direction: answerDirection(audio),
      codecs: [codec],
      telephoneEvent,
      comfortNoise: undefined,
    };
    this.agreed = agreement;
    this.#lines = description;
    this.#index = audio.index;
    this.#offered = undefined;
    return ok(this.#write((origin) => answerTo(description, audio.index, local, origin)));
  }

  /**
   * The codecs that an offer of ours names, with the payload types that `towards` uses, so that nothing has to be
   * converted where both can do the same.
   */
  offerCodecs(
    towards: Agreement | undefined,
  ): Pick<LocalAudio, "codecs" | "telephoneEvent" | "comfortNoise"> {
    const first = this.agreed?.codec.codec ?? towards?.codec.codec;
    const order = first === undefined ? OFFERED : [first, ...OFFERED.filter((codec) => codec !== first)];
    const codecs = order.map((codec) => ({ codec, payloadType: STATIC_PAYLOAD_TYPES.get(codec) ?? 0 }));
    const telephoneEvent = this.agreed?.telephoneEvent ?? towards?.telephoneEvent ?? TELEPHONE_EVENT;
    return { codecs, telephoneEvent, comfortNoise: undefined };
  }

  /** Our offer. */
  offer(at: LocalPort, towards: Agreement | undefined): Uint8Array {
    const local: LocalAudio = {
      ...at,
      rtcpMux: false,
      direction: "sendrecv",
      ...this.offerCodecs(towards),
    };
    this.#ours = local;
    const before = this.#lines;
    return this.#write((origin) => offerOf(local, origin, before, this.#index));
  }

  /** The party's answer to it. */
  remoteAnswer(sdp: Uint8Array): Result<Agreement, MediaFault> {
    const ours = this.#ours;
    if (ours === undefined) return fault(500, "There is no offer of ours to which this could be the answer.");
    const description = parseSdp(sdp);
    if (!description.ok) return fault(400, description.error);
    const audio = readAudio(description.value, this.#index);
    if (!audio.ok) return fault(488, audio.error);
    // RFC 3264 §6.1: of what we offered; the first one is what the party prefers.
    const codec = audio.value.codecs.find((mapped) =>
      ours.codecs.some((known) => known.codec === mapped.codec),
    );
    if (codec === undefined) return fault(488, "The answer names no codec of our offer.");
    this.agreed = { audio: audio.value, codec, telephoneEvent: audio.value.telephoneEvent };
    this.#lines = description.value;
    return ok(this.agreed);
  }

  /** RFC 3264 §8: the version grows by one with each change, and only then. */
  #write(describe: (origin: { session: string; version: number }) => SessionDescription): Uint8Array {
    const unversioned = Buffer.from(writeSdp(describe({ session: this.#session, version: 0 }))).toString(
      "latin1",
    );
    if (unversioned !== this.#lastText) {
      this.#version += 1;
      this.#lastText = unversioned;
    }
    return writeSdp(describe({ session: this.#session, version: this.#version }));
  }
}

/** Whether something may be sent to the party now; not while it holds. */
export function mayHear(agreement: Agreement | undefined): boolean {
  return agreement !== undefined && hears(agreement.audio);
}
