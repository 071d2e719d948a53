const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// What is called Latin-1 on the web is windows-1252 (WHATWG Encoding §4.2): the same but for 0x80–0x9F.
const LATIN1 = new TextDecoder("windows-1252");
const LOOSE_UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const ASCII = /^[\0-\x7f]*$/;
/** Form-encoded text in which every escape is whole and stands for ASCII: what nearly every value is. */
const ASCII_FORM = /^(?:[^%\x80-\xff]|%[0-7][\da-f])*$/i;
/** A byte order mark in UTF-8, and the same encoded as UTF-8 once more. */
const BOMS = ["\xef\xbb\xbf", "\xc3\xaf\xc2\xbb\xc2\xbf"];
/** The same, and blanks that are no ASCII: U+00A0, U+2028, U+2029 and U+3000 in UTF-8. */
const UNSEEN = [...BOMS, "\xc2\xa0", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe3\x80\x80"];
const UTF16 = new TextDecoder("utf-16le", { ignoreBOM: true });
const FIRST_WITHOUT_MEANING = 0x20;
const FIRST_OF_MANY = 0x80;
const [SPACE, PERCENT, PLUS] = [0x20, 0x25, 0x2b];

/** A reply body with one character per byte; byte order marks and white space at both ends are dropped, however many. */
export function bodyBytes(body: Uint8Array): string {
  return withoutMarks(textOf(body));
}

function withoutMarks(bytes: string): string {
  let text = trimAscii(bytes);
  for (;;) {
    // Nearly every body begins and ends with an ASCII character.
    if (text.charCodeAt(0) < FIRST_OF_MANY && !(text.charCodeAt(text.length - 1) >= FIRST_OF_MANY))
      return text;
    const before = text.length;
    for (const mark of UNSEEN) {
      if (text.startsWith(mark)) text = text.slice(mark.length);
      if (text.endsWith(mark)) text = text.slice(0, -mark.length);
    }
    text = trimAscii(text);
    if (text.length === before) return text;
  }
}

/** How a body is encoded in UTF-16, by its byte order mark or by the zeros that ASCII has in it; undefined: it is not. */
export function utf16Of(body: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second, third, fourth] = body;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === undefined || fourth === undefined) return undefined;
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return "utf-16le";
  return first === 0 && second !== 0 && third === 0 && fourth !== 0 ? "utf-16be" : undefined;
}

/** A text as a reply body of it would be read: its UTF-8, one character per byte. */
export function bytesOf(text: string): string {
  return withoutMarks(textOf(new TextEncoder().encode(text)));
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
