import type { Entry } from "../../../../src/model/timeline.ts";
import { isSmallTalk, type Message } from "./message.ts";
import { arrowOf, base, folded, type Of, type Row, type Told, whoIs } from "./row.ts";
import type { RowSaying } from "./row-saying.ts";

/** What a row says, and what of it is not as usual. */
export type RowGiven = Partial<Row> & Pick<Row, "said">;

/** Which SIP message an event is as well. */
export interface Sought {
  readonly leg: string;
  readonly direction: "in" | "out";
  readonly match: (message: Message) => boolean;
}

/** Messages that belong to an event are near it. */
const NEAR = 12;

/** The rows as they are made: each message of the call stands in one row, that of its event or its own. */
export class RowPile {
  readonly #entries: readonly Entry[];
  readonly #messages: readonly { readonly sip: Of<"sip">; readonly message: Message; times: number }[];
  /** Sequence numbers that a row stands for. */
  readonly #claimed = new Set<number>();
  readonly #rows: Row[] = [];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#messages = folded(entries);
  }

  /** By their sequence, as the record has it. */
  rows(): readonly Row[] {
    return this.#rows.toSorted((one, other) => one.seq - other.seq);
  }

  /** False: a row stands for it already. */
  claim(seq: number): boolean {
    const isFree = !this.#claimed.has(seq);
    this.#claimed.add(seq);
    return isFree;
  }

  /** `isLast`: it stands where its event does, and not where the first thing that it covers is. */
  add(entry: Told, row: RowGiven & { readonly isLast?: boolean }): void {
    const { isLast = false, covers = [], ...rest } = row;
    const all = [...covers, entry.seq];
    this.#rows.push({
      ...base(entry),
      opens: { type: "event", event: entry },
      ...rest,
      seq: isLast ? entry.seq : Math.min(...all),
      covers: all,
    });
  }

  decision(entry: Of<"step">, said: Row["said"], mark: "open" | "good" | "bad" = "open"): void {
    const tone = mark === "open" ? "neutral" : mark;
    this.add(entry, { icon: "decision", tone, mark, said, step: entry.entry.step });
  }

  /** A row for an event that is a message as well, where there is one near. */
  message(entry: Told, { leg, direction, match }: Sought, row: RowGiven): void {
    const found = this.#messages
      .filter(({ sip, message }) => sip.leg === leg && sip.direction === direction && match(message))
      .filter(({ sip }) => !this.#claimed.has(sip.seq) && Math.abs(sip.seq - entry.seq) <= NEAR)
      .toSorted((one, other) => Math.abs(one.sip.seq - entry.seq) - Math.abs(other.sip.seq - entry.seq))[0];
    if (found === undefined) return this.add(entry, { icon: "message", ...row });
    this.#claimed.add(found.sip.seq);
    const covers = [...(row.covers ?? []), entry.seq, found.sip.seq];
    const arrow = arrowOf(found.sip, found.message);
    const tone = row.tone ?? "neutral";
    this.#rows.push({
      ...base(entry),
      ...row,
      seq: Math.min(...covers),
      covers,
      atMs: Math.min(entry.atMs, found.sip.atMs),
      arrow: { ...arrow, tone: arrow.tone === "neutral" ? tone : arrow.tone },
      opens: { type: "messages", messages: [found.sip] },
      times: found.times,
    });
  }

  /** The first message of this kind, wherever it is. */
  find({ leg, direction, match }: Sought): Of<"sip"> | undefined {
    return this.#messages.find(
      ({ sip, message }) => sip.leg === leg && sip.direction === direction && match(message),
    )?.sip;
  }

  /** Messages that no row stands for yet; `isAll`: those that say little too. */
  plainMessages(isAll: boolean): void {
    for (const { sip, message, times } of this.#messages) {
      if (this.#claimed.has(sip.seq)) continue;
      if (!isAll && isSmallTalk(message)) continue;
      this.#rows.push({
        ...base(sip),
        said: this.#plain(sip, message.name),
        arrow: arrowOf(sip, message),
        opens: { type: "messages", messages: [sip] },
        times,
      });
    }
  }

  /** A message that is no event. */
  #plain({ leg, direction }: Of<"sip">, what: string): RowSaying {
    const how = direction === "in" ? "says" : what === "BYE" ? "told" : "isSaid";
    return leg === "A"
      ? { key: `${how}.caller`, values: { what } }
      : { key: `${how}.called`, values: { who: this.who(leg), what } };
  }

  /** Whom a leg of ours goes to. */
  who(leg: string): string {
    const made = this.#entries.find((one): one is Of<"leg"> => one.type === "leg" && one.leg === leg);
    return made === undefined ? leg : whoIs(made.target);
  }
}
