import type { RawReply } from "./read-reply.ts";
import { octetsOf, textOf } from "./text.ts";

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})[^\n]*\n/;
const HEAD_END = /\r?\n\r?\n/;
/** Heads before the last one, of redirects or interim replies, as `curl -iL` shows them. */
const MAX_HEADS = 8;

/** A reply that somebody pasted: a body alone counts as HTTP 200; one that begins with a status line is a whole reply. */
export function pastedReply(text: string): RawReply {
  return capturedReply(new TextEncoder().encode(text));
}

/** The same of octets, as they were captured: with chunks where the head says so, heads of redirects passed over. */
export function capturedReply(octets: Uint8Array): RawReply {
  let text = textOf(octets);
  for (let heads = 1; ; heads += 1) {
    const status = STATUS_LINE.exec(text.slice(0, 512))?.[1];
    if (status === undefined) return { status: 200, body: octetsOf(text) };
    const end = HEAD_END.exec(text);
    const head = end === null ? text : text.slice(0, end.index);
    const body = end === null ? "" : text.slice(end.index + end[0].length);
    const isFinal =
      Number(status) >= 200 && !(status.startsWith("3") && STATUS_LINE.test(body.slice(0, 512)));
    if (!isFinal && heads < MAX_HEADS) {
      text = body;
      continue;
    }
    const contentEncoding = headerIn(head, "content-encoding");
    const isChunked = /\bchunked\s*$/i.test(headerIn(head, "transfer-encoding") ?? "");
    return { status: Number(status), contentEncoding, body: octetsOf(isChunked ? unchunked(body) : body) };
  }
}

function headerIn(head: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*([^\\r\\n]*)`, "im").exec(head)?.[1];
}

/** RFC 9112 §7.1; what is not in chunks (a tool has joined them) stays as it is. */
function unchunked(body: string): string {
  let joined = "";
  for (let at = 0; ; ) {
    const size = /^([0-9a-f]{1,8})[^\r\n]{0,200}\r\n/i.exec(body.slice(at, at + 256));
    if (size === null) return body;
    const length = Number.parseInt(size[1] ?? "", 16);
    const start = at + size[0].length;
    if (length === 0) return joined;
    joined += body.slice(start, start + length);
    at = start + length + 2;
  }
}
