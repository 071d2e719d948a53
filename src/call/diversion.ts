import type { Trunk } from "../model/snapshot.ts";
import { parseNameAddr, type SipRequest } from "../sip/index.ts";
import { numberOf } from "./telephone.ts";

/** What a trunk says about where a call has been before (RFC 5806). */
export interface Diversions {
  /** How often it was diverted, as far as anybody counted. */
  readonly count: number;
  /** The numbers that diverted it, `+E.164`, newest first; only a trusted trunk is believed. */
  readonly numbers: readonly string[];
}

export const NOT_DIVERTED: Diversions = { count: 0, numbers: [] };

/** More are not read; the call is refused long before. */
const MAX_READ = 20;

/** Reads Diversion. Hosts, names and everything else in it stay behind: they are the other side's own affair (B11). */
export function readDiversions(request: SipRequest, trunk: Trunk, country: string): Diversions {
  const values = request.headers.list("diversion");
  if (values.length === 0) return NOT_DIVERTED;
  let count = 0;
  const numbers: string[] = [];
  for (const value of values.slice(0, MAX_READ)) {
    const read = parseNameAddr(value);
    count += read.ok ? counter(read.value.params.get("counter")) : 1;
    if (!read.ok || !trunk.trusted) continue;
    const number = numberOf(read.value.uri, country, trunk.numberFormat);
    if (number.ok) numbers.push(number.value);
  }
  return { count: count + Math.max(0, values.length - MAX_READ), numbers };
}

/**
 * Diversion values for a call that leaves again, newest first: our own number, then those that are known. The first
 * counts all of them, so that a loop through a trunk that is not trusted still ends. `uri` writes a number for the trunk.
 */
export function diversionHeaders(
  ours: string,
  before: Diversions,
  uri: (number: string) => string,
): readonly (readonly [string, string])[] {
  const unknown = before.count - before.numbers.length;
  const counted = unknown > 0 ? `;counter=${unknown + 1}` : "";
  return [
    ["Diversion", `<${uri(ours)}>;reason=unconditional${counted}`],
    ...before.numbers.map((number) => ["Diversion", `<${uri(number)}>;reason=unconditional`] as const),
  ];
}

function counter(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 1;
}
