import assert from "node:assert/strict";
import { formatProblem, readCompany } from "../../src/company/file.ts";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT, COMPANY_WARNING } from "../fakes/company-text.ts";

/** Read as one, and piece by piece like a large one: nobody can tell. */
export function readBoth(text: string): ReturnType<typeof readCompany> {
  const [whole, pieces] = [readCompany(text, "c.yaml"), readCompany(text, "c.yaml", 0)];
  if (whole.ok && pieces.ok) {
    assert.deepEqual(pieces.value.company, whole.value.company);
    assert.deepEqual(pieces.value.warnings, whole.value.warnings);
  } else assert.deepEqual(pieces, whole);
  return whole;
}

/** Lines of `readCompany` on the good file with one change, but for what is said of it anyway. */
export function problemsAfter(search: string | RegExp, replacement: string): string[] {
  const text = COMPANY_TEXT.replace(search, replacement);
  assert.notEqual(text, COMPANY_TEXT, "the change must hit");
  const read = readBoth(text);
  return (read.ok ? read.value.warnings : read.error)
    .filter(({ message }) => message !== COMPANY_WARNING.message)
    .map(formatProblem);
}
