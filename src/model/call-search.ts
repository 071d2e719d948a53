/** What somebody looks for in calls. */
export interface CallSearch {
  /** Stands in a name or a number, in any case; or an id begins so. */
  readonly text: string;
  /** Digits that stand in a number, whatever way somebody writes it; undefined: the text is no part of one. */
  readonly digits: string | undefined;
}

const PART_OF_NUMBER = /^[+(]?[\d\s().\-/]*\d[\d\s().\-/]*$/;
/** Fewer digits are in half of all numbers behind their zeros, so those stay. */
const SHORTEST = 4;

/** Reads a search: numbers are kept as `+E.164`, and people write them with spaces, with `00` or as nationals. */
export function callSearch(q: string): CallSearch {
  const text = q.trim();
  if (!PART_OF_NUMBER.test(text)) return { text, digits: undefined };
  const all = text.replace(/\D/g, "");
  const withoutPrefix = all.replace(/^0{1,2}/, "");
  return { text, digits: withoutPrefix.length >= SHORTEST ? withoutPrefix : all };
}
