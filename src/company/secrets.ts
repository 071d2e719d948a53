import { urlSecrets } from "../dialplan/url-secrets.ts";
import { createMasker } from "../lib/masker.ts";
import { type Company, companyWith, documentsOf } from "../model/company.ts";
import { KEPT_SECRET } from "../model/entities/kind.ts";
import { type AnyDocument, type AnyKind, kinds } from "../model/entities/kinds.ts";
import { secretsOf } from "../model/entities/secrets.ts";

// Which parts of which document are secret is said by its kind of entity (model/entities).

/** Every secret value of a company: passwords, and what is secret in the URLs of its webhooks. */
export function companySecrets(company: Company): readonly string[] {
  return kinds.flatMap((kind) =>
    documentsOf(company, kind).flatMap(({ document }) => secretsOf(kind, document)),
  );
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
  const masked = mapDocuments(company, (kind, document) => kind.secrets.masked(document, mask));
  return { ...company, ...masked };
}

function mapDocuments(company: Company, map: (kind: AnyKind, document: AnyDocument) => AnyDocument): Company {
  return companyWith((kind) => documentsOf(company, kind).map(({ document }) => map(kind, document)));
}
