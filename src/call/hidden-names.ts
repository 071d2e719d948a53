import { MAX_DISPLAY_NAME } from "../lib/display-name.ts";
import { withoutCode } from "../lib/hidden-digits.ts";
import type { Happening } from "../model/call-record.ts";

interface HiddenName {
  readonly name: string;
  readonly shown: string;
  /** The same as they stand in a message, one character an octet: as they are, and with their quotes escaped (RFC 3261 §25.1). */
  readonly written: readonly (readonly [name: string, shown: string])[];
}

/** More than any plan makes; what comes after takes the place of the oldest. */
const MOST = 32;

/** Header fields that have a display name, long and compact. */
const NAMED =
  /^(?:from|f|to|t|contact|m|p-(?:asserted|preferred)-identity|remote-party-id|diversion|referred-by|b|history-info)[ \t]*:/i;

/** A line break before which no line is folded (RFC 3261 §7.3.1). */
const LINE_BREAK = /(?<=\n)(?![ \t])/;

/** Names that a receiver returned with the typed code in them: phones show them, the record of their call does not (docs/adr/0107). */
export class HiddenNames {
  /** In the order in which they came. */
  #names: readonly HiddenName[] = [];

  /** From now on the code is hidden in this name. */
  add(name: string, code: string): void {
    const before = this.#names.find((one) => one.name === name)?.shown ?? name;
    const shown = withoutCode(before, code);
    if (shown !== before) this.#keep(name, shown);
  }

  /** The event with the names changed where events have names; the same digits elsewhere are no code. */
  inEvent(happening: Happening): Happening {
    return this.#inside(happening);
  }

  /** A SIP message with its display names changed. Its length stays: a star stands for a digit. */
  inMessage(octets: Buffer): Buffer {
    const text = octets.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    const head = end < 0 ? text : text.slice(0, end);
    const lines = head.split(LINE_BREAK).map((line) => (NAMED.test(line) ? this.#inHeader(line) : line));
    return Buffer.from(lines.join("") + text.slice(head.length), "latin1");
  }

  #keep(name: string, shown: string): void {
    const written = [[name, shown] as const];
    if (/["\\]/.test(name)) written.push([escaped(name), escaped(shown)]);
    const others = this.#names.filter((one) => one.name !== name);
    const kept = { name, shown, written: written.map(([from, to]) => [latin1(from), latin1(to)] as const) };
    this.#names = [...others.slice(-MOST + 1), kept];
  }

  #inside<Value>(value: Value): Value;
  #inside(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one: unknown) => this.#inside(one));
    if (typeof value !== "object" || value === null) return value;
    // A step that takes the returned name tells it as its `text`, beside the name that comes of it.
    const isName = (key: string): boolean =>
      key === "callerName" || key === "shownName" || (key === "text" && "callerName" in value);
    return Object.fromEntries(
      Object.entries(value).map(([key, one]: [string, unknown]) => [
        key,
        typeof one === "string" && isName(key) ? this.#inName(one) : this.#inside(one),
      ]),
    );
  }

  /** A whole name: a text in front of a hidden one, which may have been cut off for it. */
  #inName(text: string): string {
    let told = text;
    for (const { name, shown } of this.#longestFirst()) {
      const length = endOf(told, name);
      told = told.slice(0, told.length - length) + shown.slice(0, length);
    }
    // What was cut off is in messages as it is told here, before any leg is made.
    if (told !== text) this.#keep(text, told);
    return told;
  }

  #inHeader(line: string): string {
    let told = line;
    for (const { written } of this.#longestFirst())
      for (const [name, shown] of written)
        told = told.replaceAll(name, (found, at: number) =>
          isDisplayName(line, at, at + name.length) ? shown : found,
        );
    return told;
  }

  /** A name may end with another one. */
  #longestFirst(): readonly HiddenName[] {
    return this.#names.toSorted((a, b) => b.name.length - a.name.length);
  }
}

/** How many characters at the end of the text are of the name: all, or its beginning where the text is as long as a name may be. */
function endOf(text: string, name: string): number {
  // A blank at the end of what was cut off is gone as well.
  const isFull = text.length >= MAX_DISPLAY_NAME - 1 && [...text].length >= MAX_DISPLAY_NAME - 1;
  const least = isFull ? 1 : name.length;
  for (let length = name.length; length >= least; length--)
    if (text.endsWith(name.slice(0, length)) && !splitsDigits(text, text.length - length)) return length;
  return 0;
}

/** Whether what stands from here to there is the end of a display name: then its address follows. */
function isDisplayName(line: string, from: number, to: number): boolean {
  ADDRESS.lastIndex = to;
  return ADDRESS.test(line) && !splitsDigits(line, from);
}

const ADDRESS = /"?[ \t\r\n]*</y;

/** Whether digits go on across this place, so that neither side of it is a run of its own. */
function splitsDigits(text: string, at: number): boolean {
  return /^\d\d$/.test(text.slice(Math.max(at - 1, 0), at + 1));
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, String.raw`\$&`);
}

/** A text in UTF-8, one character an octet. */
function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
