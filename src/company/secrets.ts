import { err, ok } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { KEPT_SECRET } from "../model/company.ts";
import type { Company } from "../model/company.ts";
import type { Problem } from "../model/problem.ts";

/**
 * Fills in the passwords that a file leaves out or writes as `***` from the stored company: a phone's by its
 * extension, a trunk's by its name. One that is not stored is a problem.
 */
export function keepSecrets(company: Company, stored: Company | undefined): Result<Company, Problem[]> {
  const phones = new Map(stored?.phones.map((phone) => [phone.extension, phone.password]));
  const trunks = new Map(stored?.trunks.map((trunk) => [trunk.name, trunk.credentials?.password]));
  const problems: Problem[] = [];
  const keep = (
    given: string | undefined,
    kept: string | undefined,
    path: Problem["path"],
    owner: string,
  ): string | undefined => {
    if (given !== undefined && given !== KEPT_SECRET) return given;
    if (kept === undefined) {
      const message = `${owner} has no stored password that could be kept: write one here.`;
      problems.push({ path, severity: "error", message });
    }
    return kept;
  };
  const filled: Company = {
    ...company,
    phones: company.phones.map((phone, index) => ({
      ...phone,
      password: keep(phone.password, phones.get(phone.extension), ["phones", index, "password"], `Phone ${phone.extension}`),
    })),
    trunks: company.trunks.map((trunk, index) => {
      if (trunk.credentials === undefined) return trunk;
      const path = ["trunks", index, "credentials", "password"];
      const password = keep(trunk.credentials.password, trunks.get(trunk.name), path, `Trunk "${trunk.name}"`);
      return { ...trunk, credentials: { ...trunk.credentials, password } };
    }),
  };
  return problems.length > 0 ? err(problems) : ok(filled);
}
