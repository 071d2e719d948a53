import { createHash } from "node:crypto";
import type { ParseFault } from "../message/parser.ts";
import { reasonPhrase } from "../message/reason-phrases.ts";
import { endOfValue } from "../message/value-list.ts";
import { formatVia } from "../message/via.ts";
import { withoutZone } from "./address.ts";
import type { HostPort } from "./transport.ts";

const MAX_REASON = 120;

/**
 * The stateless answer to a message that could not be read (RFC 3261 §8.2.7, §16.3), from the header fields that
 * could. Undefined where silence is right: to responses, to ACK, and where too little of the message is left.
 * It names no product, and it is never longer than what it answers by more than a line.
 */
export function faultAnswer(fault: ParseFault, source: HostPort, tagKey: string): Buffer | undefined {
  if (fault.status === undefined || fault.echo === undefined || fault.method === "ACK") return undefined;
  if (!fault.echo.some(([name]) => isVia(name))) return undefined;
  const phrase = inOneLine(fault.reason) || reasonPhrase(fault.status);
  let text = `SIP/2.0 ${fault.status} ${phrase}\r\n`;
  let topVia = true;
  for (const [name, value] of fault.echo) {
    let line = value;
    if (topVia && isVia(name)) {
      topVia = false;
      line = stampedVia(fault, value, source);
    } else if (isTo(name) && !/;[ \t]*tag[ \t]*=/i.test(value)) {
      line = `${value};tag=${statelessTag(fault.echo, tagKey)}`;
    }
    text += `${name}: ${line}\r\n`;
  }
  return Buffer.from(`${text}Content-Length: 0\r\n\r\n`, "utf8");
}

/** RFC 3581 §4: the top Via tells the peer where its request came from. */
function stampedVia(fault: ParseFault, line: string, source: HostPort): string {
  if (fault.topVia === undefined) return line;
  const received = ["received", withoutZone(source.host)] as const;
  const { topVia } = fault;
  const params =
    topVia.rport === undefined
      ? topVia.params.with(received)
      : topVia.params.with(received, ["rport", String(source.port)]);
  // Further values may stand on the same line.
  return formatVia({ ...topVia, params }) + line.slice(endOfValue(line, 0));
}

/** RFC 3261 §8.2.7: every copy of the same request gets the same tag. */
function statelessTag(echo: NonNullable<ParseFault["echo"]>, tagKey: string): string {
  const hash = createHash("sha1").update(tagKey);
  for (const [name, value] of echo) hash.update(name).update(value);
  return hash.digest("hex").slice(0, 16);
}

function inOneLine(reason: string): string {
  let text = "";
  for (const char of reason.slice(0, MAX_REASON)) text += char >= " " && char <= "~" ? char : "?";
  return text.trim();
}

function isVia(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "via" || lower === "v";
}

function isTo(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "to" || lower === "t";
}
