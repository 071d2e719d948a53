import { createMasker, type Masker } from "../../lib/masker.ts";
import type { Problem } from "../problem.ts";
import type { PlannedChange } from "./change.ts";
import { quotedName } from "./check.ts";
import type { Entities, Entity } from "./entities.ts";
import { KEPT_SECRET, problem } from "./kind.ts";
import { type AnyDocument, type AnyKind, kindOf } from "./kinds.ts";
import { isSame } from "./same.ts";

/** The secret values of a document. */
export function secretsOf(kind: AnyKind, document: AnyDocument): readonly string[] {
  return kind.secrets.values(document).filter((secret) => secret !== KEPT_SECRET);
}

/** Every secret value of a configuration. */
export function allSecrets(entities: Entities): readonly string[] {
  return [...entities].flatMap(({ kind, document }) => secretsOf(kindOf(kind), document));
}

/** The secrets that a change takes and those that it brings; none where it leaves them as they are. */
export function movedSecrets({ before, delta: { put, drop } }: PlannedChange): {
  readonly gone: readonly string[];
  readonly came: readonly string[];
} {
  const ofAll = (entities: readonly Entity[]) =>
    entities.flatMap(({ kind, document }) => secretsOf(kindOf(kind), document));
  const gone = ofAll([...drop, ...put.flatMap(({ id }) => before.byId(id) ?? [])]);
  const came = ofAll(put);
  return isSame(gone, came) ? { gone: [], came: [] } : { gone, came };
}

const maskers = new WeakMap<Entities, Masker>();
/** The last that was made; most changes change no secret. */
let last: { readonly secrets: readonly string[]; readonly masker: Masker } | undefined;

/** Masks all secrets of a configuration in a text. It is made when it is first needed, once for a set of secrets. */
export function maskerOf(entities: Entities): Masker {
  return (text) => {
    if (text === "") return text;
    const known = maskers.get(entities);
    if (known !== undefined) return known(text);
    const secrets = allSecrets(entities);
    if (last === undefined || !isSame(last.secrets, secrets))
      last = { secrets, masker: createMasker(secrets) };
    maskers.set(entities, last.masker);
    return last.masker(text);
  };
}

/**
 * A document with the secrets that it leaves out, or writes as `***`, taken from the stored form of the same thing. One that
 * is not stored is a problem at its path in the document.
 */
export function keepIn(
  entities: Entities,
  kind: AnyKind,
  document: AnyDocument,
  stored: Pick<Entity, "document"> | undefined,
): { readonly document: AnyDocument; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const kept = kind.secrets.kept(document, stored?.document, {
    secret(given, known, path) {
      if (given !== undefined && given !== KEPT_SECRET) return given;
      if (known === undefined) {
        const owner = quotedName(kind, kind.key(document));
        const text = `${owner.slice(0, 1).toUpperCase()}${owner.slice(1)} has no stored password that could be kept: write one here.`;
        problems.push(problem(path, "noStoredPassword", text));
      }
      return known;
    },
    mask: maskerOf(entities),
  });
  return { document: kept, problems };
}
