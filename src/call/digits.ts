import type { Clock } from "../runtime/clock.ts";

/** How a phone tells of a key: RFC 4733 events, tones in its sound, or SIP INFO. */
export type DigitWay = "event" | "tone" | "info";

/** A key that two ways tell of is told of within this time: tones are noticed late, INFO takes the signalling's way. */
const SAME_PRESS_MS = 1000;

interface Press {
  readonly digit: string;
  readonly atMs: number;
  /** Which ways have told of it. */
  readonly ways: Set<DigitWay>;
}

/**
 * Counts every press once, though a phone may tell of it in two or three ways (pitfall 24 of SIP phones). What one way
 * tells is a new press, unless another way told of the same key a moment ago and this one has not yet told of that press:
 * so `5` `5` pressed quickly stays two presses, whichever ways tell of them and in which order.
 */
export class DigitMerger {
  readonly #clock: Clock;
  #recent: Press[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this is a press that nobody has told of yet. */
  isNew(digit: string, way: DigitWay): boolean {
    const now = this.#clock.now();
    this.#recent = this.#recent.filter(({ atMs }) => now - atMs <= SAME_PRESS_MS);
    const told = this.#recent.find((press) => press.digit === digit && !press.ways.has(way));
    if (told !== undefined) {
      told.ways.add(way);
      return false;
    }
    this.#recent.push({ digit, atMs: now, ways: new Set([way]) });
    return true;
  }
}

/** Bodies that are read: the long form with `Signal=` and `Duration=`, and the short one that is the key alone. */
const LONG = "application/dtmf-relay";
const SHORT = "application/dtmf";
/** Of gateways: the same texts, or an event as RFC 4733 §2.3 packs it. */
const EVENT = "audio/telephone-event";
/** `p=Digit-Collection`, `y=Digits`, `d=5`. */
const NORTEL = "application/vnd.nortelnetworks.digits";
const TYPES: ReadonlySet<string | undefined> = new Set([LONG, SHORT, EVENT, NORTEL]);
const EVENT_OCTETS = 4;
const LAST_KEY = 15;
/** A body beyond this is none of these. */
const MAX_BODY = 200;

/** Whether an INFO of this type tells of a key; undefined: it does not say its type, and a key is all that it could tell (S12). */
export function isDigitInfo(contentType: string | undefined): boolean {
  return contentType === undefined || TYPES.has(contentType.split(";", 1)[0]?.trim().toLowerCase());
}

/** The key that an INFO tells of (RFC 6086 leaves its form to practice); undefined where it is none. */
export function digitOfInfo(contentType: string | undefined, body: Buffer): string | undefined {
  if (!isDigitInfo(contentType) || body.length > MAX_BODY) return undefined;
  const packed = packedEvent(contentType ?? LONG, body);
  const text = packed ?? body.toString("latin1");
  const signal = /^[ \t]*(?:signal|d)[ \t]*=[ \t]*(["']?)([0-9A-D*#]{1,2})\1[ \t]*$/im.exec(text)?.[2];
  const key = signal ?? /^\s*([0-9A-D*#]{1,2})\s*$/i.exec(text)?.[1];
  if (key === undefined) return undefined;
  // Some phones send the event's number (RFC 4733 §3.2): 10 is the star, 11 the pound key.
  if (key.length === 1) return key.toUpperCase();
  return { "10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D" }[key];
}

/** The number of a packed event, as text; undefined: the body is none. */
function packedEvent(contentType: string, body: Buffer): string | undefined {
  const isEvent = contentType.trim().toLowerCase().startsWith(EVENT);
  const event = body[0] ?? Number.POSITIVE_INFINITY;
  return isEvent && body.length === EVENT_OCTETS && event <= LAST_KEY ? String(event) : undefined;
}

/** The INFO with its key masked, for records: a code is nobody's business. Other octets stay as they are. */
export function withoutDigit(octets: Buffer): Buffer {
  const text = octets.toString("latin1");
  const at = text.indexOf("\r\n\r\n");
  if (at < 0) return octets;
  const body = text.slice(at + 4).replace(/[0-9A-D*#]+/gi, (found, offset: number, whole: string) =>
    // In the long form only what follows `Signal=`; the duration may stay.
    /signal/i.test(whole) && !/signal[ \t]*=[ \t]*["']?$/i.test(whole.slice(0, offset))
      ? found
      : "*".repeat(found.length),
  );
  // A packed event has its key in an octet that is no digit.
  const packed = text.length - at - 4 === EVENT_OCTETS && text.toLowerCase().includes(EVENT);
  return Buffer.from(text.slice(0, at + 4) + (packed ? `*${body.slice(1)}` : body), "latin1");
}
