import { octetsOf } from "./header-line.ts";
import type { SipMessage } from "./message.ts";

/** The message as octets. Lines that nobody touched come out as they came in, folds, spacing and invalid UTF-8 included. */
export function serialize(message: SipMessage): Buffer {
  let head = `${startLineOf(message)}\r\n`;
  const lines = message.headers.lines;
  for (let at = 0; at < lines.length; at++) head += `${lines[at]?.raw}\r\n`;
  head += "\r\n";
  const { body } = message;
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, head.length, "latin1");
  if (body.length > 0) bytes.set(body, head.length);
  return bytes;
}

function startLineOf(message: SipMessage): string {
  const { startLine } = message;
  const first = message.kind === "request" ? message.method : message.status;
  const second = message.kind === "request" ? message.uri : message.reason;
  if (startLine !== undefined && startLine.fields[0] === first && startLine.fields[1] === second)
    return startLine.octets;
  return message.kind === "request"
    ? `${first} ${octetsOf(second)} SIP/2.0`
    : `SIP/2.0 ${first} ${octetsOf(second)}`;
}
