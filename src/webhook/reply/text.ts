const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// What is called Latin-1 on the web is windows-1252 (WHATWG Encoding §4.2): the same but for 0x80–0x9F.
const LATIN1 = new TextDecoder("windows-1252");
const ASCII = /^[\0-\x7f]*$/;
const UTF8_BOM = "\xef\xbb\xbf";
const FIRST_WITHOUT_MEANING = 0x20;
const [SPACE, PERCENT, PLUS] = [0x20, 0x25, 0x2b];

/** A reply body with one character per byte, BOM and surrounding white space dropped. */
export function bodyBytes(body: Uint8Array): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  return trimAscii(bytes.startsWith(UTF8_BOM) ? bytes.slice(UTF8_BOM.length) : bytes);
}

/** Reads one-character-per-byte text as UTF-8, or as Latin-1 where it is not valid UTF-8. */
export function decodeBytes(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  try {
    return UTF8.decode(buffer);
  } catch {
    return LATIN1.decode(buffer); // the decoder has no other way to say that it is not UTF-8
  }
}

/**
 * Decodes `application/x-www-form-urlencoded` text, given one character per byte, exactly once: `+` is a
 * space, `%XX` a byte; a `%` that is not followed by two hex digits stands for itself.
 */
export function decodeForm(bytes: string): string {
  if (!bytes.includes("%") && !bytes.includes("+")) return decodeBytes(bytes);
  const decoded = Buffer.allocUnsafe(bytes.length);
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
  return decodeBytes(decoded.toString("latin1", 0, length));
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
