import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";

/** Forms that are read here. */
export type OwnKind = "wav" | "mp3" | "vorbis" | "opus" | "flac";

/**
 * Forms that need the program ffmpeg. `m4a` is MPEG-4 audio (AAC or ALAC in an ISO container), `packedWav` a WAV file whose
 * samples are packed: GSM 6.10, as switchboards export it, ADPCM, MP3.
 */
export type ForeignKind = "m4a" | "packedWav" | "webm" | "aac" | "wma" | "caf" | "aiff" | "amr";

/** What a file is by its content. */
export type AudioKind = OwnKind | ForeignKind;

/** As a person calls them. */
export const NAMES: Readonly<Record<AudioKind, string>> = {
  wav: "WAV",
  mp3: "MP3",
  vorbis: "OGG Vorbis",
  opus: "OGG Opus",
  flac: "FLAC",
  m4a: "M4A",
  packedWav: "WAV with packed samples (GSM, ADPCM or MP3)",
  webm: "WebM",
  aac: "AAC",
  wma: "Windows Media",
  caf: "CAF",
  aiff: "AIFF",
  amr: "AMR",
};

/** What the end of a file's name promises; a name with another ending, or none, promises nothing. */
const ENDINGS: Readonly<Record<string, readonly AudioKind[]>> = {
  wav: ["wav", "packedWav"],
  wave: ["wav", "packedWav"],
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
  ["RIFX", "WAV in big-endian order"],
  ["RF64", "WAV in the form for files over 4 GiB"],
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
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WAVE")) return isPacked(bytes) ? "packedWav" : "wav";
  if (hasText(bytes, 0, "fLaC")) return "flac";
  if (hasText(bytes, 4, "ftyp")) return "m4a";
  if (hasText(bytes, 0, "OggS")) return oggKind(bytes);
  const foreign = FOREIGN.find(([beginning]) => hasText(bytes, 0, beginning));
  if (foreign !== undefined) return foreign[1];
  if (mpegStart(bytes) !== undefined) return "mp3";
  return isAdts(bytes, tagLength(bytes)) ? "aac" : undefined;
}

/** A frame of AAC in ADTS (ISO 13818-7 §6.2.1) that another one follows: the sync word, layer 0, and its length. */
function isAdts(bytes: Uint8Array, at: number): boolean {
  const isSync = (place: number): boolean =>
    bytes[place] === 0xff && ((bytes[place + 1] ?? 0) & 0xf6) === 0xf0;
  const [third = 0, fourth = 0, fifth = 0] = bytes.subarray(at + 3, at + 6);
  const length = ((third & 3) << 11) | (fourth << 3) | (fifth >> 5);
  return isSync(at) && length > 7 && isSync(at + length);
}

const FOREIGN: readonly (readonly [beginning: string, kind: ForeignKind])[] = [
  ["\u001aE\u00df\u00a3", "webm"],
  ["0&\u00b2u\u008ef\u00cf\u0011", "wma"],
  ["caff", "caf"],
  ["FORM", "aiff"],
  ["#!AMR", "amr"],
];

/** Format tags of RIFF WAVE: ADPCM of Microsoft and IMA, GSM 6.10, MPEG layers I to III. */
const PACKED: ReadonlySet<number> = new Set([2, 17, 49, 80, 85]);

/** By the description of the samples, which is the first chunk of nearly all files. */
function isPacked(bytes: Uint8Array): boolean {
  return hasText(bytes, 12, "fmt ") && PACKED.has((bytes[20] ?? 0) | ((bytes[21] ?? 0) << 8));
}

/** Something else stands in front of the sound of some MP3 files: tags, twice, or rubbish. No more of it is looked through. */
const MAX_RUBBISH = 65_536;

/**
 * Where the first frame of MPEG audio is that another one follows; undefined: there is none. A header alone may be any
 * octets, so rubbish is passed over only up to a frame that is followed.
 */
export function mpegStart(bytes: Uint8Array): number | undefined {
  const start = tagLength(bytes);
  if (isMpegAudio(bytes.subarray(start))) return start;
  if (start === 0 && (looksLike(bytes) !== undefined || bytes.length === 0)) return undefined;
  const end = Math.min(bytes.length - 4, start + MAX_RUBBISH);
  for (let at = start; at < end; at += 1) {
    const length = bytes[at] === 0xff ? frameLength(bytes, at) : undefined;
    if (length === undefined) continue;
    const second = frameLength(bytes, at + length);
    if (second !== undefined && frameLength(bytes, at + length + second) !== undefined) return at;
  }
  return undefined;
}

/** Kbit/s of layer III by the index in a header (ISO 11172-3 §2.4.2.3, ISO 13818-3): MPEG 1, then 2 and 2.5. */
const BITRATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const RATES = [44_100, 48_000, 32_000] as const;

/** Octets of the layer III frame whose header is here; undefined: there is none. */
function frameLength(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const version = (second >> 3) & 3;
  if (sync !== 0xff || (second & 0xe0) !== 0xe0 || version === 1 || ((second >> 1) & 3) !== 1)
    return undefined;
  const isFirst = version === 3;
  const kbits = BITRATES[isFirst ? 0 : 1][third >> 4] ?? 0;
  const rate = (RATES[(third >> 2) & 3] ?? 0) / (isFirst ? 1 : version === 2 ? 2 : 4);
  if (kbits === 0 || rate === 0) return undefined;
  return Math.floor(((isFirst ? 144_000 : 72_000) * kbits) / rate) + ((third >> 1) & 1);
}

/** RFC 3533 §6: the first page holds the first packet of the codec alone, after 27 octets and the segment table. */
function oggKind(bytes: Uint8Array): AudioKind | undefined {
  const packet = 27 + (bytes[26] ?? 0);
  if (hasText(bytes, packet, "\u0001vorbis")) return "vorbis";
  if (hasText(bytes, packet, "OpusHead")) return "opus";
  return hasText(bytes, packet, "\u007fFLAC") ? "flac" : undefined;
}

const MOST_TAGS = 8;

/** Octets of the tags that stand before the sound: ID3v2, of which some files have two, and APEv2. */
export function tagLength(bytes: Uint8Array): number {
  let at = 0;
  for (let tags = 0; tags < MOST_TAGS; tags += 1) {
    const length = oneTag(bytes.subarray(at, at + 32));
    if (length === 0) break;
    at += length;
  }
  return at;
}

function oneTag(head: Uint8Array): number {
  if (hasText(head, 0, "APETAGEX")) {
    // Its size is that of the items and the footer; the header comes on top.
    const [a = 0, b = 0, c = 0, d = 0] = head.subarray(12, 16);
    return 32 + a + (b << 8) + (c << 16) + d * 0x100_0000;
  }
  if (!hasText(head, 0, "ID3") || head.length < 10) return 0;
  // Seven bits an octet.
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  const footer = ((head[5] ?? 0) & 0x10) === 0 ? 0 : 10;
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
