/** Heights of the call page, in px (one row has one line of text, or a second one below it). */
const ROW = 38;
const TALL_ROW = 54;
const GAP_FROM_MS = 500;
const MOST_GAP = 68;

/** What the axis has to know of a row. */
export interface Placed {
  readonly seq: number;
  readonly atMs: number;
  readonly isTall: boolean;
}

/** A row, or a wait between two, from the top down. */
export type Slot =
  | { readonly type: "row"; readonly index: number; readonly top: number; readonly height: number }
  | { readonly type: "gap"; readonly ms: number; readonly top: number; readonly height: number };

export interface Axis {
  readonly slots: readonly Slot[];
  readonly height: number;
  /** Where the line of a row's arrow is. */
  readonly rowY: (index: number) => number;
  /** Where something is that has no row of its own: by its number first, then by its time between its neighbours. */
  readonly yAt: (seq: number, atMs: number) => number;
}

/** How high a wait is drawn: long ones are folded, so that a minute takes little more than a second. */
export function gapHeight(ms: number): number {
  return ms < GAP_FROM_MS ? 0 : Math.min(MOST_GAP, 22 + 12 * Math.log2(ms / GAP_FROM_MS + 1));
}

/**
 * The elastic axis: rows below each other in their order, waits folded between them. Time to height is piecewise linear
 * between the rows, so what lasted can be drawn between them.
 */
export function axisOf(rows: readonly Placed[]): Axis {
  const slots: Slot[] = [];
  const centers: number[] = [];
  let top = 0;
  let before = rows[0]?.atMs ?? 0;
  for (const [index, { atMs, isTall }] of rows.entries()) {
    const wait = gapHeight(atMs - before);
    if (wait > 0) {
      slots.push({ type: "gap", ms: atMs - before, top, height: wait });
      top += wait;
    }
    const height = isTall ? TALL_ROW : ROW;
    slots.push({ type: "row", index, top, height });
    centers.push(top + ROW / 2);
    top += height;
    before = Math.max(before, atMs);
  }
  const rowY = (index: number): number => centers[index] ?? 0;
  return { slots, height: top, rowY, yAt: (seq, atMs) => yBetween(rows, rowY, { seq, atMs }) };
}

function yBetween(
  rows: readonly Placed[],
  rowY: (index: number) => number,
  { seq, atMs }: Pick<Placed, "seq" | "atMs">,
): number {
  const after = rows.findIndex((row) => row.seq >= seq);
  if (after === 0) return rowY(0);
  if (after < 0) return rowY(rows.length - 1);
  const [one, other] = [rows[after - 1], rows[after]];
  if (one === undefined || other === undefined || other.seq === seq) return rowY(after);
  const share = other.atMs <= one.atMs ? 0.5 : (atMs - one.atMs) / (other.atMs - one.atMs);
  return rowY(after - 1) + Math.min(1, Math.max(0, share)) * (rowY(after) - rowY(after - 1));
}

/** Where a scale has its numbers: at most `most` of them, a round number of ms apart. */
export function ticks(totalMs: number, most: number): readonly number[] {
  const steps = [1, 2, 5].flatMap((step) => [1, 10, 100, 1000, 10_000].map((by) => step * by));
  const minutes = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
    (one) => one * 1000,
  );
  const all = [...steps, ...minutes].toSorted((one, other) => one - other);
  const step = all.find((one) => totalMs / one <= most) ?? totalMs;
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, at) => at * step);
}
