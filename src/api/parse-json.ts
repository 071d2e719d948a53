/** Lists and objects in one another: a plan of 14 levels has 30. Deeper ones are more than what reads them has stack for. */
const MAX_DEPTH = 200;

/** A body, which arrives as text, read as JSON; undefined where it is none, or too deep. */
export function parseJson(body: unknown): unknown {
  if (typeof body !== "string" || isTooDeep(body)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inString) {
      if (letter === "\\") at += 1;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === "[" || letter === "{") {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (letter === "]" || letter === "}") depth -= 1;
  }
  return false;
}
