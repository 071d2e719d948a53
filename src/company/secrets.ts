import { maskUrl, replaceLiterals, urlLiterals, urlSecrets } from "../dialplan/url-secrets.ts";
import { createMasker, type Masker } from "../lib/masker.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import { KEPT_SECRET } from "../model/company.ts";
import type { DocumentPath, Problem } from "../model/problem.ts";

// Where a company has secrets: the passwords of phones and trunks, and the secret parts of a webhook's URL
// (dialplan/url-secrets.ts).

/** Every secret value of a company: passwords, and what is secret in the URLs of its webhooks. */
export function companySecrets(company: Company): readonly string[] {
  const given = [
    ...company.phones.map(({ password }) => password ?? KEPT_SECRET),
    ...company.trunks.map(({ credentials }) => credentials?.password ?? KEPT_SECRET),
    ...company.webhooks.flatMap(({ urlTemplate }) => urlSecrets(urlTemplate)),
  ];
  return given.filter((secret) => secret !== KEPT_SECRET);
}

/**
 * Every secret value in a document that may have any shape: what stands under `password` and, of `urlTemplate`, what is
 * secret in it. For sentences about a document that is refused.
 */
export function documentSecrets(document: unknown): readonly string[] {
  const secrets = new Set<string>();
  // An alias may lead to where it stands.
  const seen = new Set<unknown>();
  const open: (readonly [key: string, value: unknown])[] = [["", document]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [key, value] = next;
    if (typeof value === "object" && value !== null) {
      if (seen.has(value)) continue;
      seen.add(value);
      const inherits = Array.isArray(value) || key === "password";
      for (const [inner, part] of Object.entries(value)) open.push([inherits ? key : inner, part]);
    } else if (key === "password" && value !== KEPT_SECRET) secrets.add(scalarText(value));
    else if (key === "urlTemplate" && typeof value === "string")
      for (const secret of urlSecrets(value)) secrets.add(secret);
  }
  return [...secrets];
}

/** A value of YAML that is neither list nor map; a password of digits is a number to it. */
function scalarText(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? `${value}` : "";
}

/** The company with every secret replaced by `***`, also where somebody wrote one into a description. */
export function maskSecrets(company: Company): Company {
  const mask = createMasker(companySecrets(company));
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
      description: mask(webhook.description),
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
  const webhooks = new Map(stored?.webhooks.map((webhook) => [webhook.name, webhook]));
  const mask = createMasker(stored === undefined ? [] : companySecrets(stored));
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
      const kept = new Map(
        urlLiterals(webhooks.get(webhook.name)?.urlTemplate ?? "").map(({ place, text }) => [place, text]),
      );
      const urlTemplate = replaceLiterals(webhook.urlTemplate, ({ text, place }) =>
        text === KEPT_SECRET
          ? keep(KEPT_SECRET, kept.get(place), path, `Webhook "${webhook.name}"`)
          : undefined,
      );
      const description = keptDescription(webhook.description, webhooks.get(webhook.name)?.description, mask);
      return { ...webhook, description, urlTemplate };
    }),
  };
  return problems.length > 0 ? err(problems) : ok(filled);
}

/** What an export made of the stored description is that description. */
function keptDescription(given: string, stored: string | undefined, mask: Masker): string {
  return stored !== undefined && given === mask(stored) ? stored : given;
}
