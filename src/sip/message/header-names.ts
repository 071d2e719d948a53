/** Where the parser counts a header field while it reads the lines; 0 is "does not matter to the parser". */
export const Slot = {
  other: 0,
  via: 1,
  from: 2,
  to: 3,
  callId: 4,
  cseq: 5,
  contentLength: 6,
  maxForwards: 7,
  contact: 8,
  route: 9,
  contentType: 10,
} as const;

export interface HeaderName {
  /** The long name in lower case; the same string object for every spelling, so that comparing is cheap. */
  readonly id: string;
  readonly slot: number;
}

// RFC 3261 §7.3.3 and the IANA registry of compact forms.
const COMPACT: Readonly<Record<string, string>> = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  d: "Request-Disposition",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  j: "Reject-Contact",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  n: "Identity-Info",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
  y: "Identity",
};

const SLOTS: ReadonlyMap<string, number> = new Map([
  ["via", Slot.via],
  ["from", Slot.from],
  ["to", Slot.to],
  ["call-id", Slot.callId],
  ["cseq", Slot.cseq],
  ["content-length", Slot.contentLength],
  ["max-forwards", Slot.maxForwards],
  ["contact", Slot.contact],
  ["route", Slot.route],
  ["content-type", Slot.contentType],
]);

const COMMON = [
  ...Object.values(COMPACT),
  "Accept",
  "Accept-Encoding",
  "Accept-Language",
  "Alert-Info",
  "Allow",
  "Authorization",
  "Call-Info",
  "Content-Disposition",
  "CSeq",
  "Date",
  "Diversion",
  "Error-Info",
  "Expires",
  "History-Info",
  "Max-Forwards",
  "MIME-Version",
  "Min-Expires",
  "Min-SE",
  "Organization",
  "P-Asserted-Identity",
  "P-Preferred-Identity",
  "Path",
  "Privacy",
  "Proxy-Authenticate",
  "Proxy-Authorization",
  "Proxy-Require",
  "RAck",
  "Reason",
  "Record-Route",
  "Remote-Party-ID",
  "Replaces",
  "Require",
  "Retry-After",
  "Route",
  "RSeq",
  "Server",
  "Service-Route",
  "Session-ID",
  "Timestamp",
  "Unsupported",
  "User-Agent",
  "Warning",
  "WWW-Authenticate",
];

/** The one string object that V8 keeps for a text, which is also what a literal in the source is: comparing is comparing pointers. */
function interned(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

function tabulate(): ReadonlyMap<string, HeaderName> {
  const spellings = new Map<string, HeaderName>();
  for (const long of COMMON) {
    const id = interned(long.toLowerCase());
    const name = { id, slot: SLOTS.get(id) ?? Slot.other };
    spellings.set(long, name);
    spellings.set(id, name);
  }
  for (const [compact, long] of Object.entries(COMPACT)) {
    const name = spellings.get(long);
    if (name === undefined) continue;
    spellings.set(compact, name);
    spellings.set(compact.toUpperCase(), name);
  }
  return spellings;
}

const SPELLINGS = tabulate();

const MAX_USUAL_LENGTH = 23;

interface Spelling {
  readonly text: string;
  readonly name: HeaderName;
}

/** The usual spellings (`Call-ID`, `i`) by length and first character: one comparison finds most names without hashing them. */
function byLengthAndInitial(): readonly (readonly Spelling[] | undefined)[] {
  const buckets = new Array<Spelling[] | undefined>((MAX_USUAL_LENGTH + 1) << 7).fill(undefined);
  for (const [text, name] of SPELLINGS) {
    if ((text === name.id && text.length > 1) || text.length > MAX_USUAL_LENGTH) continue;
    const key = (text.length << 7) | text.charCodeAt(0);
    const bucket = buckets[key];
    if (bucket === undefined) buckets[key] = [{ text, name }];
    else bucket.push({ text, name });
  }
  return buckets;
}

const BUCKETS = byLengthAndInitial();

/** The header field that the first `length` characters of a line name in their usual spelling, or undefined: then ask `headerName`. */
export function usualHeaderName(line: string, length: number): HeaderName | undefined {
  const initial = line.charCodeAt(0);
  if (length > MAX_USUAL_LENGTH || initial > 127) return undefined;
  const bucket = BUCKETS[(length << 7) | initial];
  if (bucket === undefined) return undefined;
  for (let at = 0; at < bucket.length; at++) {
    const spelling = bucket[at];
    if (spelling !== undefined && line.startsWith(spelling.text)) return spelling.name;
  }
  return undefined;
}

/** The header field that a name in any case, long or compact, stands for (RFC 3261 §7.3.1, §7.3.3). */
export function headerName(spelling: string): HeaderName {
  const usual = SPELLINGS.get(spelling);
  if (usual !== undefined) return usual;
  const id = spelling.toLowerCase();
  return SPELLINGS.get(id) ?? { id, slot: Slot.other };
}
