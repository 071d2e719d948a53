// What the first page of a visit will ask is asked before there is a program to ask it (first.ts), and taken from here when there is.

/** An answer that nobody took within it is old: `staleTime` of query.ts. */
const FRESH_MS = 10_000;

interface Asked {
  readonly at: number;
  readonly answer: Promise<Response>;
}

const asked = new Map<string, Asked>();
let isOver = false;
/** When the oldest answer that was taken was asked for. */
let oldestMs = Number.POSITIVE_INFINITY;

/** A GET of an address below this server, as the pages send it. */
export function get(address: string, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(address, {
    headers: { accept: "application/json, application/problem+json" },
    signal,
    credentials: "same-origin",
    redirect: "error",
  });
}

/** Asks, and keeps the answer for whoever asks the same next, unless something has been written. */
export function askEarly(address: string): Promise<Response> {
  const answer = get(address);
  if (!isOver) asked.set(address, { at: performance.now(), answer });
  return answer;
}

/** What was asked early, once. */
export function takeEarly(address: string): Promise<Response> | undefined {
  const early = asked.get(address);
  asked.delete(address);
  if (early === undefined || performance.now() - early.at >= FRESH_MS) return undefined;
  oldestMs = Math.min(oldestMs, early.at);
  return early.answer;
}

/** Something is written (somebody else may be signed in after it): nothing that is asked early is an answer from now on. */
export function dropEarly(): void {
  isOver = true;
  asked.clear();
}

/** For how long pages have shown what was asked early, ms; 0: nothing was. */
export function earlySinceMs(): number {
  return Math.max(0, performance.now() - oldestMs);
}
