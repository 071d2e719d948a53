/** A member of an object: its key decoded, its value as JSON text, and where the two stand. */
export interface JsonMember {
  readonly name: string;
  readonly json: string;
  /** Of the key's opening quote. */
  readonly start: number;
  /** Behind the value. */
  readonly end: number;
}

/**
 * The members of the outermost object of a JSON text in the order written, keys decoded and values as JSON
 * text: `JSON.parse` alone keeps the last of duplicate keys, and the first must win. The text must have been
 * accepted by `JSON.parse` and begin with `{`. Linear.
 */
export function jsonMembers(json: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let at = json.indexOf("{") + 1;
  for (;;) {
    const keyStart = json.indexOf('"', at);
    if (keyStart < 0) return members;
    const keyEnd = stringEnd(json, keyStart);
    const valueStart = json.indexOf(":", keyEnd) + 1;
    const valueEnd = valueEndsAt(json, valueStart);
    members.push({
      name: JSON.parse(json.slice(keyStart, keyEnd)) as string,
      json: json.slice(valueStart, valueEnd),
      start: keyStart,
      end: valueEnd,
    });
    if (json[valueEnd] !== ",") return members;
    at = valueEnd + 1;
  }
}

/** Index after the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Index of the comma or brace that ends the value beginning at `start`. */
function valueEndsAt(json: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const character = json[at];
    if (character === '"') {
      at = stringEnd(json, at);
      continue;
    }
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth -= 1;
    } else if (character === "," && depth === 0) return at;
    at += 1;
  }
  return at;
}
