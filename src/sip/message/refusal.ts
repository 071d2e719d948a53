import { isToken, sliceTrimmed } from "./chars.ts";
import { textOf } from "./header-line.ts";
import { headerName, Slot } from "./header-names.ts";
import type { MessageLimits } from "./limits.ts";
import { endOfValue } from "./value-list.ts";
import { parseVia, type Via } from "./via.ts";

/** Why a message is refused, before anything is known of the rest of it. */
export interface ParseRefusal {
  /** What to answer; undefined: nothing. */
  readonly status: number | undefined;
  /** A sentence that names the header field and says why. */
  readonly reason: string;
}

/** A message that cannot be taken, with what a stateless answer needs. */
export interface ParseFault extends ParseRefusal {
  /** The Via, From, To, Call-ID and CSeq fields that could be found, to be put in the answer; undefined if there is none to send. */
  readonly echo: readonly (readonly [name: string, value: string])[] | undefined;
  readonly method: string | undefined;
  /** The topmost Via, if it could be read. */
  readonly topVia: Via | undefined;
}

const NAMES: Readonly<Record<number, string>> = {
  [Slot.via]: "Via",
  [Slot.from]: "From",
  [Slot.to]: "To",
  [Slot.callId]: "Call-ID",
  [Slot.cseq]: "CSeq",
};

/**
 * Completes a refusal with what the header lines hold, however broken they are; `lines` are octets that start
 * after the start line. Linear. Without any Via there is nobody to answer, so the fault is silent (RFC 3261 §18.2.2).
 */
export function faultFrom(
  refusal: ParseRefusal,
  method: string | undefined,
  lines: string,
  limits: MessageLimits,
): ParseFault {
  const echo = refusal.status === undefined ? [] : collectEcho(lines, limits);
  const topVia = echo.find(([name]) => name === "Via")?.[1];
  if (topVia === undefined || refusal.status === undefined) {
    return { status: undefined, reason: refusal.reason, echo: undefined, method, topVia: undefined };
  }
  const via = parseVia(topVia.slice(0, endOfValue(topVia, 0)).trim());
  return {
    status: refusal.status,
    reason: refusal.reason,
    echo,
    method,
    topVia: via.ok ? via.value : undefined,
  };
}

function collectEcho(lines: string, limits: MessageLimits): (readonly [string, string])[] {
  const echo: (readonly [string, string])[] = [];
  const seen = new Set<number>();
  let read = 0;
  let at = 0;
  while (at < lines.length && read < limits.maxHeaderLines) {
    const end = endOfField(lines, at);
    const field = lines.slice(at, end);
    if (field.length === 0) break;
    at = end + 2;
    read++;
    const colon = field.indexOf(":");
    const name = colon < 0 ? "" : sliceTrimmed(field, 0, colon);
    if (!isToken(name)) continue;
    const { slot } = headerName(name);
    const long = NAMES[slot];
    if (long === undefined || (slot !== Slot.via && seen.has(slot))) continue;
    if (slot === Slot.via && echo.length >= limits.maxVias) continue;
    seen.add(slot);
    echo.push([
      long,
      textOf(field.slice(colon + 1))
        .replace(/[\s\0]+/g, " ")
        .trim(),
    ]);
  }
  return echo;
}

/** The end of a header field with its folded lines: the CRLF after which no white space stands. */
function endOfField(lines: string, from: number): number {
  let end = lines.indexOf("\r\n", from);
  while (end >= 0 && (lines[end + 2] === " " || lines[end + 2] === "\t"))
    end = lines.indexOf("\r\n", end + 2);
  return end < 0 ? lines.length : end;
}
