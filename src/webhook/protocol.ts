import { cleanDisplayName, MAX_DISPLAY_NAME } from "../lib/display-name.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { jsonMembers } from "./json-members.ts";
import { describeFailure, type Failure, visible } from "./reasons.ts";
import { bodyBytes, decodeBytes, decodeForm, trimAscii } from "./reply-text.ts";

/** What a reply means, by the reply table of webhook.md. */
export interface ReadReply {
  readonly verdict: "ack" | "nak" | "error";
  readonly destination: string | undefined;
  readonly callerName: string | undefined;
  readonly reason: string;
  readonly warnings: readonly string[];
}

/** A final HTTP reply as it came. */
export interface RawReply {
  readonly status: number;
  readonly contentEncoding?: string | undefined;
  readonly body: Uint8Array;
}

/** Longer than any number or status; what is longer is refused and need not be carried along whole. */
const MAX_VALUE = 256;
const MAX_WRITTEN_KEY = 64;
const STATUS_KEY = "status";
const DESTINATION_KEY = "destination";
const NAME_KEY = "callername";
/** Legacy alias of `destination`. */
const ALIAS_KEY = "value";

interface Field {
  readonly value: string;
  /** The value began with a raw `+`, which form decoding would have made a space. */
  readonly rawPlus: boolean;
}

interface Fields {
  readonly status: Field | undefined;
  readonly destination: Field | undefined;
  readonly callerName: Field | undefined;
  readonly warnings: readonly string[];
}

/** Reads a reply by the whole table of webhook.md. Pure; never throws, whatever the bytes are. */
export function readReply(reply: RawReply): ReadReply {
  const { status } = reply;
  // Any body: what such a server says about the call cannot be relied on.
  if (status >= 500) return failed({ code: "receiverFailed", status });
  if (status === 429) return failed({ code: "receiverBusy" });
  if (status < 200 || (status >= 300 && status < 400)) return failed({ code: "redirectStatus", status });
  const fields = readFields(reply);
  if (!fields.ok) return failed(status >= 400 ? { code: "errorStatus", status } : fields.error);
  return judge(status, fields.value);
}

function judge(status: number, fields: Fields): ReadReply {
  const written = (fields.status?.value ?? "").slice(0, MAX_VALUE);
  const word = written.toUpperCase();
  const { warnings } = fields;
  if (word === "NAK")
    return {
      ...NOTHING,
      verdict: "nak",
      reason: "The receiver answered NAK: the input is not good.",
      warnings,
    };
  if (word === "ERR") return failed({ code: "receiverSaidErr", status }, warnings);
  if (word === "ACK" && status >= 400) return failed({ code: "ackWithErrorStatus", status }, warnings);
  if (word === "ACK") return succeeded(fields);
  if (status >= 400) return failed({ code: "errorStatus", status }, warnings);
  if (written === "") return failed({ code: "noStatus", correction: undefined }, warnings);
  return failed({ code: "unknownStatus", status: written, correction: correctStatus(written) }, warnings);
}

const NOTHING = { destination: undefined, callerName: undefined };

function failed(failure: Failure, warnings: readonly string[] = []): ReadReply {
  return { ...NOTHING, verdict: "error", reason: describeFailure(failure), warnings };
}

function succeeded(fields: Fields): ReadReply {
  const warnings = [...fields.warnings];
  const destination = readDestination(fields.destination, warnings);
  const callerName = readCallerName(fields.callerName, warnings);
  const parts = [
    ...(destination === undefined ? [] : [`destination ${visible(destination)}`]),
    ...(callerName === undefined ? [] : [`name "${callerName}"`]),
  ];
  const reason =
    parts.length === 0 ? "The receiver answered ACK." : `The receiver answered ACK, ${parts.join(", ")}.`;
  return { verdict: "ack", destination, callerName, reason, warnings };
}

function readDestination(field: Field | undefined, warnings: string[]): string | undefined {
  if (field === undefined || field.value === "") return undefined;
  if (!field.rawPlus) return field.value.slice(0, MAX_VALUE);
  const repaired = `+${field.value}`.slice(0, MAX_VALUE);
  warnings.push(
    `The reply has \`destination=${visible(repaired)}\`; a \`+\` must be sent as \`%2B\`. ` +
      `Correct would be: \`destination=%2B${visible(field.value)}\`.`,
  );
  return repaired;
}

function readCallerName(field: Field | undefined, warnings: string[]): string | undefined {
  if (field === undefined) return undefined;
  const name = cleanDisplayName(field.value);
  // Code points, so that an emoji counts as one: of at most two units each.
  const begin = field.value.slice(0, 2 * MAX_DISPLAY_NAME + 2);
  if (begin.length > MAX_DISPLAY_NAME && Array.from(begin).length > MAX_DISPLAY_NAME) {
    warnings.push(`The callername is longer than ${MAX_DISPLAY_NAME} characters and was cut.`);
  }
  return name === "" ? undefined : name;
}

function readFields(reply: RawReply): Result<Fields, Failure> {
  const encoding = reply.contentEncoding?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") return err({ code: "compressedBody", encoding });
  const bytes = bodyBytes(reply.body);
  if (bytes === "") return err({ code: "emptyBody", status: reply.status });
  if (bytes.startsWith("{")) return readJson(decodeBytes(bytes));
  if (bytes.startsWith("<")) return err({ code: "html" });
  const fields = readForm(bytes);
  const problem = fields.status === undefined ? noStatus(bytes) : runTogether(bytes, fields.status.value);
  return problem === undefined ? ok(fields) : err(problem);
}

/** Walks the pairs once; the first of duplicate keys wins, keys that are not ours are passed over. */
function readForm(bytes: string): Fields {
  let status: Field | undefined;
  let destination: Field | undefined;
  let alias: Field | undefined;
  let callerName: Field | undefined;
  let start = 0;
  while (start <= bytes.length) {
    const ampersand = bytes.indexOf("&", start);
    const end = ampersand < 0 ? bytes.length : ampersand;
    const pair = bytes.slice(start, end);
    const equals = pair.indexOf("=");
    // A key longer than ours, even with each letter percent-encoded and some white space, is not ours.
    if (equals > 0 && equals <= MAX_WRITTEN_KEY) {
      const key = trimAscii(decodeForm(pair.slice(0, equals))).toLowerCase();
      const raw = pair.slice(equals + 1);
      if (key === STATUS_KEY) status ??= formField(raw);
      else if (key === DESTINATION_KEY) destination ??= formField(raw);
      else if (key === NAME_KEY) callerName ??= formField(raw);
      else if (key === ALIAS_KEY) alias ??= formField(raw);
    }
    start = end + 1;
  }
  return { status, destination: destination ?? alias, callerName, warnings: [] };
}

function formField(raw: string): Field {
  const trimmed = trimAscii(raw);
  const rawPlus = /^\+\d/.test(trimmed);
  return { value: trimAscii(decodeForm(rawPlus ? trimmed.slice(1) : trimmed)), rawPlus };
}

function readJson(text: string): Result<Fields, Failure> {
  try {
    JSON.parse(text);
  } catch (error) {
    const detail = error instanceof SyntaxError ? visible(error.message) : "unreadable";
    return err({ code: "badJson", detail });
  }
  const fields = new Map<string, Field>();
  const seen = new Set<string>();
  const warnings: string[] = [];
  for (const [name, json] of jsonMembers(text)) {
    const key = name.trim().toLowerCase();
    if (key !== STATUS_KEY && key !== DESTINATION_KEY && key !== NAME_KEY && key !== ALIAS_KEY) continue;
    if (seen.has(key)) continue;
    seen.add(key);
    const value: unknown = JSON.parse(json);
    if (typeof value === "string") fields.set(key, { value: trimAscii(value), rawPlus: false });
    else if (Number.isSafeInteger(value)) fields.set(key, { value: String(value), rawPlus: false });
    else if (value !== null)
      warnings.push(`The reply's \`${key}\` must be text in JSON; it was passed over.`);
  }
  return ok({
    status: fields.get(STATUS_KEY),
    destination: fields.get(DESTINATION_KEY) ?? fields.get(ALIAS_KEY),
    callerName: fields.get(NAME_KEY),
    warnings,
  });
}

const WORD = /^(?:status\s*:\s*)?(ack|nak|err)$/i;

/** The line that was probably meant, for a body in which no `status` was found. */
function noStatus(bytes: string): Failure {
  const word = WORD.exec(bytes.slice(0, 40))?.[1];
  return { code: "noStatus", correction: word === undefined ? undefined : `status=${word.toUpperCase()}` };
}

/** A reply whose pairs are joined with something else than `&`. */
function runTogether(bytes: string, status: string): Failure | undefined {
  if (!/^(?:ack|nak|err)\s*[\r\n;,|]+\s*[a-z]+\s*=/i.test(status.slice(0, 60))) return undefined;
  const line = decodeBytes(bytes.slice(0, 200)).replace(
    /\s*[\r\n;,|]+\s*(?=(?:status|destination|callername|value)\s*=)/gi,
    "&",
  );
  return { code: "unknownStatus", status, correction: visible(line) };
}

const YES = new Set(["ok", "success", "true", "1", "yes", "accept", "accepted", "200"]);
const NO = new Set([
  "nok",
  "no",
  "false",
  "0",
  "deny",
  "denied",
  "reject",
  "rejected",
  "nack",
  "fail",
  "failed",
]);

function correctStatus(written: string): string | undefined {
  const word = written.toLowerCase();
  if (YES.has(word)) return "status=ACK";
  if (NO.has(word)) return "status=NAK";
  return word === "error" ? "status=ERR" : undefined;
}
