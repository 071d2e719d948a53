import { isStale } from "../../../lib/api-error.ts";

/** What was published since a draft was made. */
export interface Newer {
  readonly version: number;
  readonly by: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
}

/** Reads why a draft was not published; undefined where that is not because of a newer version. */
export function newerIn(error: unknown): Newer | undefined {
  if (!isStale(error)) return undefined;
  const { current, changedBy: by, changedAt: at } = error.more;
  // A draft that somebody changed meanwhile is told of in the same way, with itself.
  const { version } = (current ?? {}) as { readonly version?: unknown };
  if (typeof version !== "number") return undefined;
  return {
    version,
    by: typeof by === "string" && by !== "" ? by : undefined,
    at: typeof at === "number" ? at : undefined,
  };
}
