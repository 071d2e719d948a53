import type { WebhookValues } from "../../dialplan/command.ts";
import type { TraceArgs } from "../../dialplan/trace.ts";
import { cleanDisplayName, MAX_DISPLAY_NAME } from "../../lib/display-name.ts";
import { visible } from "../../lib/failure.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { readBody } from "./body.ts";
import { type Chosen, chosenIn } from "./chosen.ts";
import { diagnoseJson, diagnoseText, lineIn, programIn, unknownStatus } from "./diagnose.ts";
import type { Field, Fields } from "./fields.ts";
import { readForm, shownLine } from "./form.ts";
import { withoutEntities } from "./html-entities.ts";
import { readJson } from "./json.ts";
import { noteOf, type ReplyNote } from "./notes.ts";
import { describeReplyFailure, type ReplyFailure } from "./reasons.ts";
import { type Steering, steeringOf } from "./repeats.ts";
import { decodeBytes, trimAscii } from "./text.ts";

/** What a reply means, by the reply table of webhook.md, and where it is certain by what was meant (docs/adr/0092). */
export interface ReadReply {
  readonly verdict: "ack" | "nak" | "error";
  readonly destination: string | undefined;
  readonly callerName: string | undefined;
  /** Why the verdict is `error`. */
  readonly failure: ReplyFailure["code"] | undefined;
  /** What the sentence is made of: the failure's details, or what was returned. */
  readonly args: TraceArgs;
  readonly reason: string;
  /** What was read over, each with its sentence. */
  readonly notes: readonly ReplyNote[];
  /** The sentences of the notes. */
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
/** As much as shows what a reply begins with. */
const BEGINNING = 200;

/** A reply with its keys read, and the text that they stand in. */
interface Understood {
  readonly fields: Fields;
  /** Nothing around it; one character per octet. */
  readonly bytes: string;
  readonly isJson: boolean;
}

/**
 * Reads a reply by the whole table of webhook.md. `sent`: the values of the request, none of which may steer the call
 * where the reply repeats it (repeats.ts). Pure; never throws, whatever the bytes are.
 */
export function readReply(reply: RawReply, sent: Partial<WebhookValues> = {}): ReadReply {
  const { status } = reply;
  // Any body: what such a server says about the call cannot be relied on.
  if (status >= 500) return failed({ code: "receiverFailed", status });
  if (status === 429) return failed({ code: "receiverBusy" });
  if (status < 200 || (status >= 300 && status < 400)) return failed({ code: "redirectStatus", status });
  const body = readBody(reply.body, reply.contentEncoding);
  if (!body.ok) return failed(status >= 400 ? errorStatus(status, "") : body.error);
  const { bytes, notes } = body.value;
  const chosen = chosenIn(sent);
  const understood =
    bytes === "" ? err({ code: "emptyBody", status } as const) : understand(bytes, steeringOf(sent));
  if (!understood.ok) {
    const failure = status >= 400 ? errorStatus(status, bytes) : understood.error;
    return failed(withoutAdvice(failure, chosen), notes);
  }
  const verdict = judge(status, understood.value, chosen, notes);
  if (verdict.verdict === "error" || !chosen.mayHaveWrittenStatus(() => bytes.slice(0, BEGINNING)))
    return verdict;
  // A refusal needs no proof of whose it is, but what came with it does: with a code it is asked for again.
  return verdict.verdict === "nak"
    ? refused({ destination: undefined, callerName: undefined }, verdict.notes)
    : failed({ code: "steered", placeholder: "callername" }, verdict.notes);
}

/** Of web servers that were asked without TLS on a port with it: nginx, Apache, Go, HAProxy and others. */
const TLS_WANTED =
  /plain HTTP (?:request (?:was )?sent )?to (?:an )?(?:HTTPS|SSL|TLS)|HTTP request to an HTTPS/i;

function errorStatus(status: number, bytes: string): ReplyFailure {
  const wantsTls = (status === 400 || status === 426) && TLS_WANTED.test(bytes.slice(0, 2000));
  return wantsTls ? { code: "httpToTlsPort", status } : { code: "errorStatus", status };
}

/** A line that opens is not advised where the caller may have written it. */
function withoutAdvice(failure: ReplyFailure, chosen: Chosen): ReplyFailure {
  if (!("correction" in failure) || failure.correction === undefined) return failure;
  return chosen.mayHaveWrittenStatus(() => "") ? { ...failure, correction: undefined } : failure;
}

function judge(
  status: number,
  { fields, bytes, isJson }: Understood,
  chosen: Chosen,
  around: readonly ReplyNote[],
): ReadReply {
  const written = (fields.status?.value ?? "").slice(0, MAX_VALUE);
  const notes = around.length === 0 ? fields.notes : [...around, ...fields.notes];
  const word = verdictOf(written);
  if (word === undefined) {
    if (status >= 400) return failed(errorStatus(status, bytes), notes);
    return failed(withoutAdvice(whyUnknown(written, bytes, isJson, fields), chosen), notes);
  }
  const cleaned = word.note === undefined ? notes : [...notes, word.note];
  if (word.verdict === "NAK") {
    const all = cleaned.slice();
    return refused(returnedIn(fields, chosen, all), all);
  }
  if (word.verdict === "ERR") return failed({ code: "receiverSaidErr", status }, cleaned);
  if (status >= 400) return failed({ code: "ackWithErrorStatus", status }, cleaned);
  const other = isJson ? undefined : otherVerdict(bytes);
  if (other !== undefined) return failed({ code: "twoVerdicts", quoted: other }, cleaned);
  const { near } = fields;
  if (near !== undefined) {
    const { written: key, meant } = near;
    const correction = lineIn(`status=ACK&${meant}=${near.value.slice(0, MAX_VALUE)}`);
    return failed(withoutAdvice({ code: "nearKey", written: key, meant, correction }, chosen), cleaned);
  }
  return succeeded(fields, chosen, cleaned);
}

const BEGINS_WITH_STATUS = /^status\s*=/i;
const REFUSES = /(?<![\w-])status[^a-z&][^&]{0,24}?(?<![a-z])(?:nak|nack|err)(?![a-z])/i;
/** What refuses in a reply stands at its beginning, if it is not the status itself. */
const MAX_BEFORE = 1000;

/** What refuses before the `status` that counts, written so that it is none. */
function otherVerdict(bytes: string): string | undefined {
  if (BEGINS_WITH_STATUS.test(bytes)) return undefined;
  const found = REFUSES.exec(bytes.slice(0, MAX_BEFORE));
  if (found === null) return undefined;
  const before = bytes.slice(0, found.index);
  // Behind the one that counts it is a duplicate, which is noted.
  return /(?:^|&)\s*status\s*=/i.test(before) ? undefined : found[0];
}

interface Word {
  readonly verdict: "ACK" | "NAK" | "ERR";
  readonly note?: ReplyNote;
}

const VERDICTS: ReadonlyMap<string, Word> = new Map(
  (["ACK", "NAK", "ERR"] as const).map((verdict) => [verdict, { verdict }]),
);
const QUOTED = /^(["'“”„«»‘’])(.*)["'“”„«»‘’]$/u;

/** The verdict of a status, also where it stands in quotes or has characters in it that nobody sees. */
function verdictOf(written: string): Word | undefined {
  const exact = VERDICTS.get(written) ?? VERDICTS.get(written.toUpperCase());
  if (exact !== undefined) return exact;
  const seen = written.replace(/\p{Cf}/gu, "").trim();
  const shown = VERDICTS.get(seen.toUpperCase());
  if (shown !== undefined) return { ...shown, note: noteOf({ code: "invisibleCharacters", key: "status" }) };
  const inside = VERDICTS.get((QUOTED.exec(seen)?.[2] ?? "").trim().toUpperCase());
  return inside && { ...inside, note: noteOf({ code: "quotedValue", key: "status", value: seen }) };
}

/** Why a status is none of the three. */
function whyUnknown(written: string, bytes: string, isJson: boolean, { near }: Fields): ReplyFailure {
  const text = decodeBytes(bytes);
  const found = isJson ? diagnoseJson(text, written) : diagnoseText(bytes);
  if (written === "") {
    if (found.code !== "noStatus" || near?.meant !== "status") return found;
    return {
      code: "nearKey",
      written: near.written,
      meant: "status",
      correction: lineIn(`status=${near.value}`),
    };
  }
  if (isJson || found.code === "programsNotice" || found.code === "otherSeparators") return found;
  return unknownStatus(written, text);
}

const NOTHING = { destination: undefined, callerName: undefined, failure: undefined, args: {} };
const NONE: readonly ReplyNote[] = [];
const NO_SENTENCES: readonly string[] = [];

function sentencesOf(notes: readonly ReplyNote[]): readonly string[] {
  return notes.length === 0 ? NO_SENTENCES : notes.map(({ text }) => text);
}

function failed(failure: ReplyFailure, notes: readonly ReplyNote[] = NONE): ReadReply {
  const { code, ...args } = failure;
  return {
    ...NOTHING,
    verdict: "error",
    failure: code,
    args,
    reason: describeReplyFailure(failure),
    notes,
    warnings: sentencesOf(notes),
  };
}

type Returned = Pick<ReadReply, "destination" | "callerName">;

/** What came with the verdict; adds to the notes. */
function returnedIn(fields: Fields, chosen: Chosen, notes: ReplyNote[]): Returned {
  const destination = unlessChosen(readDestination(fields.destination, notes), chosen, notes);
  return { destination, callerName: readCallerName(fields.callerName, notes) };
}

/** The steps of the failed branch have what came with a NAK (docs/adr/0028). */
function refused(returned: Returned, notes: readonly ReplyNote[]): ReadReply {
  const { destination, callerName } = returned;
  const led = destination === undefined ? [] : [`destination ${visible(destination)}`];
  const named = callerName === undefined ? [] : [`name "${callerName}"`];
  const came = [...led, ...named].join(", ");
  return {
    ...returned,
    verdict: "nak",
    failure: undefined,
    args: came === "" ? {} : { ...returned },
    reason: `The receiver answered NAK: the input is not good${came === "" ? "" : ` (${came})`}.`,
    notes,
    warnings: sentencesOf(notes),
  };
}

function succeeded(fields: Fields, chosen: Chosen, before: readonly ReplyNote[]): ReadReply {
  const notes = before.slice();
  const { destination, callerName } = returnedIn(fields, chosen, notes);
  const led = destination === undefined ? "" : `, destination ${visible(destination)}`;
  const named = callerName === undefined ? "" : `, name "${callerName}"`;
  const reason = `The receiver answered ACK${led}${named}.`;
  return {
    verdict: "ack",
    destination,
    callerName,
    failure: undefined,
    args: { destination, callerName },
    reason,
    notes,
    warnings: sentencesOf(notes),
  };
}

/** Quotes that are no part of any value: encoded, or those that word processors make. */
const QUOTES = {
  destination: /^["'“”„«»‘’]\s*([+\d(].*?)\s*["'“”„«»‘’]$/su,
  // All others may be a name's own.
  callername: /^"\s*([^"]+?)\s*"$/su,
} as const;

function withoutQuotes(
  key: keyof typeof QUOTES,
  field: Field | undefined,
  notes: ReplyNote[],
): Field | undefined {
  const inside = field === undefined ? undefined : QUOTES[key].exec(field.value)?.[1];
  if (field === undefined || inside === undefined) return field;
  notes.push(noteOf({ code: "quotedValue", key, value: field.value.slice(0, MAX_VALUE) }));
  return { ...field, value: inside };
}

function readDestination(given: Field | undefined, notes: ReplyNote[]): string | undefined {
  const field = withoutQuotes("destination", given, notes);
  if (field === undefined || field.value === "") return undefined;
  if (!field.rawPlus) return field.value.slice(0, MAX_VALUE);
  notes.push(noteOf({ code: "rawPlus", key: "destination", value: field.value }));
  return `+${field.value}`.slice(0, MAX_VALUE);
}

/** The destination, unless its digits are the caller's. */
function unlessChosen(
  destination: string | undefined,
  chosen: Chosen,
  notes: ReplyNote[],
): string | undefined {
  const placeholder = destination === undefined ? undefined : chosen.holder(destination);
  if (destination === undefined || placeholder === undefined) return destination;
  notes.push(noteOf({ code: "callersNumber", destination, placeholder }));
  return undefined;
}

function readCallerName(given: Field | undefined, notes: ReplyNote[]): string | undefined {
  const field = withoutQuotes("callername", given, notes);
  if (field === undefined) return undefined;
  if (field.rawPlus) notes.push(noteOf({ code: "rawPlus", key: "callername", value: field.value }));
  const sent = field.rawPlus ? `+${field.value}` : field.value;
  const meant = withoutEntities(sent);
  if (meant !== sent) notes.push(noteOf({ code: "htmlName", line: shownLine(cleanDisplayName(meant)) }));
  const value = meant.replace(/[\r\n]+/g, " ");
  const name = cleanDisplayName(value);
  // Code points, so that an emoji counts as one: of at most two units each.
  const begin = value.slice(0, 2 * MAX_DISPLAY_NAME + 2);
  if (begin.length > MAX_DISPLAY_NAME && Array.from(begin).length > MAX_DISPLAY_NAME) {
    notes.push(noteOf({ code: "nameTooLong" }));
  }
  return name === "" ? undefined : name;
}

/** Reads the keys of a reply; fails where none of what is there can be relied on. */
function understand(bytes: string, steering: Steering | undefined): Result<Understood, ReplyFailure> {
  if (bytes.startsWith("{")) {
    const text = decodeBytes(bytes);
    const read = readJson(text, steering);
    if (!read.ok) return err({ ...read.error, correction: lineIn(text) });
    return unlessSteered({ fields: read.value, bytes, isJson: true });
  }
  if (bytes.startsWith("<") || bytes.startsWith("#!")) return err(diagnoseText(bytes));
  const end = lineEnd(bytes);
  const fields = readForm(bytes, end, steering);
  const steered = unlessSteered({ fields, bytes, isJson: false });
  if (!steered.ok || fields.status === undefined) return steered;
  const destination = fields.destination?.value ?? "";
  // Two parts in one value: what joins them is not what should.
  if (/[=:]/.test(destination) && HAS_KEY.test(destination.slice(0, MAX_VALUE)))
    return err(diagnoseText(bytes));
  if (end === bytes.length) return steered;
  const rest = trimAscii(decodeBytes(bytes.slice(end)));
  if (HAS_PAIR.test(rest)) {
    const found = diagnoseText(bytes);
    return err(found.code === "noStatus" ? { code: "secondLine", quoted: rest } : found);
  }
  const note = noteOf({ code: "textAfter", what: natureOf(rest), quoted: rest.replace(/\s+/g, " ") });
  return ok({ ...steered.value, fields: { ...fields, notes: [...fields.notes, note] } });
}

const HAS_KEY = /(?<![\w-])["']?(?:status|destination|callername|value)["']?\s{0,8}[:=]/i;
/** In what stands behind the line. A colon in the middle of a sentence makes no key, unless a verdict follows it. */
const HAS_PAIR =
  /(?<![\w-])["']?(?:status|destination|callername|value)["']?\s{0,8}=|^[\s{"'*-]{0,8}(?:status|destination|callername|value)["']?\s{0,8}:|status["']?\s{0,8}:\s{0,8}["']?(?:ack|nak|nack|err)/im;

function unlessSteered(understood: Understood): Result<Understood, ReplyFailure> {
  const { status, steeredBy } = understood.fields;
  return status === undefined && steeredBy !== undefined
    ? err({ code: "steered", placeholder: steeredBy })
    : ok(understood);
}

/** Where the line of the reply ends: at a line end with text on both sides, none of it a `&` or `=` that goes on. */
function lineEnd(bytes: string): number {
  if (!bytes.includes("\n") && !bytes.includes("\r")) return bytes.length;
  for (const { index, 0: gap } of bytes.matchAll(/[\r\n][\s\0]*/g)) {
    const before = trimAscii(bytes.slice(0, index)).at(-1);
    if (before === "&" || before === "=" || bytes[index + gap.length] === "&") continue;
    return index;
  }
  return bytes.length;
}

function natureOf(rest: string): string {
  if (programIn(rest) !== undefined) return "a message of PHP or Python";
  if (rest.startsWith("<!--")) return "a comment";
  return rest.startsWith("<") ? "HTML" : "text";
}
