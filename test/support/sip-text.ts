// A second, deliberately simple reader of SIP, so that what our own serialiser wrote is not judged by our own parser.

/** Header lines of a message in order, unfolded, names as written. */
export function headerLines(text: string): readonly (readonly [name: string, value: string])[] {
  const head = text.split("\r\n\r\n", 1)[0] ?? "";
  const lines = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n");
  return lines.slice(1).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
  });
}

/** All values of a header, in order; `name` in its long form, as Switchhook writes it. */
export function headers(text: string, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headerLines(text)
    .filter(([found]) => found.toLowerCase() === wanted)
    .map(([, value]) => value);
}

/** The one value of a header; empty when it is missing, an error when there are several. */
export function header(text: string, name: string): string {
  const found = headers(text, name);
  if (found.length > 1) throw new Error(`${name} stands ${found.length} times in\n${text}`);
  return found[0] ?? "";
}

/** The display name of a From, To or P-Asserted-Identity value, escapes undone (RFC 3261 §25.1). */
export function displayName(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*</s.exec(value)?.[1];
  return quoted === undefined
    ? (/^([^<"]*)</.exec(value)?.[1] ?? "").trim()
    : quoted.replaceAll(/\\(.)/gs, "$1");
}

/** The user part of the first SIP URI in a value. */
export function user(value: string): string {
  return /sips?:([^@;>]*)@/.exec(value)?.[1] ?? "";
}

/** The start line. */
export function startLine(text: string): string {
  return text.split("\r\n", 1)[0] ?? "";
}

/** `INVITE`, `BYE` …, or the status of a response. */
export function kind(text: string): string {
  const [first = "", second = ""] = startLine(text).split(" ");
  return first === "SIP/2.0" ? second : first;
}

/** Method of the transaction that a message belongs to. */
export function method(text: string): string {
  return header(text, "CSeq").split(" ")[1] ?? "";
}

export function body(text: string): string {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? "" : text.slice(end + 4);
}
