import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";

/** What a file is by its content. `m4a` is MPEG-4 audio (AAC or ALAC in an ISO container). */
export type AudioKind = "wav" | "mp3" | "vorbis" | "opus" | "flac" | "m4a";

/** As a person calls them. */
const NAMES: Readonly<Record<AudioKind, string>> = {
  wav: "WAV",
  mp3: "MP3",
  vorbis: "OGG Vorbis",
  opus: "OGG Opus",
  flac: "FLAC",
  m4a: "M4A",
};

/** What the end of a file's name promises; a name with another ending, or none, promises nothing. */
const ENDINGS: Readonly<Record<string, readonly AudioKind[]>> = {
  wav: ["wav"],
  wave: ["wav"],
  mp3: ["mp3"],
  ogg: ["vorbis", "opus", "flac"],
  oga: ["vorbis", "opus", "flac"],
  opus: ["opus"],
  flac: ["flac"],
  m4a: ["m4a"],
  mp4: ["m4a"],
};

/** Beginnings of files that people take for sound. */
const OTHERS: readonly (readonly [beginning: string, what: string])[] = [
  ["%PDF", "a PDF document"],
  ["PK\u0003\u0004", "a ZIP archive or an office document"],
  ["\u0089PNG", "a picture"],
  ["\u00ff\u00d8\u00ff", "a picture"],
  ["GIF8", "a picture"],
  ["MThd", "a MIDI file, which holds notes and no sound"],
  ["FORM", "AIFF"],
  ["RIFX", "WAV in big-endian order"],
  ["RF64", "WAV in the form for files over 4 GiB"],
  ["#!AMR", "AMR"],
  [".snd", "Sun audio"],
  ["\u007fELF", "a program"],
  ["MZ", "a program"],
  ["#!", "a script"],
  ["<", "a web page or XML"],
];

/**
 * What a file is, by its first octets alone. An error is a sentence; `file` is its name as the person wrote it, used to
 * tell a file that is something else than its name says.
 */
export function sniff(bytes: Uint8Array, file: string): Result<AudioKind, string> {
  if (bytes.length === 0) return err(`${file} is empty.`);
  const kind = kindOf(bytes);
  if (kind === undefined) {
    const what = looksLike(bytes);
    const guess = what === undefined ? "" : ` It looks like ${what}.`;
    return err(
      `${file} is not sound that can be read here.${guess} Give a WAV, MP3, OGG (Vorbis or Opus), FLAC or M4A file.`,
    );
  }
  const ending = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  const promised = ENDINGS[ending];
  if (promised !== undefined && !promised.includes(kind)) {
    return err(
      `${file} is ${NAMES[kind]} by its content, not what the name says. Give it the right ending, or the right file.`,
    );
  }
  return ok(kind);
}

function kindOf(bytes: Uint8Array): AudioKind | undefined {
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WAVE")) return "wav";
  if (hasText(bytes, 0, "fLaC")) return "flac";
  if (hasText(bytes, 4, "ftyp")) return "m4a";
  if (hasText(bytes, 0, "OggS")) return oggKind(bytes);
  return isMpegAudio(bytes.subarray(tagLength(bytes))) ? "mp3" : undefined;
}

/** RFC 3533 §6: the first page holds the first packet of the codec alone, after 27 octets and the segment table. */
function oggKind(bytes: Uint8Array): AudioKind | undefined {
  const packet = 27 + (bytes[26] ?? 0);
  if (hasText(bytes, packet, "\u0001vorbis")) return "vorbis";
  if (hasText(bytes, packet, "OpusHead")) return "opus";
  return hasText(bytes, packet, "\u007fFLAC") ? "flac" : undefined;
}

/** Octets of an ID3v2 tag, which stands before the sound; its size has seven bits an octet. */
export function tagLength(bytes: Uint8Array): number {
  if (!hasText(bytes, 0, "ID3") || bytes.length < 10) return 0;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, 10);
  const footer = ((bytes[5] ?? 0) & 0x10) === 0 ? 0 : 10;
  return 10 + footer + ((a & 0x7f) << 21) + ((b & 0x7f) << 14) + ((c & 0x7f) << 7) + (d & 0x7f);
}

/** The header of an MPEG audio frame of layer II or III (ISO 11172-3 §2.4.1.3), after at most some padding. */
function isMpegAudio(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < 4096 && bytes[at] === 0) at += 1;
  const [sync = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  const bitrate = third >> 4;
  const rate = (third >> 2) & 3;
  const isFrame = sync === 0xff && (second & 0xe0) === 0xe0;
  return isFrame && version !== 1 && (layer === 1 || layer === 2) && bitrate !== 15 && rate !== 3;
}

function looksLike(bytes: Uint8Array): string | undefined {
  const known = OTHERS.find(([beginning]) => hasText(bytes, 0, beginning));
  if (known !== undefined) return known[1];
  const isText = bytes.subarray(0, 512).every((octet) => octet >= 0x20 || (octet >= 9 && octet <= 13));
  return isText ? "text" : undefined;
}

/** Whether these characters (Latin-1) stand at a place. */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
