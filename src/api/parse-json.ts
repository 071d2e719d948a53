/** A body, which arrives as text, read as JSON; undefined where it is none. */
export function parseJson(body: unknown): unknown {
  try {
    return typeof body === "string" ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}
