import { printable } from "../lib/printable.ts";
import type { CallRecord, SipTrace } from "../model/call-record.ts";
import { atTime } from "../model/story.ts";

/** How a ladder is drawn. */
export interface LadderOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Plain ASCII instead of line-drawing characters. */
  readonly ascii: boolean;
}

interface Strokes {
  readonly lifeline: string;
  readonly shaft: string;
}

/** Where everything stands: column 0 is the caller, column 1 Switchhook, the others the legs that we made. */
interface Layout {
  readonly headings: readonly string[];
  readonly peers: readonly string[];
  /** Column by leg. */
  readonly columns: ReadonlyMap<string, number>;
  /** Characters from one lifeline to the next. */
  readonly gap: number;
  /** Columns of the terminal. */
  readonly width: number;
  /** Several legs share the last column, because the terminal is too narrow for one each. */
  readonly shared: boolean;
}

const INDENT = 14;
const MIN_WIDTH = 60;
const MIN_GAP = 22;
const MAX_GAP = 44;

/**
 * The SIP messages of a call as a ladder: one lifeline for the caller, Switchhook and each leg, an arrow with the
 * start line and its time for each message. Legs that do not fit beside each other share a lifeline, and their
 * arrows are labelled with the leg. Every line is safe to print. Empty where the record holds no messages.
 */
export function renderLadder(record: CallRecord, options: LadderOptions): readonly string[] {
  if (record.sip.length === 0) return [];
  const layout = layOut(record.sip, Math.max(MIN_WIDTH, options.width));
  const strokes: Strokes = options.ascii ? { lifeline: "|", shaft: "-" } : { lifeline: "│", shaft: "─" };
  const lines = [
    headingLine(layout.headings, layout),
    headingLine(layout.peers, layout),
    lifelines(layout, strokes),
  ];
  for (const message of record.sip) lines.push(arrowLine(message, layout, strokes));
  lines.push(lifelines(layout, strokes));
  return lines.map((line) => line.trimEnd());
}

/** Every SIP message of a call in full, each under a line that says when it went which way. Safe to print. */
export function renderMessages(record: CallRecord): readonly string[] {
  const lines: string[] = [];
  for (const message of record.sip) {
    const way = message.direction === "in" ? "from" : "to";
    lines.push(`--- ${atTime(message.atMs).trim()}  leg ${message.leg}, ${way} ${printable(message.peer)}`);
    for (const line of message.text.split(/\r?\n/)) lines.push(printable(line));
  }
  return lines;
}

function layOut(messages: readonly SipTrace[], width: number): Layout {
  const peers = new Map<string, string>();
  for (const { leg, peer } of messages) if (!peers.has(leg)) peers.set(leg, printable(peer));
  const legs = [...peers.keys()].filter((leg) => leg !== "A");
  const gapFor = (columns: number): number =>
    Math.min(MAX_GAP, Math.floor((width - INDENT - 8) / (columns - 1)));
  const shared = legs.length > 1 && gapFor(legs.length + 2) < MIN_GAP;
  const last = shared ? [`${legs[0] ?? ""} ... ${legs.at(-1) ?? ""}`] : legs;
  return {
    headings: ["Caller (A)", "Switchhook", ...last],
    peers: [peers.get("A") ?? "", "", ...(shared ? [] : legs.map((leg) => peers.get(leg) ?? ""))],
    columns: new Map([
      ["A", 0],
      ...legs.map((leg, index): [string, number] => [leg, shared ? 2 : index + 2]),
    ]),
    gap: gapFor(last.length + 2),
    width,
    shared,
  };
}

/** Texts centred over their lifelines, moved to the left where they would leave the terminal. */
function headingLine(texts: readonly string[], { gap, width }: Layout): string {
  let line = "";
  for (const [column, text] of texts.entries()) {
    const cut = shorten(text, gap - 2);
    const centred = INDENT + column * gap - Math.floor(characters(cut) / 2);
    const from = Math.max(line === "" ? 0 : characters(line) + 1, Math.min(centred, width - characters(cut)));
    line = line.padEnd(from) + cut;
  }
  return line;
}

/** Lifelines of columns `from` up to but excluding `to`, each followed by its gap. */
function gaps(from: number, to: number, gap: number, strokes: Strokes): string {
  return `${strokes.lifeline}${" ".repeat(gap - 1)}`.repeat(Math.max(0, to - from));
}

function lifelines(layout: Layout, strokes: Strokes): string {
  return " ".repeat(INDENT) + gaps(0, layout.headings.length, layout.gap, strokes);
}

function arrowLine(message: SipTrace, layout: Layout, strokes: Strokes): string {
  const { gap } = layout;
  const column = layout.columns.get(message.leg) ?? 0;
  const [left, right] = column === 0 ? [0, 1] : [1, column];
  // Ours is column 1: what comes in points to it, what goes out points away from it.
  const pointsRight = (message.direction === "in") === (column === 0);
  const name = layout.shared && column > 0 ? `${message.leg}: ` : "";
  const labels = labelsOf(message.text).map((label) => `${name}${label}`);
  const arrow = drawArrow(labels, (right - left) * gap - 1, pointsRight, strokes);
  const before = `${atTime(message.atMs)}${" ".repeat(INDENT - atTime(message.atMs).length)}`;
  const after = gaps(right, layout.headings.length, gap, strokes);
  return `${before}${gaps(0, left, gap, strokes)}${strokes.lifeline}${arrow}${after}`;
}

/** `── INVITE sip:100@… ────>`, exactly `length` characters, with the fullest label that fits. */
function drawArrow(
  labels: readonly string[],
  length: number,
  pointsRight: boolean,
  { shaft }: Strokes,
): string {
  const room = length - 6;
  const text = labels.find((label) => characters(label) <= room) ?? shorten(labels.at(-1) ?? "", room);
  const rest = length - characters(text) - 5;
  return pointsRight
    ? `${shaft.repeat(2)} ${text} ${shaft.repeat(rest)}>`
    : `<${shaft.repeat(2)} ${text} ${shaft.repeat(rest)}`;
}

/**
 * What may stand on the arrow, the fullest first: the method and where to, or the status, its phrase and what it
 * answers; and whether it carries SDP.
 */
function labelsOf(text: string): readonly string[] {
  const line = printable(text.slice(0, 512).split(/\r?\n/, 1)[0] ?? "");
  const head = text.slice(0, Math.max(0, text.search(/\r?\n\r?\n/)));
  const sdp = /^(?:content-type|c)[ \t]*:[ \t]*application\/sdp\b/im.test(head) ? " (SDP)" : "";
  const response = /^SIP\/\d\.\d (\d+) ?(.*)$/.exec(line);
  const short = response?.[1] ?? line.split(" ", 1)[0] ?? "";
  const full =
    response === null ? line.replace(/ SIP\/\d\.\d$/, "") : `${short} ${response[2] ?? ""}`.trimEnd();
  const method = response === null ? undefined : /^cseq[ \t]*:[ \t]*\d+[ \t]+([A-Z]+)/im.exec(head)?.[1];
  const answers = method === undefined || method === "INVITE" ? "" : ` to ${method}`;
  const user = /^\S+ sips?:([^@;?]+)@/i.exec(line)?.[1];
  const named = user === undefined ? full : `${short} ${user}`;
  return [
    `${full}${answers}${sdp}`,
    `${full}${answers}`,
    `${named}${sdp}`,
    named,
    `${short}${sdp}`,
    `${short}${answers}`,
    short,
  ];
}

/** At most `length` characters, the end replaced by three dots where it is longer. */
function shorten(text: string, length: number): string {
  if (characters(text) <= length) return text;
  return `${[...text].slice(0, Math.max(0, length - 3)).join("")}...`;
}

function characters(text: string): number {
  return [...text].length;
}
