import fc from "fast-check";

/** What a caller might call himself to get into a URL: its syntax, climbing paths, controls, letters of every kind. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    "..",
    ".",
    "%2e%2e/",
    "../../etc",
    "&a=b",
    "#frag",
    "?q",
    "+",
    " ",
    "\r\nX: y",
    "%",
    "%00",
    "\u0000",
    "//evil",
    "@evil",
    ":1",
    "😀",
    "\\",
    ";",
    "=",
    "a&destination=1",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc
    .array(fc.constantFrom("&", "#", "?", "%2e", "/", "+", " ", "\r", "\n", ".", "é", "=", ";", "{code}"), {
      maxLength: 8,
    })
    .map((all) => all.join("")),
);
