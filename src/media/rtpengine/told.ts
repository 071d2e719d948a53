import { canonicalIp, familyOfIp, type IpAddress } from "../../lib/ip-address.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { RTP_CLOCK } from "../codec/codec.ts";
import type { EndParts } from "../engine.ts";
import { addressKind } from "../sdp/address.ts";
import type { MappedCodec } from "../sdp/audio.ts";
import { parseSdp } from "../sdp/description.ts";
import type { Agreement, LocalPort, RemotePlace } from "./negotiation.ts";

// What rtpengine is told of an end. Parties never see these descriptions, and rtpengine never sees theirs: it gets one
// m-line with what was agreed, so that there is nothing in it that it could understand differently from us.

/** Hold as RFC 2543 had it: an address to which nothing is sent. */
const nowhere = (family: 4 | 6): IpAddress => (family === 4 ? "0.0.0.0" : "::");
/** Any port will do where nothing is sent; this one is "discard". */
const DISCARD = 9;

interface Line {
  readonly address: IpAddress;
  readonly port: number;
  readonly rtcpPort: number | undefined;
  readonly codecs: readonly MappedCodec[];
  readonly telephoneEvents: readonly number[];
  readonly noise: number | undefined;
}

function describe({ address, port, rtcpPort, codecs, telephoneEvents, noise }: Line): string {
  const where = `IN IP${familyOfIp(address)} ${address}`;
  const formats = [...codecs.map(({ payloadType }) => payloadType), ...telephoneEvents];
  if (noise !== undefined) formats.push(noise);
  const lines = [
    "v=0",
    `o=- 1 1 ${where}`,
    "s=-",
    `c=${where}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP ${formats.join(" ")}`,
    ...codecs.map(({ codec, payloadType }) => `a=rtpmap:${payloadType} ${codec}/${RTP_CLOCK}`),
    ...(noise === undefined ? [] : [`a=rtpmap:${noise} CN/${RTP_CLOCK}`]),
    ...telephoneEvents.flatMap((type) => [
      `a=rtpmap:${type} telephone-event/${RTP_CLOCK}`,
      `a=fmtp:${type} 0-15`,
    ]),
    // Who may hear whom is done by blocking: with a direction nothing could be played to a party whose partner holds.
    "a=sendrecv",
    ...(rtcpPort === undefined ? [] : [`a=rtcp:${rtcpPort}`]),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/**
 * Where the sound of a party goes: to the address in its description, but to one of a closed network (private, link-local,
 * loopback) only if its signalling comes from one of the same kind; else behind its NAT, where the signalling is.
 */
export function soundAddress({ address }: RemotePlace, parts: EndParts): IpAddress {
  const signalling = canonicalIp(parts.signallingAddress);
  if (signalling === undefined || familyOfIp(signalling) !== familyOfIp(address)) return address;
  const kind = addressKind(address);
  return kind === "public" || kind === addressKind(signalling) ? address : signalling;
}

/** What the other side calls by other numbers than this one. */
export interface Foreign {
  /** Payload type of telephone-event. */
  readonly event: number | undefined;
  /** The codec of both. */
  readonly codec: MappedCodec | undefined;
  /** Its own number of comfort noise (RFC 3389), which the other side has none of. */
  readonly noise: number | undefined;
}

/** A party by what was agreed. */
export function toldParty(agreement: Agreement, parts: EndParts, foreign?: Foreign): string {
  const { place, codec, telephoneEvent } = agreement;
  const events = [telephoneEvent, foreign?.event].filter((type) => type !== undefined);
  const family = familyOfIp(canonicalIp(parts.localAddress) ?? "0.0.0.0");
  return describe({
    address: place === undefined ? nowhere(family) : soundAddress(place, parts),
    port: place?.port ?? DISCARD,
    rtcpPort: place?.rtcpPort,
    codecs: foreign?.codec === undefined ? [codec] : [codec, foreign.codec],
    telephoneEvents: events,
    noise: foreign?.noise,
  });
}

/** The other side of an end that is connected to nobody: it says the same, and is nowhere. */
export function toldNobody(
  codecs: readonly MappedCodec[],
  telephoneEvent: number | undefined,
  parts: EndParts,
): string {
  return describe({
    address: nowhere(familyOfIp(canonicalIp(parts.localAddress) ?? "0.0.0.0")),
    port: DISCARD,
    rtcpPort: undefined,
    codecs,
    telephoneEvents: telephoneEvent === undefined ? [] : [telephoneEvent],
    noise: undefined,
  });
}

/** How two ends are joined: who stands as the one that offers, and what has to be converted. */
export interface Join<E> {
  readonly offerer: E;
  readonly answerer: E;
  readonly codec: Readonly<Record<string, readonly string[]>> | undefined;
  /** What the offerer is said to take besides its own. */
  readonly foreign: Foreign;
}

/**
 * Plans a join. Where the payload types of telephone-event differ, or only one end has it, the end that has it offers and
 * rtpengine "accepts" it there: then it translates keys, into tones if it must. Otherwise it would pass them on under a
 * number that the other end does not know, and not report them either. The same is done with a codec that both have under
 * different numbers (RFC 3264 §6.1).
 */
export function planJoin<E>(
  one: { readonly end: E; readonly agreement: Agreement },
  other: { readonly end: E; readonly agreement: Agreement },
): Join<E> {
  const [first, second] = mustOffer(other.agreement, one.agreement) ? [other, one] : [one, other];
  const codec: Record<string, readonly string[]> = {};
  const from: AudioCodec = first.agreement.codec.codec;
  const to: AudioCodec = second.agreement.codec.codec;
  if (from !== to) codec.transcode = [to];
  const foreignCodec = foreignCodecOf(first.agreement, second.agreement);
  if (foreignCodec !== undefined) codec.accept = [from];
  const noise = noiseOf(first.agreement);
  const foreignNoise = noiseOf(second.agreement) === undefined ? noise : undefined;
  // rtpengine then keeps it from the other side, where it would pass it on as it is.
  if (foreignNoise !== undefined) codec.accept = [...(codec.accept ?? []), "CN"];
  const own = first.agreement.telephoneEvent;
  const theirs = second.agreement.telephoneEvent;
  if (own !== undefined && own !== theirs) codec.accept = [...(codec.accept ?? []), "telephone-event"];
  return {
    offerer: first.end,
    answerer: second.end,
    codec: Object.keys(codec).length === 0 ? undefined : codec,
    foreign: {
      event: own !== undefined && theirs !== own ? theirs : undefined,
      codec: foreignCodec,
      noise: foreignNoise,
    },
  };
}

const noiseOf = ({ audio }: Agreement): number | undefined => audio.comfortNoise;

/** Whether of two ends this one has something that has to be translated for the other: keys before comfort noise. */
function mustOffer(one: Agreement, other: Agreement): boolean {
  const [keys, others] = [one.telephoneEvent !== undefined, other.telephoneEvent !== undefined];
  return keys === others ? noiseOf(one) !== undefined && noiseOf(other) === undefined : keys;
}

/** The answerer's number of a codec that both have, unless it means something else to the offerer. */
function foreignCodecOf(offerer: Agreement, answerer: Agreement): MappedCodec | undefined {
  const { codec } = answerer;
  if (offerer.codec.codec !== codec.codec || offerer.codec.payloadType === codec.payloadType)
    return undefined;
  return codec.payloadType === offerer.telephoneEvent ? undefined : codec;
}

/** The address and port that rtpengine has taken for an end, out of a description of its making. */
export function readLocalPort(sdp: string): LocalPort | undefined {
  const description = parseSdp(Buffer.from(sdp));
  if (!description.ok) return undefined;
  const line = description.value.media[0];
  const connection = line?.connection ?? description.value.connection;
  const address = connection === undefined ? undefined : canonicalIp(connection.address);
  if (line === undefined || line.port === 0 || address === undefined) return undefined;
  return { address, port: line.port };
}
