const began = performance.now();

/** A line that says what is being done, with the seconds since the start. */
export function progress(text: string): void {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`[${String(seconds).padStart(3)} s] ${text}`);
}
