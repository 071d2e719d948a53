import type { IpAddress } from "../../lib/ip-address.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import type { MediaFault } from "../engine.ts";
import {
  codecOfAnswer,
  OUR_CODECS,
  OUR_EVENT_PAYLOAD_TYPE,
  OwnDescriptions,
  type PartyDescription,
  readParty,
} from "../negotiated.ts";
import { answerDirection, hears, type MappedCodec, type RemoteAudio } from "../sdp/audio.ts";
import type { SessionDescription } from "../sdp/description.ts";
import { answerTo, type LocalAudio, offerOf } from "../sdp/local.ts";
import { mediaSaid } from "../words.ts";

/** What both sides of an end agreed on: where the party is, which codec is spoken, how its keys travel. */
export interface Agreement {
  readonly audio: RemoteAudio;
  /**
   * Where the party is: as it said last. Hold as RFC 2543 had it (`c=0.0.0.0`) names no place, and is no move: what the
   * party then sends, music it may be, comes from where it was. Undefined: it never named one.
   */
  readonly place: RemotePlace | undefined;
  readonly codec: MappedCodec;
  /** Payload type of telephone-event; undefined: the party has no such thing, or we do not offer it. */
  readonly telephoneEvent: number | undefined;
}

/** Where a party says that it is. */
export interface RemotePlace {
  readonly address: IpAddress;
  readonly port: number;
  readonly rtcpPort: number;
}

/** Where rtpengine hears this end. */
export interface LocalPort {
  readonly address: IpAddress;
  readonly port: number;
}

const fault = (reason: Said): Result<never, MediaFault> => err({ status: 500, reason });

/**
 * Offer and answer (RFC 3264) at one end. A description that cannot be used changes nothing: what was agreed before
 * still holds (RFC 6141 §3.4).
 */
export class Negotiation {
  readonly #own: OwnDescriptions;
  /** The party's offer that waits for our answer. */
  #offered: PartyDescription | undefined;
  /** Our offer that waits for an answer, or was the last that got one. */
  #ours: LocalAudio | undefined;
  /** The last description of the party or, before it, of ours: its m-lines must all stay. */
  #lines: SessionDescription | undefined;
  #index = 0;
  agreed: Agreement | undefined;

  /** `session`: digits for the `o=` line. */
  constructor(session: string) {
    this.#own = new OwnDescriptions(session);
  }

  /** The party offers. `ourAddress`: where it reaches us. */
  remoteOffer(sdp: Uint8Array, ourAddress: IpAddress): Result<undefined, MediaFault> {
    const offered = readParty(sdp, ourAddress);
    if (!offered.ok) return offered;
    this.#offered = offered.value;
    return ok(undefined);
  }

  /** What our answer to the party's offer will be; the codec of `towards` where both have it. */
  plan(towards: AudioCodec | undefined): Result<Agreement, MediaFault> {
    const audio = this.#offered?.audio ?? this.agreed?.audio;
    const codec = audio?.codecs.find((mapped) => mapped.codec === towards) ?? audio?.codecs[0];
    if (audio === undefined || codec === undefined) return fault(mediaSaid("media.noOfferToAnswer", {}));
    return ok({ audio, place: this.#placeOf(audio), codec, telephoneEvent: audio.telephoneEvent });
  }

  /** Our answer, once rtpengine has a port for it. */
  answer(agreement: Agreement, at: LocalPort): Result<Uint8Array, MediaFault> {
    const description = this.#offered?.description ?? this.#lines;
    if (description === undefined) return fault(mediaSaid("media.noOfferToAnswer", {}));
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
    return ok(this.#own.write((origin) => answerTo(description, audio.index, local, origin)));
  }

  /**
   * The codecs that an offer of ours names, with the payload types that `towards` uses, so that nothing has to be
   * converted where both can do the same.
   */
  offerCodecs(
    towards: Agreement | undefined,
  ): Pick<LocalAudio, "codecs" | "telephoneEvent" | "comfortNoise"> {
    const first = this.agreed?.codec.codec ?? towards?.codec.codec;
    const order =
      first === undefined ? OUR_CODECS : [first, ...OUR_CODECS.filter((codec) => codec !== first)];
    const codecs = order.map((codec) => ({ codec, payloadType: STATIC_PAYLOAD_TYPES.get(codec) ?? 0 }));
    const telephoneEvent = this.agreed?.telephoneEvent ?? towards?.telephoneEvent ?? OUR_EVENT_PAYLOAD_TYPE;
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
    return this.#own.write((origin) => offerOf(local, origin, before, this.#index));
  }

  /** The party's answer to it. */
  remoteAnswer(sdp: Uint8Array, ourAddress: IpAddress): Result<Agreement, MediaFault> {
    const ours = this.#ours;
    if (ours === undefined) return fault(mediaSaid("media.noOfferAnswered", {}));
    const answered = readParty(sdp, ourAddress, this.#index);
    if (!answered.ok) return answered;
    const { audio, description } = answered.value;
    const codec = codecOfAnswer(audio, ours.codecs);
    if (!codec.ok) return codec;
    this.agreed = {
      audio,
      place: this.#placeOf(audio),
      codec: codec.value,
      telephoneEvent: audio.telephoneEvent,
    };
    this.#lines = description;
    return ok(this.agreed);
  }

  #placeOf({ address, port, rtcpPort }: RemoteAudio): RemotePlace | undefined {
    return address === undefined ? this.agreed?.place : { address, port, rtcpPort };
  }
}

/** Whether something may be sent to the party now; not while it holds. */
export function mayHear(agreement: Agreement | undefined): boolean {
  return agreement !== undefined && hears(agreement.audio);
}
