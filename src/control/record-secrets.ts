import { companySecrets } from "../company/secrets.ts";
import { formsOf, MASK } from "../lib/masker.ts";
import { createSearch, replaceFound, type Search } from "../lib/secret-search.ts";
import type { Company } from "../model/company.ts";
import type { CallRow } from "../model/repositories.ts";
import { mapTrace } from "../model/trace-bytes.ts";

/** Takes every secret value of a company out of the rows that are kept. */
export type RecordMasker = (row: CallRow) => CallRow;

/** What a person reads in a row, apart from its story. */
const TEXTS = ["caller", "callerName", "called", "origin", "reason", "answeredBy"] as const;
/** A word of letters alone may be a name that the story's own form gives (`received`); it is left as it is. */
const WORD = /^[A-Za-z]*$/;

/**
 * Compiles the secrets of a company for its records: what a peer wrote into any header or reply is masked where it is one
 * of them, in all the forms of lib/masker.ts that have 8 characters or more. Digits alone are not looked for: they would be
 * telephone numbers. A row without any is returned as it is, and has cost some microseconds on the control thread.
 */
export function recordMasker(company: Company | undefined): RecordMasker {
  if (company === undefined) return (row) => row;
  const forms = [...formsOf(companySecrets(company)).long].filter((form) => !/^\+?\d+$/.test(form));
  // As texts, and as octets that are looked at one a character.
  const search = createSearch(forms.flatMap((form) => [form, Buffer.from(form, "utf8").toString("latin1")]));
  const mask = (text: string): string => replaceFound(text, search, () => MASK);
  return (row) => {
    const trace = maskTrace(row.trace, search);
    const shown: Partial<Record<(typeof TEXTS)[number], string>> = {};
    let isSame = trace === row.trace;
    for (const key of TEXTS) {
      const text = row[key];
      if (text === undefined || search(text, 0) === undefined) continue;
      shown[key] = mask(text);
      isSame = false;
    }
    return isSame ? row : { ...row, ...shown, trace };
  };
}

function maskTrace(trace: Uint8Array, search: Search): Uint8Array {
  const text = Buffer.from(trace.buffer, trace.byteOffset, trace.byteLength).toString("latin1");
  if (search(text, 0) === undefined) return trace;
  return mapTrace(trace, {
    story: (value) => (WORD.test(value) ? value : replaceFound(value, search, () => MASK)),
    // As long as it was: the table before the messages says how long each is.
    octets: (octets) => {
      const latin = Buffer.from(octets).toString("latin1");
      return Buffer.from(
        replaceFound(latin, search, (found) => "*".repeat(found.length)),
        "latin1",
      );
    },
  });
}
