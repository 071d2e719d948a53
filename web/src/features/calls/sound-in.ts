import type { RowSaying } from "./row-saying.ts";

/** As RFC 3551 §6 numbers them: those need no `a=rtpmap`. */
const STATIC: Readonly<Record<string, string>> = { "0": "PCMU", "8": "PCMA", "9": "G722" };
const NAMES: Readonly<Record<string, string>> = { PCMU: "G.711 µ-law", PCMA: "G.711 A-law", G722: "G.722" };

/**
 * Which sound the SDP of an answer settles on, and whether keys come as RFC 4733 events; undefined where it describes none.
 * Whatever stands in the text, this does not fail.
 */
export function soundSaying(text: string): RowSaying | undefined {
  const payloads = /^m=audio \d+ \S+ ([\d ]+)/m.exec(text)?.[1]?.trim().split(/ +/) ?? [];
  const encoding = new Map<string, string>(Object.entries(STATIC));
  for (const [, payload = "", name = ""] of text.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm))
    encoding.set(payload, name);
  const names = payloads.flatMap((payload) => encoding.get(payload) ?? []);
  const isEvents = (name: string): boolean => name.toLowerCase() === "telephone-event";
  const codec = names.find((name) => !isEvents(name));
  if (codec === undefined) return undefined;
  const values = { codec: NAMES[codec.toUpperCase()] ?? codec };
  return { key: names.some(isEvents) ? "soundKeys" : "sound", values };
}
