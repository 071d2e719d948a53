import type { FoundEntity } from "../api/contract/history.ts";
import { type Entities, type Entity, keyOf } from "../model/entities/entities.ts";
import { kinds } from "../model/entities/kinds.ts";
import { maskedDocument, nameOfEntity } from "./show-entity.ts";

/** Shown of the text in which the words stand. */
const MAX_TEXT = 120;

/**
 * Entities in whose names, numbers or texts the words stand, those whose name begins with them first. A telephone number is found
 * by any part of it, however it is written.
 */
export function searchEntities(entities: Entities, words: string, limit: number): readonly FoundEntity[] {
  const wanted = words.toLowerCase();
  const digits = digitsOf(words);
  const found: { readonly rank: number; readonly entity: Entity; readonly text: string }[] = [];
  for (const { kind } of kinds) {
    for (const entity of entities.all(kind)) {
      const key = keyOf(entity);
      const rank = rankOf(key.toLowerCase(), wanted, digits);
      if (rank !== undefined) found.push({ rank, entity, text: key });
      else {
        const text = textWith(
          maskedDocument(entity, (all) => all),
          wanted,
        );
        if (text !== undefined) found.push({ rank: 3, entity, text });
      }
    }
  }
  found.sort((one, other) => one.rank - other.rank);
  return found
    .slice(0, limit)
    .map(({ entity, text }) => ({ ...nameOfEntity(entity), text: text.slice(0, MAX_TEXT) }));
}

/** 0: it is the name; 1: it begins it; 2: it stands in it. */
function rankOf(key: string, wanted: string, digits: string | undefined): number | undefined {
  if (key === wanted) return 0;
  if (key.startsWith(wanted)) return 1;
  return key.includes(wanted) || (digits !== undefined && key.replaceAll(/\D/g, "").includes(digits))
    ? 2
    : undefined;
}

/** `050 - 123` is looked for as 50123, which stands in +3150123…; undefined: it is no part of a number. */
function digitsOf(words: string): string | undefined {
  if (!/^[\d+()./\s-]+$/.test(words)) return undefined;
  const digits = words.replaceAll(/\D/g, "").replace(/^0+/, "");
  return digits.length >= 3 ? digits : undefined;
}

/** The first text in a document in which the words stand. Descriptions are not looked through: they may repeat a secret. */
function textWith(value: unknown, wanted: string): string | undefined {
  if (typeof value === "string") return value.toLowerCase().includes(wanted) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "description") continue;
    const text = textWith(inner, wanted);
    if (text !== undefined) return text;
  }
  return undefined;
}
