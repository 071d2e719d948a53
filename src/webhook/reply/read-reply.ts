import type { WebhookValues } from "../../dialplan/command.ts";
import type { TraceArgs } from "../../dialplan/trace.ts";
import { cleanDisplayName, MAX_DISPLAY_NAME } from "../../lib/display-name.ts";
import { visible } from "../../lib/failure.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { type Chosen, chosenIn } from "./chosen.ts";
import type { Field, Fields } from "./fields.ts";
import { readForm } from "./form.ts";
import { readJson } from "./json.ts";
import { describeReplyFailure, type ReplyFailure } from "./reasons.ts";
import { steeringOf } from "./repeats.ts";
import { bodyBytes, decodeBytes } from "./text.ts";

/** What a reply means, by the reply table of webhook.md. */
export interface ReadReply {
  readonly verdict: "ack" | "nak" | "error";
  readonly destination: string | undefined;
  readonly callerName: string | undefined;
  /** Why the verdict is `error`. */
  readonly failure: ReplyFailure["code"] | undefined;
  /** What the sentence of the failure is made of. */
  readonly args: TraceArgs;
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
/** Octets in which it shows what a reply begins with, byte order marks and white space included. */
const BEGINNING = 200;

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
  const fields = readFields(reply, sent);
  if (!fields.ok) return failed(status >= 400 ? { code: "errorStatus", status } : fields.error);
  const { value } = fields;
  const chosen = chosenIn(sent);
  const verdict = judge(status, value, chosen);
  // A refusal needs no proof of whose it is: with a code it is asked for again.
  if (verdict.verdict !== "ack") return verdict;
  return chosen.mayHaveWrittenStatus(() => bodyBytes(reply.body.subarray(0, BEGINNING)))
    ? failed({ code: "steered", placeholder: "callername" }, value.warnings)
    : verdict;
}

function judge(status: number, fields: Fields, chosen: Chosen): ReadReply {
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
  if (word === "ACK") return succeeded(fields, chosen);
  if (status >= 400) return failed({ code: "errorStatus", status }, warnings);
  if (written === "") return failed({ code: "noStatus", correction: undefined }, warnings);
  return failed({ code: "unknownStatus", status: written, correction: correctStatus(written) }, warnings);
}

const NOTHING = { destination: undefined, callerName: undefined, failure: undefined, args: {} };

function failed(failure: ReplyFailure, warnings: readonly string[] = []): ReadReply {
  const { code, ...args } = failure;
  return {
    ...NOTHING,
    verdict: "error",
    failure: code,
    args,
    reason: describeReplyFailure(failure),
    warnings,
  };
}

function succeeded(fields: Fields, chosen: Chosen): ReadReply {
  const warnings = [...fields.warnings];
  const destination = unlessChosen(readDestination(fields.destination, warnings), chosen, warnings);
  const callerName = readCallerName(fields.callerName, warnings);
  const parts = [
    ...(destination === undefined ? [] : [`destination ${visible(destination)}`]),
    ...(callerName === undefined ? [] : [`name "${callerName}"`]),
  ];
  const reason =
    parts.length === 0 ? "The receiver answered ACK." : `The receiver answered ACK, ${parts.join(", ")}.`;
  return { verdict: "ack", destination, callerName, failure: undefined, args: {}, reason, warnings };
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

/** The destination, unless its digits are the caller's. */
function unlessChosen(
  destination: string | undefined,
  chosen: Chosen,
  warnings: string[],
): string | undefined {
  const holder = destination === undefined ? undefined : chosen.holder(destination);
  if (destination === undefined || holder === undefined) return destination;
  warnings.push(
    `The destination ${visible(destination)} stands in {${holder}}, which the caller chose, so it was not taken: else a ` +
      "caller could choose where the call goes.",
  );
  return undefined;
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

function readFields(reply: RawReply, sent: Partial<WebhookValues>): Result<Fields, ReplyFailure> {
  const encoding = reply.contentEncoding?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") return err({ code: "compressedBody", encoding });
  const bytes = bodyBytes(reply.body);
  if (bytes === "") return err({ code: "emptyBody", status: reply.status });
  if (bytes.startsWith("<")) return err({ code: "html" });
  const steering = steeringOf(sent);
  const isJson = bytes.startsWith("{");
  const read = isJson ? readJson(decodeBytes(bytes), steering) : ok(readForm(bytes, steering));
  if (!read.ok) return read;
  const { status, steeredBy } = read.value;
  if (status === undefined && steeredBy !== undefined)
    return err({ code: "steered", placeholder: steeredBy });
  if (isJson) return read;
  const problem = status === undefined ? noStatus(bytes) : runTogether(bytes, status.value);
  return problem === undefined ? read : err(problem);
}

const WORD = /^(?:status\s*:\s*)?(ack|nak|err)$/i;

/** The line that was probably meant, for a body in which no `status` was found. */
function noStatus(bytes: string): ReplyFailure {
  const word = WORD.exec(bytes.slice(0, 40))?.[1];
  return { code: "noStatus", correction: word === undefined ? undefined : `status=${word.toUpperCase()}` };
}

/** A reply whose pairs are joined with something else than `&`. */
function runTogether(bytes: string, status: string): ReplyFailure | undefined {
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
