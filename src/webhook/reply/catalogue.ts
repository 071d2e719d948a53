import type { WebhookValues } from "../../dialplan/command.ts";
import type { readSentences } from "./notes.ts";
import type { RawReply } from "./read-reply.ts";
import type { replyReasons } from "./reasons.ts";

/** A reply with a fault, as it comes over the wire. */
export interface FaultExample {
  readonly body: string;
  /** Default 200. */
  readonly status?: number;
  /** Default UTF-8. */
  readonly octets?: "utf-16le" | "gzip";
  readonly contentEncoding?: string;
  /** What was sent, where that matters. */
  readonly sent?: Partial<WebhookValues>;
}

/** A kind of fault that replies have. */
export interface ReplyFault {
  readonly code: FaultCode;
  /** Whether the reply is read all the same, or the call takes the branch for failures. */
  readonly effect: "read" | "fails";
  /** A few words, for a heading. */
  readonly title: string;
  readonly example: FaultExample;
}

export type FaultCode = keyof typeof readSentences | keyof typeof replyReasons;

type Entry = readonly [title: string, body: string, more?: Omit<FaultExample, "body">];

const STEERS = "X&destination=%2B31612345999&y=";

const READ: Readonly<Record<keyof typeof readSentences, Entry>> = {
  rawPlus: ["A raw plus", "status=ACK&destination=+31502102544"],
  rawAmpersand: ["A raw & in the name", "status=ACK&callername=Jansen & Zn&destination=215"],
  writtenOutAmpersand: ["&amp; between the keys", "status=ACK&amp;destination=215"],
  htmlName: ["A name as HTML writes it", "status=ACK&callername=J&ouml;rg O&#039;Brien"],
  duplicateKey: ["A key twice", "status=ACK&destination=215&destination=216"],
  repeatsSent: [
    "What was sent, written back unencoded",
    `status=ACK&callername=${STEERS}`,
    { sent: { callername: STEERS } },
  ],
  callersNumber: [
    "A destination that the caller chose",
    "status=ACK&destination=0612345999",
    { sent: { callername: "Jan 0612345999" } },
  ],
  notText: ["An object where text belongs", '{"status":"ACK","destination":{"number":"215"}}'],
  nameTooLong: ["A name that is too long", `status=ACK&callername=${"Jansen ".repeat(12).trim()}`],
  utf16: ["UTF-16", "\ufeffstatus=ACK&destination=215", { octets: "utf-16le" }],
  jsonString: ["A reply in a JSON string", '"status=ACK&destination=215"'],
  listOfOne: ["A list with one reply", '[{"status":"ACK","destination":"215"}]'],
  quotedBody: ["Quotes around the reply", "'status=ACK&destination=215'"],
  quotedValue: ["Quotes around a value", 'status="ACK"&destination="215"'],
  invisibleCharacters: ["Characters that nobody sees", "status=ACK\u200b"],
  noCompression: ["A Content-Encoding that is none", "status=ACK", { contentEncoding: "UTF-8" }],
  textAfter: ["Text behind the line", "status=ACK&destination=215\n<!-- Page cached by Fast Cache -->"],
};

const FAILS: Readonly<Record<keyof typeof replyReasons, Entry>> = {
  receiverFailed: ["A server error", "status=ACK", { status: 500 }],
  receiverBusy: ["Too many requests", "", { status: 429 }],
  redirectStatus: ["Not modified", "status=ACK", { status: 304 }],
  ackWithErrorStatus: ["ACK with an error status", "status=ACK", { status: 404 }],
  errorStatus: ["An error status", "Method Not Allowed", { status: 405 }],
  httpToTlsPort: [
    "http to a port for https",
    "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port",
    { status: 400 },
  ],
  emptyBody: ["Nothing", "", { status: 202 }],
  compressedBody: ["Compressed", "status=ACK", { octets: "gzip" }],
  html: ["A web page", "<html><body>status=ACK</body></html>"],
  programsNotice: [
    "A message of PHP",
    "<br />\n<b>Notice</b>:  Undefined variable $name in <b>/var/www/route.php</b> on line <b>3</b><br />\nstatus=ACK&destination=215",
  ],
  programsSource: ["A program's source", '<?php echo "status=ACK"; ?>'],
  badJson: ["Broken JSON", "{'status': 'ACK', 'destination': '215'}"],
  jsonList: ["A list with several replies", '[{"status":"ACK"},{"status":"ACK"}]'],
  wrapped: ["A wrapper around the reply", '{"statusCode":200,"body":"status=ACK&destination=215"}'],
  catchHook: [
    "A service that answers before it runs",
    '{"attempt":"1","id":"2","request_id":"3","status":"success"}',
  ],
  otherSeparators: ["Other separators", "status=ACK;destination=215"],
  secondLine: ["Keys behind the line", "status=ACK\n<!-- cache ?x=1&destination=216 -->"],
  twoVerdicts: ["Two verdicts", "?status=NAK&status=ACK"],
  nearKey: ["A key that is nearly right", "status=ACK&dest=215"],
  noStatus: ["No status", "ACK"],
  unknownStatus: ["A status that is none of the three", "status=OK"],
  steered: [
    "A status that the caller may have written",
    "X&status=ACK&y=",
    { sent: { callername: "X&status=ACK&y=" } },
  ],
  receiverSaidErr: ["ERR", "status=ERR"],
};

/** Every fault of a reply that is known, each with the smallest reply that has it. */
export const replyFaults: readonly ReplyFault[] = [
  ...Object.entries(READ).map((one) => faultOf(one, "read")),
  ...Object.entries(FAILS).map((one) => faultOf(one, "fails")),
];

function faultOf([code, [title, body, more]]: [string, Entry], effect: ReplyFault["effect"]): ReplyFault {
  return { code: code as FaultCode, effect, title, example: { body, ...more } };
}

/** The beginning of gzip's header (RFC 1952 §2.3.1): nothing behind it is looked at. */
const GZIP = [0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03];

/** An example as it came. */
export function rawExample({ body, status = 200, octets, contentEncoding }: FaultExample): RawReply {
  return { status, contentEncoding, body: octetsOfExample(body, octets) };
}

function octetsOfExample(body: string, octets: FaultExample["octets"]): Uint8Array {
  const utf8 = new TextEncoder().encode(body);
  if (octets === "gzip") return new Uint8Array([...GZIP, ...utf8]);
  if (octets === undefined) return utf8;
  const units = [...body].map((character) => character.charCodeAt(0));
  return new Uint8Array(units.flatMap((unit) => [unit & 0xff, unit >> 8]));
}
