// What the first page of a visit will ask is asked before there is a program to ask it (first.ts), and taken from here when there is.

/** An answer that nobody took within it is old: `staleTime` of query.ts. */
const FRESH_MS = 10_000;

interface Asked {
  readonly at: number;
  readonly answer: Promise<Response>;
}

const asked = new Map<string, Asked>();

/** A GET of an address below this server, as the pages send it. */
export function get(address: string, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(address, {
    headers: { accept: "application/json, application/problem+json" },
    signal,
    credentials: "same-origin",
    redirect: "error",
  });
}

/** Asks, and keeps the answer for whoever asks the same next. */
export function askEarly(address: string): Promise<Response> {
  const answer = get(address);
  asked.set(address, { at: performance.now(), answer });
  return answer;
}

/** What was asked early, once. */
export function takeEarly(address: string): Promise<Response> | undefined {
  const early = asked.get(address);
  asked.delete(address);
  return early !== undefined && performance.now() - early.at < FRESH_MS ? early.answer : undefined;
}

/** Something is written: what was asked before is no answer to who asks after it. */
export function dropEarly(): void {
  asked.clear();
}
