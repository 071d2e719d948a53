/** As much of a text as is looked at: what is wrong shows at the beginning, and the look must stay short. */
const MAX_LOOKED_AT = 1000;
/** A string as JSON has it; what stands between them is the structure. */
const STRING = /"(?:[^"\\\n\r]|\\.)*"/g;

/** What is wrong with a text that should be JSON, in the order in which it is looked for, of its structure alone. */
const TROUBLES: readonly (readonly [what: RegExp, words: string])[] = [
  [/[“”„‟«»‘’]/, 'it has typographic quotes; JSON wants straight ones, `"`'],
  [/=>/, "it is written like an array of PHP; `json_encode` writes JSON"],
  [
    /'/,
    "it has single quotes; JSON wants double ones (in Python `json.dumps` writes them, in PHP `json_encode`)",
  ],
  [/:\s*(?:None|True|False)\b/, "it has None, True or False; in JSON they are null, true and false"],
  [/,\s*[}\]]/, "a comma stands before a closing brace or bracket"],
  [/:\s*\+/, "a number with a `+` stands without quotes; a phone number is text, and goes between quotes"],
  [
    /:\s*0\d/,
    "a number that begins with 0 stands without quotes; a phone number is text, and goes between quotes",
  ],
  [/\/[/*]|(?:^|\s)#/, "it has a comment, which JSON does not know"],
  [
    /:\s*(?:NaN|undefined|Infinity)\b/,
    "it has NaN or undefined, which JSON does not know; leave the key out",
  ],
  [/[{,]\s*[a-z_$][\w$-]*\s*:/i, "a key stands without quotes"],
  [/:\s*(?!(?:true|false|null)\b)[a-z_]/i, "a text stands without quotes"],
  [/""\s*""/, "a comma or colon is missing between two texts"],
];

/** What is wrong with a text that is not JSON, as a person would say it; undefined where nothing known is. Never throws. */
export function jsonTrouble(whole: string): string | undefined {
  const end = objectEnd(whole);
  if (end !== undefined && isJson(whole.slice(0, end))) {
    const rest = whole.slice(end).trim();
    return rest.startsWith("{")
      ? "there is more than one object"
      : `there is text behind its end: \`${excerpt(rest)}\``;
  }
  const text = whole.slice(0, MAX_LOOKED_AT);
  const structure = text.replace(STRING, '""');
  for (const [what, words] of TROUBLES) if (what.test(structure)) return words;
  if (/"[^"]*[\r\n]/.test(structure)) return "a text has a line end in it, which must be written `\\n`";
  return end === undefined ? "it ends before its closing brace" : undefined;
}

/** Index behind the brace that closes the first object; undefined: it is never closed. */
function objectEnd(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at += 1;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    } else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // the only way in which it says so
  }
}

function excerpt(text: string): string {
  const clean = text.slice(0, 40).replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ");
  return text.length > 40 ? `${clean}…` : clean;
}
