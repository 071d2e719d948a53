import { canonicalIp, familyOfIp, type IpAddress } from "../../lib/ip-address.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { COMFORT_NOISE_PAYLOAD_TYPE, RTP_CLOCK, STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import { addressKind } from "./address.ts";
import type { Attribute, Connection, MediaDescription, SessionDescription } from "./description.ts";
import { MAX_FAULTS, sdpSaid } from "./words.ts";

/** Which way sound goes, from the view of who wrote it (RFC 8866 §6.7). */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** A codec and the payload type that its writer wants to get it with. */
export interface MappedCodec {
  readonly codec: AudioCodec;
  readonly payloadType: number;
}

/** One m-line of a party as far as we use it. */
export interface RemoteAudio {
  /** Of the m-line in its description. */
  readonly index: number;
  /** Undefined: `c=0.0.0.0` or `::`, hold as RFC 2543 had it: nothing may be sent (RFC 3264 §8.4). */
  readonly address: IpAddress | undefined;
  readonly port: number;
  /** Where its RTCP goes (RFC 3605; else the next port). */
  readonly rtcpPort: number;
  /** It can take RTCP on the port of RTP (RFC 5761). */
  readonly rtcpMux: boolean;
  readonly direction: Direction;
  /** In its order of preference, only those that we know. */
  readonly codecs: readonly MappedCodec[];
  /** Payload type of telephone-event at our clock (RFC 4733). */
  readonly telephoneEvent: number | undefined;
  /** Payload type of comfort noise (RFC 3389). */
  readonly comfortNoise: number | undefined;
}

/**
 * The first m-line that can be used; else why there is none. `mustBeAt`: the m-line of an answer has to be
 * that of the offer.
 */
export function readAudio(description: SessionDescription, mustBeAt?: number): Result<RemoteAudio, Said> {
  const faults: Said[] = [];
  for (const [index, media] of description.media.entries()) {
    if (mustBeAt !== undefined && index !== mustBeAt) continue;
    const audio = readMedia(description, media, index);
    if (audio.ok) return audio;
    if (faults.length < MAX_FAULTS) faults.push(audio.error);
  }
  const [one, two = "", three = "", four = ""] = faults;
  if (one === undefined) return err(sdpSaid("sdp.noAudio", {}));
  return err(sdpSaid("sdp.noUsableAudio", { one, two, three, four }));
}

function readMedia(
  session: SessionDescription,
  media: MediaDescription,
  index: number,
): Result<RemoteAudio, Said> {
  const line = index + 1;
  if (media.kind !== "audio") return err(sdpSaid("sdp.otherKind", { line, kind: media.kind }));
  if (media.port === 0) return err(sdpSaid("sdp.switchedOff", { line }));
  if (media.protocol !== "RTP/AVP")
    return err(sdpSaid("sdp.otherProfile", { line, profile: media.protocol }));
  const address = readAddress(media.connection ?? session.connection, line);
  if (!address.ok) return address;
  const formats = readFormats(media);
  if (formats.codecs.length === 0) return err(sdpSaid("sdp.noCodec", { line, names: formatNames(media) }));
  const rtcp = Number(/^\d{1,5}(?= |$)/.exec(valueOf(media.attributes, "rtcp") ?? "")?.[0] ?? media.port + 1);
  return ok({
    index,
    address: address.value,
    port: media.port,
    rtcpPort: rtcp >= 1 && rtcp <= 65_535 ? rtcp : media.port,
    rtcpMux: media.attributes.some(({ name }) => name === "rtcp-mux"),
    direction: directionOf(media.attributes) ?? directionOf(session.attributes) ?? "sendrecv",
    ...formats,
  });
}

function readAddress(connection: Connection | undefined, line: number): Result<IpAddress | undefined, Said> {
  if (connection === undefined) return err(sdpSaid("sdp.noAddress", { line }));
  const address = canonicalIp(connection.address);
  if (address === undefined) return err(sdpSaid("sdp.badAddress", { line }));
  if (familyOfIp(address) !== (connection.family === "IP4" ? 4 : 6))
    return err(sdpSaid("sdp.otherFamily", { line, family: connection.family }));
  if (address === "0.0.0.0" || address === "::") return ok(undefined);
  const kind = addressKind(address);
  if (kind === "group" || kind === "unspecified")
    return err(sdpSaid("sdp.nobodysAddress", { line, address }));
  return ok(address);
}

function directionOf(attributes: readonly Attribute[]): Direction | undefined {
  for (const { name } of attributes)
    if (name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive") return name;
  return undefined;
}

function valueOf(attributes: readonly Attribute[], wanted: string): string | undefined {
  return attributes.find(({ name }) => name === wanted)?.value;
}

type Formats = Pick<RemoteAudio, "codecs" | "telephoneEvent" | "comfortNoise">;

/** RFC 3264 §5.1: formats in order of preference; `a=rtpmap` says what a payload type is, static ones need none. */
function readFormats(media: MediaDescription): Formats {
  const codecs: MappedCodec[] = [];
  let telephoneEvent: number | undefined;
  let comfortNoise: number | undefined;
  const maps = readMaps(media.attributes);
  const seen = new Set<number>();
  for (const format of media.formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    if (payloadType > 127 || seen.has(payloadType)) continue;
    seen.add(payloadType);
    const name = maps.get(payloadType) ?? staticName(payloadType);
    if (name === "TELEPHONE-EVENT") telephoneEvent ??= payloadType;
    else if (name === "CN") comfortNoise ??= payloadType;
    else if (name === "PCMA" || name === "PCMU" || name === "G722") codecs.push({ codec: name, payloadType });
  }
  return { codecs, telephoneEvent, comfortNoise };
}

const MOST_NAMES = 8;

/** What a party says that it speaks, for a sentence: `opus/48000, speex/16000, payload type 97`. */
function formatNames({ formats, attributes }: MediaDescription): string {
  const names = formats.slice(0, MOST_NAMES).map((format) => {
    const own = attributes.find(({ name, value }) => name === "rtpmap" && value.split(" ", 1)[0] === format);
    const called = /^\d{1,3} {1,8}([!-.0-~]{1,32}\/\d{1,6})/.exec(own?.value ?? "")?.[1];
    return called ?? OTHERS_STATIC.get(format) ?? `payload type ${format.slice(0, 16)}`;
  });
  const more = formats.length - names.length;
  return `${names.join(", ") || "nothing"}${more > 0 ? ` and ${more} more` : ""}`;
}

/** RFC 3551 §6: what static payload types that we do not speak are called. */
const OTHERS_STATIC: ReadonlyMap<string, string> = new Map([
  ["3", "GSM"],
  ["4", "G723"],
  ["13", "CN"],
  ["15", "G728"],
  ["18", "G729"],
]);

/** `a=rtpmap:101 telephone-event/8000[/1]`, as name in upper case; those of another clock or of stereo are "". */
function readMaps(attributes: readonly Attribute[]): ReadonlyMap<number, string> {
  const maps = new Map<number, string>();
  for (const { name, value } of attributes) {
    if (name !== "rtpmap") continue;
    const match = /^ {0,8}(\d{1,3}) {1,8}([!-.0-~]{1,64})\/(\d{1,6})(?:\/(\d{1,3}))?$/.exec(value);
    if (match === null) continue;
    const usable = Number(match[3]) === RTP_CLOCK && (match[4] === undefined || Number(match[4]) === 1);
    // The first of two for one payload type counts.
    const payloadType = Number(match[1]);
    if (!maps.has(payloadType)) maps.set(payloadType, usable ? (match[2] ?? "").toUpperCase() : "");
  }
  return maps;
}

function staticName(payloadType: number): string {
  for (const [codec, known] of STATIC_PAYLOAD_TYPES) if (known === payloadType) return codec;
  return payloadType === COMFORT_NOISE_PAYLOAD_TYPE ? "CN" : "";
}

/** Whether its writer wants to hear. */
export function hears(audio: RemoteAudio): boolean {
  return audio.address !== undefined && (audio.direction === "sendrecv" || audio.direction === "recvonly");
}

/** Whether its writer may send. */
export function speaks(audio: RemoteAudio): boolean {
  return audio.direction === "sendrecv" || audio.direction === "sendonly";
}

/** How our answer mirrors a direction (RFC 3264 §6.1). */
export function answerDirection(audio: RemoteAudio): Direction {
  if (hears(audio)) return speaks(audio) ? "sendrecv" : "sendonly";
  return speaks(audio) ? "recvonly" : "inactive";
}
