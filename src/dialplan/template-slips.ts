// Placeholders as other programs write theirs, and an `&` as a web page writes it: a URL template that has them is well made, and
// sends them as they stand.

/** What was written, and what was meant. */
export interface TemplateSlip {
  readonly written: string;
  readonly right: string;
}

/** The slips in a path or query. `names`: the placeholders that there are. Only their names are quoted, so nothing secret is. */
export function slipsIn(text: string, names: readonly string[]): readonly TemplateSlip[] {
  const one = `(${names.join("|")})`;
  const ways = [
    `(?:[$#]|%24|%23)\\{${one}\\}`,
    `(?:%7B){1,2}${one}(?:%7D){1,2}`,
    `(?:\\[|%5B)${one}(?:\\]|%5D)`,
    `%3C${one}%3E`,
    `(?<=[/=])[:$]${one}(?![\\w{-])`,
    "&(?:amp|#38|#x26);",
  ];
  const slips: TemplateSlip[] = [];
  for (const match of text.matchAll(new RegExp(ways.join("|"), "gi"))) {
    const [written, ...found] = match;
    const name = found.find((part) => part !== undefined);
    const slip = { written, right: name === undefined ? "&" : `{${name.toLowerCase()}}` };
    if (!slips.some((other) => other.written === written)) slips.push(slip);
  }
  return slips;
}

/** The placeholder that somebody means by what stands in braces or the like: `callerId`, `caller_id`, ` did `. */
export function meantBy(written: string, names: readonly string[]): string | undefined {
  const letters = written.toLowerCase().replaceAll(/[^a-z]/g, "");
  return names.find((name) => name === letters);
}

/** A whole template in which a placeholder stands in `<did>`, `%did%` or with blanks: refused for a character, and this is why. */
export function otherBraces(url: string, names: readonly string[]): TemplateSlip | undefined {
  const [written, ...found] =
    new RegExp(
      `<(${names.join("|")})>|%(${names.join("|")})%|\\{+\\s*(${names.join("|")})\\s*\\}+`,
      "i",
    ).exec(url) ?? [];
  const name = found.find((part) => part !== undefined);
  return written === undefined || name === undefined
    ? undefined
    : { written, right: `{${name.toLowerCase()}}` };
}

/** The slip as a sentence. */
export function slipSentence({ written, right }: TemplateSlip): string {
  return right === "&"
    ? `${written} is how a web page writes &; in a URL it is & alone.`
    : `${written} is sent as it stands; the placeholder is written ${right}.`;
}
