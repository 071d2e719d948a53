import { formsOf, MASK, type Masker, plainFormsOf } from "../lib/masker.ts";
import { createSearch, replaceFound, type Search } from "../lib/secret-search.ts";
import { mayHoldUriPassword, withoutUriPasswords } from "../lib/uri-passwords.ts";
import type { CallRow } from "../model/repositories.ts";
import { mapTrace } from "../model/trace-bytes.ts";

/** Takes secrets out of what is kept and logged. */
export interface RecordMasker {
  /** The row, the very same where it holds none. */
  row(row: CallRow): CallRow;
  /** A text of our own, for the log. */
  readonly text: Masker;
}

/** What a person reads in a row, apart from its story. */
const TEXTS = ["caller", "callerName", "called", "origin", "reason", "answeredBy"] as const;
/** With more secrets only their plain forms are looked for: all forms of 10,000 take 3 s and 90 MB. */
const MANY = 1_000;
/** A word of letters alone may be a name that the story's own form gives (`received`); it is left as it is. */
const WORD = /^[A-Za-z]*$/;

/**
 * Compiles the secrets of a company for its records: what a peer wrote into any header or reply is masked where it is one
 * of them, in all the forms of lib/masker.ts that have 8 characters or more; and whatever is a password by its place in an
 * address. Digits alone are not looked for: they would be telephone numbers. A row without any costs some microseconds on
 * the control thread.
 */
export function recordMasker(secrets: readonly string[]): RecordMasker {
  const known = secrets.length > MANY ? plainFormsOf(secrets) : formsOf(secrets).long;
  const forms = [...known].filter((form) => !/^\+?\d+$/.test(form));
  // As texts, and as octets that are looked at one a character.
  const search = createSearch(forms.flatMap((form) => [form, Buffer.from(form, "utf8").toString("latin1")]));
  const text: Masker = (shown) => withoutUriPasswords(replaceFound(shown, search, () => MASK));
  return {
    text,
    row(row) {
      const trace = maskTrace(row.trace, search, text);
      const shown: Partial<Record<(typeof TEXTS)[number], string>> = {};
      let isSame = trace === row.trace;
      for (const key of TEXTS) {
        const value = row[key];
        const masked = value === undefined ? undefined : text(value);
        if (masked === undefined || masked === value) continue;
        shown[key] = masked;
        isSame = false;
      }
      return isSame ? row : { ...row, ...shown, trace };
    },
  };
}

function maskTrace(trace: Uint8Array, search: Search, text: Masker): Uint8Array {
  const octets = Buffer.from(trace.buffer, trace.byteOffset, trace.byteLength);
  if (!mayHoldUriPassword(octets) && search(octets.toString("latin1"), 0) === undefined) return trace;
  return mapTrace(trace, {
    story: (value) => (WORD.test(value) ? value : text(value)),
    // As long as they were: the table before them says how long each is. Addresses in them are masked by call/tap.ts.
    octets: (messages) => {
      const latin = Buffer.from(messages).toString("latin1");
      return Buffer.from(
        replaceFound(latin, search, (found) => "*".repeat(found.length)),
        "latin1",
      );
    },
  });
}
