// The probe's SIP: messages such as a trunk sends, and just as much reading as it takes to answer them.

/** One end of it. */
export interface Party {
  readonly host: string;
  readonly port: number;
}

/** Calls are told apart by their numbers: caller +3161…, destination +3150…, both valid in the Netherlands. */
export const CALLER_BASE = 31_612_000_000;
export const DESTINATION_BASE = 31_502_100_000;

/** One of the probe's calls. */
export interface ProbeCall {
  /** Calls of several runs against one server differ in this. */
  readonly run: number;
  readonly index: number;
  readonly from: Party;
}

const CRLF = "\r\n";

/** G.711 by its payload types (RFC 3551 §6). */
const CODECS = { 0: "PCMU/8000", 8: "PCMA/8000" } as const;

/** A description of sound that is heard at `at`, in these codecs; events (RFC 4733) have payload type 101. */
export function sdp(at: Party, codecs: readonly (keyof typeof CODECS)[]): string {
  return [
    "v=0",
    `o=probe 1 1 IN IP4 ${at.host}`,
    "s=-",
    `c=IN IP4 ${at.host}`,
    "t=0 0",
    `m=audio ${at.port} RTP/AVP ${codecs.join(" ")} 101`,
    ...codecs.map((codec) => `a=rtpmap:${codec} ${CODECS[codec]}`),
    "a=rtpmap:101 telephone-event/8000",
    "",
  ].join(CRLF);
}

/** Where nobody listens: for calls without sound. */
function silent(host: string): string {
  return sdp({ host, port: 40_000 }, [8, 0]);
}

/** Where the other party wants to hear; undefined when there is no sound in its description. */
export function hearsAt(message: string): Party | undefined {
  const host = /^c=IN IP4 (\S+)/m.exec(message)?.[1];
  const port = Number(/^m=audio (\d+) /m.exec(message)?.[1] ?? 0);
  return host === undefined || port === 0 ? undefined : { host, port };
}

/** The INVITE that begins it. */
export function invite(
  call: ProbeCall,
  called: string,
  server: string,
  body: string = silent(call.from.host),
): string {
  const { from } = call;
  return [
    `INVITE sip:${called}@${server} SIP/2.0`,
    ...callHeaders(call, "invite", `<sip:${called}@${server}>`, "1 INVITE"),
    `Contact: <sip:probe@${from.host}:${from.port}>`,
    "Content-Type: application/sdp",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join(CRLF);
}

/** ACK or BYE within the dialog that a 200 OK made. */
export function within(method: "ACK" | "BYE", call: ProbeCall, answer: string): string {
  const target = /^<?([^>;]*)/.exec(header(answer, "Contact").replace(/^[^<]*</, ""))?.[1] ?? "";
  const sequence = method === "ACK" ? "1 ACK" : "2 BYE";
  return [
    `${method} ${target} SIP/2.0`,
    ...callHeaders(call, method.toLowerCase(), header(answer, "To"), sequence),
    "Content-Length: 0",
    "",
    "",
  ].join(CRLF);
}

function callHeaders(call: ProbeCall, branch: string, to: string, sequence: string): readonly string[] {
  const { run, index, from } = call;
  return [
    `Via: SIP/2.0/UDP ${from.host}:${from.port};rport;branch=z9hG4bK-probe-${run}-${index}-${branch}`,
    "Max-Forwards: 70",
    `From: "Jan de Vries" <sip:+${CALLER_BASE + index}@${from.host}:${from.port}>;tag=probe-${run}-${index}`,
    `To: ${to}`,
    `Call-ID: probe-${run}-${index}@${from.host}`,
    `CSeq: ${sequence}`,
  ];
}

/** A response to `request`; an answer to an INVITE carries SDP, `answer`. */
export function response(
  request: string,
  status: string,
  at: Party,
  tag: string,
  answer: string = silent(at.host),
): string {
  const body = status.startsWith("200") && request.startsWith("INVITE") ? answer : "";
  const to = header(request, "To");
  return [
    `SIP/2.0 ${status}`,
    ...lines(request, "Via"),
    ...lines(request, "Record-Route"),
    `From: ${header(request, "From")}`,
    `To: ${to.includes(";tag=") ? to : `${to};tag=${tag}`}`,
    `Call-ID: ${header(request, "Call-ID")}`,
    `CSeq: ${header(request, "CSeq")}`,
    `Contact: <sip:destination@${at.host}:${at.port}>`,
    ...(body === "" ? [] : ["Content-Type: application/sdp"]),
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join(CRLF);
}

/** The value of a header as Switchhook writes it; empty when there is none. */
export function header(message: string, name: string): string {
  return lines(message, name)[0]?.slice(name.length + 2) ?? "";
}

function lines(message: string, name: string): readonly string[] {
  const head = message.slice(0, message.indexOf("\r\n\r\n"));
  return head.split(CRLF).filter((line) => line.startsWith(`${name}: `));
}
