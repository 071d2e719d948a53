import { familyOfIp, type IpAddress } from "../../lib/ip-address.ts";
import { FRAME_MS, RTP_CLOCK } from "../codec/codec.ts";
import type { Direction, MappedCodec } from "./audio.ts";
import type { Attribute, Connection, MediaDescription, SessionDescription } from "./description.ts";

/** What we say of ourselves in an offer or an answer. */
export interface LocalAudio {
  readonly address: IpAddress;
  /** Even; RTCP is on the next one, or here too with `rtcpMux`. */
  readonly port: number;
  readonly rtcpMux: boolean;
  readonly direction: Direction;
  readonly codecs: readonly MappedCodec[];
  readonly telephoneEvent: number | undefined;
  readonly comfortNoise: number | undefined;
}

/** `o=`: the session, and its version, which grows with each change (RFC 3264 §8). Digits. */
export interface LocalOrigin {
  readonly session: string;
  readonly version: number;
}

/**
 * Our answer to an offer: every m-line of it in its place, the one at `index` with our sound, the others refused by
 * port 0 (RFC 3264 §6).
 */
export function answerTo(
  offer: SessionDescription,
  index: number,
  audio: LocalAudio,
  origin: LocalOrigin,
): SessionDescription {
  const media = offer.media.map((line, at) => (at === index ? audioLine(audio) : refused(line)));
  return describe(audio.address, origin, offer.timing, media);
}

/**
 * An offer of ours. `before`: what was last agreed in this dialog, whose m-lines must all stay (RFC 3264 §8), with our
 * sound at `index`.
 */
export function offerOf(
  audio: LocalAudio,
  origin: LocalOrigin,
  before: SessionDescription | undefined,
  index: number,
): SessionDescription {
  const media = before?.media.map((line, at) => (at === index ? audioLine(audio) : refused(line)));
  return describe(audio.address, origin, "0 0", media ?? [audioLine(audio)]);
}

function describe(
  address: IpAddress,
  origin: LocalOrigin,
  timing: string,
  media: readonly MediaDescription[],
): SessionDescription {
  const connection: Connection = { family: familyOfIp(address) === 4 ? "IP4" : "IP6", address };
  return {
    origin: `- ${origin.session} ${origin.version} IN ${connection.family} ${address}`,
    connection,
    timing,
    attributes: [],
    media,
  };
}

function refused(line: MediaDescription): MediaDescription {
  return {
    kind: line.kind,
    port: 0,
    protocol: line.protocol,
    formats: line.formats,
    connection: undefined,
    attributes: [],
  };
}

function audioLine(audio: LocalAudio): MediaDescription {
  const attributes: Attribute[] = audio.codecs.map(({ codec, payloadType }) => map(payloadType, codec));
  const formats = audio.codecs.map(({ payloadType }) => payloadType);
  if (audio.comfortNoise !== undefined) {
    formats.push(audio.comfortNoise);
    attributes.push(map(audio.comfortNoise, "CN"));
  }
  if (audio.telephoneEvent !== undefined) {
    formats.push(audio.telephoneEvent);
    attributes.push(map(audio.telephoneEvent, "telephone-event"));
    // RFC 4733 §2.4.1: 0 … 15 are the keys.
    attributes.push({ name: "fmtp", value: `${audio.telephoneEvent} 0-15` });
  }
  attributes.push({ name: "ptime", value: String(FRAME_MS) });
  if (audio.rtcpMux) attributes.push({ name: "rtcp-mux", value: "" });
  attributes.push({ name: audio.direction, value: "" });
  return {
    kind: "audio",
    port: audio.port,
    protocol: "RTP/AVP",
    formats: formats.map(String),
    connection: undefined,
    attributes,
  };
}

function map(payloadType: number, name: string): Attribute {
  return { name: "rtpmap", value: `${payloadType} ${name}/${RTP_CLOCK}` };
}
