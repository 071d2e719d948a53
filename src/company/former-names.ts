import { type Company, documentsOf } from "../model/company.ts";
import { problem } from "../model/entities/kind.ts";
import { kinds } from "../model/entities/kinds.ts";
import type { Problem } from "../model/problem.ts";

// `was: "215"` beside the other settings of a thing: under which name it was known before. It is the file's alone; what is
// stored has one name.

/** What stands under `was`, by `key of the list`, then by place in it. */
type Former = ReadonlyMap<string, ReadonlyMap<number, unknown>>;

/** A document as it was read, without the former names in it. */
export function takeFormer(data: unknown): { readonly data: unknown; readonly former: Former } {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return { data, former: new Map() };
  const former = new Map<string, ReadonlyMap<number, unknown>>();
  const entries = Object.entries(data).map(([key, list]): [string, unknown] => {
    const isList = kinds.some(({ place }) => place.type === "list" && place.key === key);
    if (!isList || !Array.isArray(list) || !list.some(hasFormer)) return [key, list];
    former.set(
      key,
      new Map(list.flatMap((one: unknown, at) => (hasFormer(one) ? [[at, one.was] as const] : []))),
    );
    return [key, list.map((one: unknown) => (hasFormer(one) ? withoutFormer(one) : one))];
  });
  return former.size === 0 ? { data, former } : { data: Object.fromEntries(entries), former };
}

/** The former names by `kind name`, and what is wrong with them. */
export function renamedIn(
  company: Company,
  former: Former,
): { readonly was: ReadonlyMap<string, string>; readonly problems: readonly Problem[] } {
  const was = new Map<string, string>();
  const problems: Problem[] = [];
  for (const kind of kinds) {
    if (kind.place.type !== "list") continue;
    const names = former.get(kind.place.key);
    if (names === undefined) continue;
    const documents = documentsOf(company, kind);
    const now = new Set(documents.map(({ document }) => kind.key(document)));
    const taken = new Set<string>();
    for (const [at, name] of names) {
      const placed = documents[at];
      if (placed === undefined) continue;
      const key = kind.key(placed.document);
      const wrong = name === key ? undefined : refusalOf(name, now, taken);
      if (wrong !== undefined) problems.push(problem([...placed.path, "was"], "badWas", wrong));
      else if (typeof name === "string" && name !== key) was.set(`${kind.kind} ${key}`, name);
      if (typeof name === "string") taken.add(name);
    }
  }
  return { was, problems };
}

function refusalOf(name: unknown, now: ReadonlySet<string>, taken: ReadonlySet<string>): string | undefined {
  if (typeof name !== "string") return "This is the name that it had before, as text: put it in quotes.";
  if (now.has(name)) return `It cannot have been "${name}", for that is in this file as well.`;
  return taken.has(name) ? `"${name}" was the name of one thing, and two say that it was theirs.` : undefined;
}

function hasFormer(one: unknown): one is { readonly was: unknown } {
  return typeof one === "object" && one !== null && Object.hasOwn(one, "was");
}

function withoutFormer(one: object): object {
  return Object.fromEntries(Object.entries(one).filter(([key]) => key !== "was"));
}
