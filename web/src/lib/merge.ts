// What happens when two people change the same thing: pure, so that it can be tried out.

/** A field that both changed, and differently. */
export interface Clash {
  /** `ivr.attempts`. */
  readonly path: string;
  readonly before: unknown;
  readonly theirs: unknown;
  readonly yours: unknown;
}

export interface Merged<Document> {
  /** All differences of both, and where they clash yours. */
  readonly document: Document;
  readonly clashes: readonly Clash[];
}

/** Whether two JSON values are the same; a member that is undefined is one that is not there. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, at) => same(value, other[at]));
  if (!isObject(one) || !isObject(other)) return false;
  return keysOf(one, other).every((key) => same(one[key], other[key]));
}

/** Puts two changes of one document together, member by member; lists are taken whole. */
export function merge<Document>(before: Document, theirs: Document, yours: Document): Merged<Document> {
  const clashes: Clash[] = [];
  const document = mergeAt("", before, theirs, yours, clashes);
  return { document: document as Document, clashes };
}

function mergeAt(path: string, before: unknown, theirs: unknown, yours: unknown, clashes: Clash[]): unknown {
  if (same(theirs, yours) || same(before, theirs)) return yours;
  if (same(before, yours)) return theirs;
  if (isObject(theirs) && isObject(yours)) {
    const was: Readonly<Record<string, unknown>> = isObject(before) ? before : {};
    const entries = keysOf(theirs, yours).map((key) => {
      const below = path === "" ? key : `${path}.${key}`;
      return [key, mergeAt(below, was[key], theirs[key], yours[key], clashes)] as const;
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  clashes.push({ path, before, theirs, yours });
  return yours;
}

/** The value at a path of a document. */
export function valueAt(document: unknown, path: string): unknown {
  let value: unknown = document;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The document with another value at a path; undefined takes the member away. */
export function withValue<Document>(document: Document, path: string, value: unknown): Document {
  const [key = "", ...rest] = path.split(".");
  if (path === "") return value as Document;
  const own: Readonly<Record<string, unknown>> = isObject(document) ? document : {};
  const next = rest.length === 0 ? value : withValue(own[key], rest.join("."), value);
  return { ...own, [key]: next } as Document;
}

function keysOf(one: object, other: object): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
