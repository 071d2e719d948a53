const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// What is called Latin-1 on the web is windows-1252 (WHATWG Encoding §4.2): the same but for 0x80–0x9F.
const LATIN1 = new TextDecoder("windows-1252");
const LOOSE_UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const ASCII = /^[\0-\x7f]*$/;
/** Form-encoded text in which every escape is whole and stands for ASCII: what nearly every value is. */
const ASCII_FORM = /^(?:[^%\x80-\xff]|%[0-7][\da-f])*$/i;
const UTF8_BOM = "\xef\xbb\xbf";
const UTF16 = new TextDecoder("utf-16le", { ignoreBOM: true });
const FIRST_WITHOUT_MEANING = 0x20;
const [SPACE, PERCENT, PLUS] = [0x20, 0x25, 0x2b];

/** A reply body with one character per byte, BOM and surrounding white space dropped. */
export function bodyBytes(body: Uint8Array): string {
  const bytes = textOf(body);
  return trimAscii(bytes.startsWith(UTF8_BOM) ? bytes.slice(UTF8_BOM.length) : bytes);
}

/** Reads one-character-per-byte text as UTF-8, or as Latin-1 where it is not valid UTF-8. */
export function decodeBytes(bytes: string): string {
  return ASCII.test(bytes) ? bytes : decodeOctets(octetsOf(bytes));
}

function decodeOctets(octets: Uint8Array): string {
  try {
    return UTF8.decode(octets);
  } catch {
    return LATIN1.decode(octets); // the decoder has no other way to say that it is not UTF-8
  }
}

/** Octets as one character each. */
export function textOf(octets: Uint8Array): string {
  // Nearly every reply is ASCII, of which decoders make strings at once; what is not gives at least one other character.
  const text = LOOSE_UTF8.decode(octets);
  if (ASCII.test(text)) return text;
  // No decoder of the web gives one character an octet, but octets widened to 16 bits are that in UTF-16 (all that Node and
  // browsers run on has the low octet first), ten times as fast as `String.fromCharCode`.
  return UTF16.decode(new Uint8Array(new Uint16Array(octets).buffer));
}

/** The octets of a text that has one character for each. */
export function octetsOf(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) octets[at] = text.charCodeAt(at);
  return octets;
}

/**
 * Decodes `application/x-www-form-urlencoded` text, given one character per byte, exactly once: `+` is a
 * space, `%XX` a byte; a `%` that is not followed by two hex digits stands for itself.
 */
export function decodeForm(bytes: string): string {
  if (!bytes.includes("%") && !bytes.includes("+")) return decodeBytes(bytes);
  if (ASCII_FORM.test(bytes)) return decodeURIComponent(bytes.replaceAll("+", " "));
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    let code = bytes.charCodeAt(at);
    if (code === PLUS) code = SPACE;
    else if (code === PERCENT) {
      const high = hexDigit(bytes.charCodeAt(at + 1));
      const low = hexDigit(bytes.charCodeAt(at + 2));
      if (high >= 0 && low >= 0) {
        code = high * 16 + low;
        at += 2;
      }
    }
    decoded[length] = code;
    length += 1;
  }
  return decodeOctets(decoded.subarray(0, length));
}

/** Drops spaces and control characters at both ends; like `trim`, but it does not take 0xA0 for a space. */
export function trimAscii(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= FIRST_WITHOUT_MEANING) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= FIRST_WITHOUT_MEANING) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
