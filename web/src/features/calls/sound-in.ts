import { STATIC_PAYLOAD_TYPES } from "../../../../src/media/codec/codec.ts";
import { type MediaDescription, parseSdp } from "../../../../src/media/sdp/description.ts";
import type { RowSaying } from "./row-saying.ts";

const NAMES: Readonly<Record<string, string>> = { PCMU: "G.711 µ-law", PCMA: "G.711 A-law", G722: "G.722" };
const END_OF_HEAD = "\r\n\r\n";

/**
 * Which sound the description in an answer settles on, and whether keys come as RFC 4733 events; undefined where it describes
 * none. Whatever stands in the message, this does not fail.
 */
export function soundSaying(message: string): RowSaying | undefined {
  const head = message.indexOf(END_OF_HEAD);
  const read = parseSdp(new TextEncoder().encode(head < 0 ? "" : message.slice(head + END_OF_HEAD.length)));
  const audio = read.ok ? read.value.media.find(({ kind }) => kind === "audio") : undefined;
  if (audio === undefined) return undefined;
  const names = audio.formats.flatMap((format) => encodingOf(audio, format) ?? []);
  const codec = names.find((name) => !isEvents(name));
  if (codec === undefined) return undefined;
  const values = { codec: NAMES[codec.toUpperCase()] ?? codec };
  return { key: names.some(isEvents) ? "soundKeys" : "sound", values };
}

function isEvents(name: string): boolean {
  return name.toLowerCase() === "telephone-event";
}

/** RFC 8866 §6.6: `a=rtpmap:101 telephone-event/8000`; the types of RFC 3551 §6 need none. */
function encodingOf({ attributes }: MediaDescription, format: string): string | undefined {
  const map = attributes.find(({ name, value }) => name === "rtpmap" && value.startsWith(`${format} `));
  if (map !== undefined) return map.value.slice(format.length + 1).split("/", 1)[0];
  return [...STATIC_PAYLOAD_TYPES].find(([, type]) => String(type) === format)?.[0];
}
