import { maskUrl, replaceLiterals, urlLiterals } from "../dialplan/url-secrets.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import { KEPT_SECRET } from "../model/company.ts";
import type { DocumentPath, Problem } from "../model/problem.ts";

// Where a company has secrets: the passwords of phones and trunks, and the secret parts of a webhook's URL
// (dialplan/url-secrets.ts).

/** The company with every secret replaced by `***`. */
export function maskSecrets(company: Company): Company {
  return {
    ...company,
    phones: company.phones.map((phone) => ({ ...phone, password: KEPT_SECRET })),
    trunks: company.trunks.map((trunk) =>
      trunk.credentials === undefined
        ? trunk
        : { ...trunk, credentials: { ...trunk.credentials, password: KEPT_SECRET } },
    ),
    webhooks: company.webhooks.map((webhook) => ({
      ...webhook,
      urlTemplate: maskUrl(webhook.urlTemplate, KEPT_SECRET),
    })),
  };
}

/**
 * Fills in the passwords that a file leaves out or writes as `***` from the stored company: a phone's by its
 * extension, a trunk's and a webhook's by its name. One that is not stored is a problem.
 */
export function keepSecrets(company: Company, stored: Company | undefined): Result<Company, Problem[]> {
  const phones = new Map(stored?.phones.map((phone) => [phone.extension, phone.password]));
  const trunks = new Map(stored?.trunks.map((trunk) => [trunk.name, trunk.credentials?.password]));
  const urls = new Map(stored?.webhooks.map((webhook) => [webhook.name, webhook.urlTemplate]));
  const problems: Problem[] = [];
  const keep = (given: string | undefined, kept: string | undefined, path: DocumentPath, owner: string) => {
    if (given !== undefined && given !== KEPT_SECRET) return given;
    if (kept === undefined) {
      const message = `${owner} has no stored password that could be kept: write one here.`;
      problems.push({ path, severity: "error", message });
    }
    return kept;
  };
  const filled: Company = {
    ...company,
    phones: company.phones.map((phone, index) => {
      const path = ["phones", index, "password"];
      const kept = phones.get(phone.extension);
      return { ...phone, password: keep(phone.password, kept, path, `Phone ${phone.extension}`) };
    }),
    trunks: company.trunks.map((trunk, index) => {
      if (trunk.credentials === undefined) return trunk;
      const path = ["trunks", index, "credentials", "password"];
      const password = keep(
        trunk.credentials.password,
        trunks.get(trunk.name),
        path,
        `Trunk "${trunk.name}"`,
      );
      return { ...trunk, credentials: { ...trunk.credentials, password } };
    }),
    webhooks: company.webhooks.map((webhook, index) => {
      const path = ["webhooks", index, "urlTemplate"];
      const kept = new Map(urlLiterals(urls.get(webhook.name) ?? "").map(({ place, text }) => [place, text]));
      const urlTemplate = replaceLiterals(webhook.urlTemplate, ({ text, place }) =>
        text === KEPT_SECRET
          ? keep(KEPT_SECRET, kept.get(place), path, `Webhook "${webhook.name}"`)
          : undefined,
      );
      return urlTemplate === webhook.urlTemplate ? webhook : { ...webhook, urlTemplate };
    }),
  };
  return problems.length > 0 ? err(problems) : ok(filled);
}
