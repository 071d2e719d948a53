/** The middle of some figures; the mean of the middle two where there are two. */
export function median(figures: readonly number[]): number {
  return percentile(figures, 50);
}

/** The figure below which `percent` of all lie, between two neighbours where it falls there; NaN of none. */
export function percentile(figures: readonly number[], percent: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
