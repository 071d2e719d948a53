/** A time (ms since the epoch) for a sentence: `2026-11-29 14:21`, in UTC. */
export function utcMinute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
