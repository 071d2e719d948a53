import { understandNumber } from "../../../../src/dialplan/number.ts";

/** What somebody typed as `+E.164`; undefined where it is no number. Needs the numbering plans. */
export function readNumber(text: string, country: string): string | undefined {
  const read = understandNumber(text.trim(), country);
  return read.ok ? read.value : undefined;
}
