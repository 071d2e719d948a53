// What `htmlspecialchars`, `htmlentities` and templates that escape by themselves make of a name.

/** U+00A0 to U+00FF in their order (HTML 4.01 §24.2). */
const LATIN1 =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para " +
  "middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute " +
  "Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute " +
  "THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde " +
  "ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const NAMED: ReadonlyMap<string, string> = new Map([
  ...LATIN1.split(" ").map((name, at) => [name, String.fromCharCode(0xa0 + at)] as const),
  ...Object.entries({ quot: '"', amp: "&", lt: "<", gt: ">", apos: "'", ndash: "–", mdash: "—" }),
  ...Object.entries({ lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", hellip: "…", euro: "€" }),
]);
const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z][a-zA-Z\d]{1,7}));/g;
const LAST_CODE_POINT = 0x10ffff;
/** As often as a text is escaped at most by those that do it more than once. */
const MOST_ROUNDS = 3;

/** A text with what HTML writes for a character undone; what is none stays. */
export function withoutEntities(text: string): string {
  let plain = text;
  for (let round = 0; round < MOST_ROUNDS && plain.includes("&"); round += 1) {
    const before = plain;
    plain = before.replace(ENTITY, (all, decimal?: string, hex?: string, name?: string) => {
      if (decimal === undefined && hex === undefined) return NAMED.get(name ?? "") ?? all;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code > LAST_CODE_POINT ? all : String.fromCodePoint(code);
    });
    if (plain === before) break;
  }
  return plain;
}
