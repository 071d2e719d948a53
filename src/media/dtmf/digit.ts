/** The keys in the order of their event codes 0 … 15 (RFC 4733 §3.2). */
export const DIGITS = "0123456789*#ABCD";

/** Four frequencies, one of which each key has. */
export type ToneGroup = readonly [number, number, number, number];

/** [Hz of the row, Hz of the column] of each key (ITU-T Q.23). */
export const ROWS: ToneGroup = [697, 770, 852, 941];
export const COLUMNS: ToneGroup = [1209, 1336, 1477, 1633];
const PAD = "123A456B789C*0#D";

/** The key at a row and a column, 0 … 3 each. */
export function digitAt(row: number, column: number): string {
  return PAD[row * 4 + column] as string;
}

/** The two frequencies of a key, Hz; undefined if it is none. */
export function frequenciesOf(digit: string): readonly [number, number] | undefined {
  const at = digit.length === 1 ? PAD.indexOf(digit) : -1;
  return at < 0 ? undefined : [ROWS[at >> 2] as number, COLUMNS[at & 3] as number];
}
