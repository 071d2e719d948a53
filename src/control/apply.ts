import { describeChanges } from "../company/diff.ts";
import type { FileProblem } from "../company/file.ts";
import { readCompany } from "../company/file.ts";
import { keepSecrets } from "../company/secrets.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { CompanyRepository, StoredCompany } from "../model/repositories.ts";

/** A company that has been applied: it is on disk. */
export interface Applied {
  readonly stored: StoredCompany;
  /** `phone 215 added`; empty when nothing is different. */
  readonly changes: readonly string[];
  readonly warnings: readonly FileProblem[];
}

/**
 * Checks a company file and saves it, whole or not at all. A file that changes nothing is not saved again and
 * keeps its version. Rejects when the store fails.
 */
export async function applyCompany(
  repository: CompanyRepository,
  text: string,
  file: string,
  now: number,
): Promise<Result<Applied, readonly FileProblem[]>> {
  const read = readCompany(text, file);
  if (!read.ok) return read;
  const before = await repository.load();
  const company = keepSecrets(read.value.company, before?.company);
  if (!company.ok) return err(company.error.map((problem) => read.value.locate(problem)));
  const changes = describeChanges(before?.company, company.value);
  const stored =
    before !== undefined && changes.length === 0 ? before : await repository.save(company.value, now);
  return ok({ stored, changes, warnings: read.value.warnings });
}
