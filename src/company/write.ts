import { Document, isMap, isSeq, visit } from "yaml";
import { escapeUnicode, hasHazard } from "../lib/printable.ts";
import { COMPANY_KEYS, type Company, FILE_FACTS } from "../model/company.ts";
import { maskSecrets } from "./secrets.ts";

/** How secrets appear in an export. */
export type SecretsInExport = "clear" | "masked";

const HEADER = " Written by `switchhook export`; `switchhook apply FILE` puts it back.";
const MASKED = " Passwords are not in this file: *** keeps the one that is stored.";

/** Keys whose value is the default are left out, so that an export reads like a file written by hand. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  description: "",
  trusted: false,
  media: "auto",
  timeoutSeconds: 5,
  followRedirects: true,
};

/**
 * The company as YAML that `readCompany` reads back to the same value. With secrets "masked" every password is
 * `***`, which on apply means "keep the stored one".
 */
export function writeCompany(company: Company, secrets: SecretsInExport): string {
  const shown = secrets === "clear" ? company : maskSecrets(company);
  const document = new Document(
    Object.fromEntries(
      COMPANY_KEYS.map((key) => [key, prune(key, shown[key as keyof Company])] as const).filter(
        ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
      ),
    ),
  );
  document.commentBefore = secrets === "clear" ? HEADER : `${HEADER}\n${MASKED}`;
  visit(document, {
    Scalar(_key, scalar) {
      // Only between double quotes can it be escaped; a line end alone may stand in a block.
      if (typeof scalar.value === "string" && hasHazard(scalar.value.replaceAll("\n", "")))
        scalar.type = "QUOTE_DOUBLE";
    },
    Pair(key, pair) {
      // A blank line between the parts at the top.
      if (key !== 0 && isMap(pair.value))
        pair.value.flow = isSmall(pair.value.items.length, pair.value.items);
      if (isSeq(pair.value)) pair.value.flow = pair.value.items.every((item) => !isMap(item) && !isSeq(item));
    },
  });
  if (isMap<{ spaceBefore?: boolean; readonly value?: unknown }>(document.contents)) {
    for (const [index, { key }] of document.contents.items.entries()) {
      const isFact = typeof key.value === "string" && Object.hasOwn(FILE_FACTS, key.value);
      if (index > 1 && !isFact) key.spaceBefore = true;
    }
  }
  return escapeUnicode(document.toString({ lineWidth: 110, flowCollectionPadding: true }));
}

function isSmall(count: number, items: readonly { readonly value: unknown }[]): boolean {
  return count <= 3 && items.every((item) => !isMap(item.value) && !isSeq(item.value));
}

function prune(place: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => prune(place, item));
  if (typeof value !== "object" || value === null) return value;
  const isWebhook = place === "webhooks";
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .filter(
        ([key, inner]) => !((isWebhook || key === "trusted" || key === "media") && DEFAULTS[key] === inner),
      )
      .map(([key, inner]) => [key, prune(key, inner)]),
  );
}
