import { encodeValue } from "../../dialplan/template.ts";
import { visible } from "../../lib/failure.ts";
import type { ReplyFailure } from "./reasons.ts";
import { decodeBytes } from "./text.ts";

// What stands in a reply that cannot be read, and what its writer should write instead. Nothing here changes what a call
// does: a reply that comes here fails. A line is advised only with the verdict that the reply holds.

/** As much as is looked at. */
const MAX_LOOKED_AT = 8192;
/** A key of ours with its `=` or `:`, whatever quotes are around it. */
const KEY = /(?<![\w-])["'\\]{0,4}(status|destination|callername|value)["'\\]{0,4}\s{0,8}(?:=>|[:=])/gi;
/** A verdict as a word, wherever it stands. */
const REFUSAL = /(?<![a-z])(?:nak|nack|err)(?![a-z])/i;
const VERDICT = /^["'\\(\s]*(ack|nak|err)(?![a-z])/i;
const BARE_VERDICT = /^["'\\(\s]*(ack|nak|err)["'\\)\s.!;,]*$/i;

/** Whether a text says NAK or ERR anywhere: then no advice for it may open. */
export function saysNo(text: string): boolean {
  return REFUSAL.test(text.slice(0, MAX_LOOKED_AT));
}

/** What programs write for a value that there is not. */
const NOBODY = /^(?:none|null|undefined|nan|nil|false|)$/i;

interface Part {
  readonly key: string;
  readonly value: string;
  /** What stands between the part before and this one. */
  readonly at: number;
}

/** The parts of a reply that a text holds, however they are joined. */
function partsIn(text: string): readonly Part[] {
  const found = [...text.matchAll(KEY)].slice(0, 12);
  return found.map((match, index) => {
    const start = match.index + match[0].length;
    const end = found[index + 1]?.index ?? text.length;
    return { key: (match[1] ?? "").toLowerCase(), value: valueIn(text.slice(start, end)), at: match.index };
  });
}

/** No value that is advised is longer, what is around it included. */
const MAX_VALUE = 200;

/** The first value in what stands behind a key: to a line end, a tag or a separator. */
function valueIn(text: string): string {
  const [value = ""] = text
    .slice(0, MAX_VALUE)
    .replace(/^[\s"'\\]+/, "")
    .split(/["'\\]*\s*(?:[\r\n\t;|&<>{}"]|,(?:\s|$)|<br)/, 1);
  return value.replace(/[\s"',\\]+$/, "");
}

/** The line that was meant by a text with all parts of a reply in it; undefined where that is not certain. */
export function lineIn(whole: string): string | undefined {
  const text = plain(whole.slice(0, MAX_LOOKED_AT));
  const parts = partsIn(text);
  const verdicts = parts.flatMap(({ key, value }) => (key === "status" ? [VERDICT.exec(value)?.[1]] : []));
  const verdict = verdicts[0]?.toUpperCase();
  if (verdict === undefined || verdicts.some((one) => one?.toUpperCase() !== verdict)) return undefined;
  if (verdict !== "ACK") return `status=${verdict}`;
  if (saysNo(whole)) return undefined;
  const of = (...keys: readonly string[]): string =>
    parts.find(({ key, value }) => keys.includes(key) && !NOBODY.test(value))?.value.slice(0, 64) ?? "";
  const destination = of("destination") || of("value");
  const callername = of("callername");
  return [
    "status=ACK",
    ...(destination === "" ? [] : [`destination=${encodeValue(decoded(destination))}`]),
    ...(callername === "" ? [] : [`callername=${encodeValue(decoded(callername))}`]),
  ].join("&");
}

/** A value that was encoded already is not encoded once more. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // a `%` of its own
  }
}

/** The text with HTML's and JSON's escapes of quotes undone. */
function plain(text: string): string {
  return text
    .replace(/&quot;|&#0?34;/gi, '"')
    .replace(/&amp;/gi, "&")
    .replace(/\\(?=["'\\])/g, "");
}

const NOTICE =
  /(?:PHP )?(?:<b>)?(Notice|Warning|Deprecated|Fatal error|Parse error|Strict Standards|(?:Catchable|Recoverable) fatal error)(?:<\/b>)?:\s.{1,400}? on line (?:<b>)?\d{1,6}/is;
const TRACEBACK = /Traceback \(most recent call last\)/;
const SOURCE: readonly (readonly [begins: RegExp, program: string])[] = [
  [/^<\?(?:php|=)/i, "PHP"],
  [/^<%/, "ASP or JSP"],
  [/^#!\s*\/\S*python/, "Python"],
  [/^#!/, "shell"],
];

/** A message that a program wrote into its own output, in a reply that it spoils. */
export function programIn(text: string): { readonly program: string; readonly quoted: string } | undefined {
  const looked = text.slice(0, MAX_LOOKED_AT);
  const notice = NOTICE.exec(looked);
  if (notice !== null) return { program: "PHP", quoted: tagless(notice[0]) };
  return TRACEBACK.test(looked)
    ? { program: "Python", quoted: "Traceback (most recent call last)" }
    : undefined;
}

function tagless(text: string): string {
  return visible(text.replace(/<[^>]{0,80}>/g, "").replace(/\s+/g, " "));
}

/** Names of what was written for `&`, by the character. */
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  [";", "a semicolon"],
  [",", "a comma"],
  ["|", "a bar"],
  ["\t", "a tab"],
  ["\n", "a line end"],
  ["\r", "a line end"],
  [" ", "a blank"],
  ["?", "a question mark"],
]);

/** What is wrong with a text in which no `status` was found as it should be, or more than one part in one value. */
export function diagnoseText(bytes: string): ReplyFailure {
  const text = decodeBytes(bytes.slice(0, MAX_LOOKED_AT));
  const source = SOURCE.find(([begins]) => begins.test(text));
  if (source !== undefined) return { code: "programsSource", program: source[1] };
  const correction = lineIn(text);
  const program = programIn(text);
  if (program !== undefined) return { code: "programsNotice", ...program, correction };
  if (text.startsWith("<")) return { code: "html", correction };
  const hook = catchHookText(text);
  if (hook !== undefined) return hook;
  const encoded = encodedIn(text);
  if (encoded !== undefined) return encoded;
  const separator = separatorIn(text);
  if (separator !== undefined) return { code: "otherSeparators", ...separator, correction };
  const word = BARE_VERDICT.exec(text.slice(0, 40))?.[1];
  if (word !== undefined) return { code: "noStatus", correction: `status=${word.toUpperCase()}` };
  const quoted = visible(text.slice(0, 40));
  return { code: "noStatus", quoted, correction };
}

const ENCODED_EQUALS = /^[^=]*?%(?:25){0,2}3d/i;
const MOST_DECODINGS = 3;

/** A reply that was percent-encoded as a whole, its own `=` and `&` included. */
function encodedIn(text: string): ReplyFailure | undefined {
  if (!ENCODED_EQUALS.test(text)) return undefined;
  let line = text;
  for (let count = 0; count < MOST_DECODINGS && !line.includes("="); count += 1) line = decoded(line);
  const correction = lineIn(line);
  if (correction === undefined) return undefined;
  return {
    code: "otherSeparators",
    separator: "an encoded sign",
    quoted: visible(text.slice(0, 28)),
    correction,
  };
}

/** What joins the parts of a reply, where that is not `&` with `=`. */
function separatorIn(text: string): { readonly separator: string; readonly quoted: string } | undefined {
  const parts = partsIn(text);
  for (const { at } of parts) {
    const before = /[\s;,|?]+$/.exec(text.slice(Math.max(0, at - 8), at))?.[0] ?? "";
    const separator = SEPARATORS.get(before.trim()[0] ?? before[0] ?? "");
    if (separator === undefined || text[at - before.length - 1] === "&") continue;
    return { separator, quoted: visible(text.slice(Math.max(0, at - 16), at + 12)) };
  }
  const colon = /^["']?(?:status|destination|callername)["']?\s{0,8}(:|=>)/i.exec(text);
  if (colon === null) return undefined;
  return { separator: colon[1] === ":" ? "a colon" : "an arrow", quoted: visible(text.slice(0, 24)) };
}

const HOOK_TEXTS =
  /^(?:accepted|workflow (?:was|got) started|congratulations! you've fired|webhook (?:received|accepted))/i;

function catchHookText(text: string): ReplyFailure | undefined {
  return HOOK_TEXTS.test(text) && !saysNo(text) ? { code: "catchHook", quoted: visible(text) } : undefined;
}

/** What is wrong with a JSON object that has no `status` of a reply. */
export function diagnoseJson(text: string, status: string): ReplyFailure {
  const value: unknown = JSON.parse(text);
  const inside = verdictInside(value);
  const correction = lineIn(text);
  if (inside !== undefined) return { code: "wrapped", ...inside, correction };
  if (isCatchHook(value) && !saysNo(text)) return { code: "catchHook", quoted: visible(text) };
  if (status !== "") return unknownStatus(status, text);
  return { code: "noStatus", quoted: visible(text), correction };
}

interface Place {
  readonly path: string;
  readonly value: unknown;
}

/** Objects and texts that are looked into at most: no wrapper is as big. */
const MAX_PLACES = 200;
const LINE = /\bstatus\b["'\\\s]{0,8}[:=]["'\\\s]{0,8}(?:ack|nak|err)\b/i;

/** Where an object holds a verdict deeper down: its path, and what stands there. The nearest to the surface counts. */
function verdictInside(whole: unknown): { readonly path: string; readonly quoted: string } | undefined {
  const places: Place[] = membersOf({ path: "", value: whole });
  for (let at = 0; at < places.length && at < MAX_PLACES; at += 1) {
    const place = places[at] as Place;
    const quoted = verdictAt(place.value);
    if (quoted !== undefined) return { path: place.path, quoted };
    places.push(...membersOf(place));
  }
  return undefined;
}

function membersOf({ path, value }: Place): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const members = Object.entries(value).slice(0, MAX_PLACES);
  return members.map(([key, inner]) => ({
    path: path === "" ? key : `${path}.${key}`,
    value: inner as unknown,
  }));
}

function verdictAt(value: unknown): string | undefined {
  if (typeof value === "string") return LINE.exec(value.slice(0, 1000))?.[0];
  if (typeof value !== "object" || value === null) return undefined;
  const status = Object.entries(value).find(([key]) => key.toLowerCase() === "status");
  if (status === undefined || typeof status[1] !== "string") return undefined;
  return BARE_VERDICT.test(status[1]) ? `${status[0]}: ${status[1]}` : undefined;
}

/** What Zapier, Make, n8n, Pipedream and their like answer before they have run. */
function isCatchHook(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const members = Object.entries(value).map(
    ([key, one]: [string, unknown]) => [key.toLowerCase(), one] as const,
  );
  const said = (key: string): string => {
    const found = members.find(([name]) => name === key)?.[1];
    return typeof found === "string" || typeof found === "boolean" ? String(found).toLowerCase() : "";
  };
  if (/^workflow (?:was|got) started/.test(said("message"))) return true;
  if (members.some(([key]) => ["request_id", "event_id", "executionid", "requestid"].includes(key)))
    return ["success", "accepted", "ok", ""].includes(said("status"));
  if (["success", "accepted"].includes(said("status"))) return true;
  return members.length <= 2 && (said("success") === "true" || said("ok") === "true");
}

const YES = new Set("ok success true 1 yes accept accepted acknowledged acknowledge 200".split(" "));
const NO = new Set("nok no false 0 deny denied reject rejected nack fail failed".split(" "));

/** A status that is none, and what it should be where one word can only mean that. */
export function unknownStatus(written: string, text: string): ReplyFailure {
  const status = `${visible(written)}${codePoints(written)}`;
  return { code: "unknownStatus", status, correction: meantStatus(written, text) };
}

/** Letters of another script look like those of a status: of a short one it is said which they are. */
function codePoints(written: string): string {
  const strange = [...written].filter((one) => one > "\x7f");
  if (strange.length === 0 || written.length > LONGEST_WORD) return "";
  const named = strange.map(
    (one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
  return ` (${named.join(", ")})`;
}

const LONGEST_WORD = 5;

function meantStatus(written: string, text: string): string | undefined {
  const word = written.trim().toLowerCase();
  const begins = /^["'([<\s]*(ack|nak|err)(?![a-z])/i.exec(written)?.[1]?.toUpperCase();
  const meant =
    begins ?? (YES.has(word) ? "ACK" : NO.has(word) ? "NAK" : word === "error" ? "ERR" : undefined);
  if (meant === undefined) return undefined;
  return meant === "ACK" && (saysNo(text) || saysNo(written)) ? undefined : `status=${meant}`;
}
