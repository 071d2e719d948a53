import { didYouMean } from "../../lib/did-you-mean.ts";
import type { DocumentPath, Problem } from "../problem.ts";
import { type Around, problem } from "./kind.ts";
import { type AnyDocument, type AnyKind, type KindName, kindNamed } from "./kinds.ts";

/** What was said of things that are not there: of 10,000 numbers that name one such plan the likeliest is looked for once. */
const told = new WeakMap<Around, Map<string, Absence>>();

/** All that is wrong with a document of the right shape; paths are those of the document. */
export function checkDocument(kind: AnyKind, document: AnyDocument, around: Around): readonly Problem[] {
  const own = kind.check(document, around);
  if (kind.tellsOfMissing === true) return own;
  const absent = kind
    .references(document)
    .filter((reference) => reference.weak !== true && !around.has(reference.kind, reference.key))
    .map(({ kind: name, key, path }) => missing(path, absence(around, name, key)));
  return [...own, ...absent];
}

/** Something is not there; perhaps another name was meant. */
interface Absence {
  readonly code: "unknownReference";
  /** `There is no phone "217". Did you mean "216"?` */
  readonly text: string;
  readonly meant: string | undefined;
}

function absence(around: Around, kind: string, key: string): Absence {
  const all = told.get(around) ?? new Map<string, Absence>();
  told.set(around, all);
  const place = `${kind} ${key}`;
  const known = all.get(place);
  if (known !== undefined) return known;
  const meant = didYouMean(key, around.keys(kind));
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  const found = {
    code: "unknownReference" as const,
    text: `There is no ${kindNamed(kind)?.noun ?? kind} "${key}".${hint}`,
    meant,
  };
  all.set(place, found);
  return found;
}

function missing(path: DocumentPath, { code, text, meant }: Absence): Problem {
  const found = problem(path, code, text);
  return meant === undefined ? found : { ...found, suggestion: { replace: "value", with: meant } };
}

/** A key and what it belongs to. */
export interface Keyed<Owner> {
  readonly kind: AnyKind;
  readonly key: string;
  readonly owner: Owner;
}

/** Entries whose key another one before them has, in the same space of keys. */
export function doubles<Owner>(entries: Iterable<Keyed<Owner>>): readonly Keyed<Owner>[] {
  const seen = new Map<string, Set<string>>();
  const found: Keyed<Owner>[] = [];
  for (const entry of entries) {
    const space = seen.get(entry.kind.keySpace) ?? new Set<string>();
    seen.set(entry.kind.keySpace, space);
    if (space.has(entry.key)) found.push(entry);
    space.add(entry.key);
  }
  return found;
}

/** `phone 215`, `plan main`: an entity in a list of changes or of users. */
export function nameOf(kind: AnyKind, key: string): string {
  return key === "" ? kind.noun : `${kind.noun} ${key}`;
}

/** `phone 215`, `webhook "VIP code"`: the same in a sentence. */
export function quotedName(kind: AnyKind, key: string): string {
  if (key === "") return kind.noun;
  return kind.keyField === "name" ? `${kind.noun} "${key}"` : `${kind.noun} ${key}`;
}

/** Kinds whose keys must differ from those of this one, itself included. */
export function sharingKeys(kind: AnyKind, all: readonly AnyKind[]): readonly KindName[] {
  return all.filter(({ keySpace }) => keySpace === kind.keySpace).map((one) => one.kind);
}
