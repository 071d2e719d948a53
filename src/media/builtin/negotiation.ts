import type { IpAddress } from "../../lib/ip-address.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { COMFORT_NOISE_PAYLOAD_TYPE, STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import type { MediaFault } from "../engine.ts";
import {
  codecOfAnswer,
  OUR_CODECS,
  OUR_EVENT_PAYLOAD_TYPE,
  OwnDescriptions,
  type PartyDescription,
  readParty,
} from "../negotiated.ts";
import { answerDirection, hears, type MappedCodec, type RemoteAudio, speaks } from "../sdp/audio.ts";
import type { SessionDescription } from "../sdp/description.ts";
import { answerTo, type LocalAudio, offerOf } from "../sdp/local.ts";
import { mediaSaid } from "../words.ts";

/** What holds between us and one party until the next offer is answered. */
export interface Agreement {
  readonly remote: RemoteAudio;
  /** What we send, and with which payload type. */
  readonly codec: AudioCodec;
  readonly payloadType: number;
  /** What a payload type means that comes in: by its number. */
  readonly incoming: readonly (Incoming | undefined)[];
  /** Payload types that the party takes; undefined: it does not. */
  readonly telephoneEvent: number | undefined;
  readonly comfortNoise: number | undefined;
  /** RTCP on the port of RTP. */
  readonly rtcpMux: boolean;
  /** The party wants to hear us; it may send to us. */
  readonly hears: boolean;
  readonly speaks: boolean;
}

/** Sound of a codec, an event (RFC 4733), or comfort noise (RFC 3389). */
export type Incoming = AudioCodec | "event" | "noise";

/** What the other end of a bridge has, so that ours can be like it. */
export interface Wishes {
  /** In order; what we can do besides comes behind. */
  readonly codecs: readonly AudioCodec[];
  readonly comfortNoise: boolean;
}

/** Where we are, as the party is told. */
export interface LocalPlace {
  readonly address: IpAddress;
  readonly port: number;
}

/**
 * Offer and answer with one party (RFC 3264), any number of them in a row. The order of offers and answers is the
 * signalling's care; here each is what it says.
 */
export class Negotiation {
  readonly #place: LocalPlace;
  readonly #own: OwnDescriptions;
  /** Not answered yet. */
  #theirOffer: PartyDescription | undefined;
  #ourAnswer: Uint8Array | undefined;
  #ourOffer: LocalAudio | undefined;
  /** The m-lines of the last agreement, and which one is the sound. */
  #lines: SessionDescription | undefined;
  #index = 0;
  #agreement: Agreement | undefined;

  /** `session`: digits, of which no two are alike (RFC 8866 §5.2). */
  constructor(place: LocalPlace, session: string) {
    this.#place = place;
    this.#own = new OwnDescriptions(session);
  }

  get agreement(): Agreement | undefined {
    return this.#agreement;
  }

  /** What the party can do, agreed or just offered: for the other end's offer. */
  get wishes(): Wishes {
    const agreed = this.#agreement;
    const offered = this.#theirOffer?.audio;
    if (offered !== undefined) {
      const codecs = offered.codecs.map(({ codec }) => codec);
      return { codecs, comfortNoise: offered.comfortNoise !== undefined };
    }
    if (agreed === undefined) return { codecs: [], comfortNoise: false };
    return { codecs: [agreed.codec], comfortNoise: agreed.comfortNoise !== undefined };
  }

  /** Takes an offer; nothing changes until it is answered. */
  remoteOffer(sdp: Uint8Array): Result<undefined, MediaFault> {
    const offered = readParty(sdp, this.#place.address);
    if (!offered.ok) return offered;
    this.#theirOffer = offered.value;
    this.#ourAnswer = undefined;
    return ok(undefined);
  }

  /** Our answer. Asked for again (183, then 200), the same again: an offer has one answer (RFC 3261 §13.2.1). */
  answer(wishes: Wishes): Result<Uint8Array, MediaFault> {
    const offer = this.#theirOffer;
    if (this.#ourAnswer !== undefined) return ok(this.#ourAnswer);
    if (offer === undefined) return err({ status: 500, reason: mediaSaid("media.noOfferToAnswer", {}) });
    const { audio, description } = offer;
    const codec = this.#choose(audio.codecs, wishes.codecs);
    const local: LocalAudio = {
      ...this.#place,
      rtcpMux: audio.rtcpMux,
      direction: answerDirection(audio),
      // RFC 3264 §6.1: the payload types of the offer. One codec, so that nobody changes it on the way.
      codecs: [codec],
      telephoneEvent: audio.telephoneEvent,
      comfortNoise: wishes.comfortNoise ? audio.comfortNoise : undefined,
    };
    this.#lines = description;
    this.#index = audio.index;
    this.#agree(audio, codec, local);
    this.#theirOffer = undefined;
    this.#ourAnswer = this.#own.write((origin) => answerTo(description, audio.index, local, origin));
    return ok(this.#ourAnswer);
  }

  /** An offer of ours. */
  offer(wishes: Wishes): Uint8Array {
    const before = this.#agreement;
    this.#theirOffer = undefined;
    this.#ourAnswer = undefined;
    const known = new Map(before?.remote.codecs.map(({ codec, payloadType }) => [codec, payloadType]));
    const codecs = [...new Set([...wishes.codecs, ...OUR_CODECS])].map((codec) => ({
      codec,
      // RFC 3264 §8.3.2: a payload type keeps its meaning.
      payloadType: known.get(codec) ?? (STATIC_PAYLOAD_TYPES.get(codec) as number),
    }));
    const local: LocalAudio = {
      ...this.#place,
      rtcpMux: before?.rtcpMux ?? false,
      direction: "sendrecv",
      codecs,
      telephoneEvent: before?.telephoneEvent ?? OUR_EVENT_PAYLOAD_TYPE,
      comfortNoise: wishes.comfortNoise ? COMFORT_NOISE_PAYLOAD_TYPE : undefined,
    };
    this.#ourOffer = local;
    return this.#own.write((origin) => offerOf(local, origin, this.#lines, this.#index));
  }

  /** The answer to our offer; another one replaces it (183, then the 200 of another fork). */
  remoteAnswer(sdp: Uint8Array): Result<undefined, MediaFault> {
    const ours = this.#ourOffer;
    if (ours === undefined) return err({ status: 500, reason: mediaSaid("media.noOfferAnswered", {}) });
    const answered = readParty(sdp, this.#place.address, this.#lines === undefined ? 0 : this.#index);
    if (!answered.ok) return answered;
    const { audio, description } = answered.value;
    const codec = codecOfAnswer(audio, ours.codecs);
    if (!codec.ok) return codec;
    this.#lines = description;
    this.#index = audio.index;
    this.#agree(audio, codec.value, ours);
    return ok(undefined);
  }

  /** The wished one where it is offered, else what is spoken already, else the party's first. */
  #choose(offered: readonly MappedCodec[], wished: readonly AudioCodec[]): MappedCodec {
    const current = this.#agreement?.codec;
    const order = current === undefined ? wished : [...wished, current];
    for (const codec of order) {
      const found = offered.find((mapped) => mapped.codec === codec);
      if (found !== undefined) return found;
    }
    return offered[0] as MappedCodec;
  }

  #agree(remote: RemoteAudio, codec: MappedCodec, local: LocalAudio): void {
    const incoming: (Incoming | undefined)[] = new Array<undefined>(128).fill(undefined);
    // What the party named is understood too: not everybody sends with the payload types that we asked for.
    for (const audio of [remote, local]) {
      for (const mapped of audio.codecs) incoming[mapped.payloadType] = mapped.codec;
      if (audio.telephoneEvent !== undefined) incoming[audio.telephoneEvent] = "event";
    }
    // Comfort noise is tolerated whether it was agreed or not.
    incoming[remote.comfortNoise ?? COMFORT_NOISE_PAYLOAD_TYPE] ??= "noise";
    this.#agreement = {
      remote,
      codec: codec.codec,
      payloadType: codec.payloadType,
      incoming,
      telephoneEvent: remote.telephoneEvent,
      comfortNoise: local.comfortNoise === undefined ? undefined : remote.comfortNoise,
      rtcpMux: local.rtcpMux && remote.rtcpMux,
      hears: hears(remote),
      speaks: speaks(remote),
    };
  }
}
