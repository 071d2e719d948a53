/** Most octets of a line of a backup that is read as text; a longer one is damage. */
export const LONGEST_LINE = 4096;
/** The two lines that say what a backup is, each with its end, lie within so much of it. */
export const HEAD_BYTES = 2 * (LONGEST_LINE + 1);
