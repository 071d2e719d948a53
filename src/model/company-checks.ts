import { type Company, documentsOf } from "./company.ts";
import { aroundOf, type DocumentsByKey } from "./entities/around.ts";
import { checkDocument, doubles } from "./entities/check.ts";
import { type Around, problem } from "./entities/kind.ts";
import { type KindName, kinds } from "./entities/kinds.ts";
import type { Problem } from "./problem.ts";

/** What the parts of a company say about each other: names, references, templates, plans. */
export function checkCompany(company: Company): Problem[] {
  const around = companyAround(company);
  const entries = kinds.flatMap((kind) =>
    documentsOf(company, kind).map(({ document, path }) => ({ kind, document, path })),
  );
  const keyed = entries.map(({ kind, document, path }) => ({ kind, key: kind.key(document), owner: path }));
  return [
    ...doubles(keyed).map(({ kind, key, owner }) => {
      const text = `${kind.keySpace} "${key}" is given a second time; it must be unique.`;
      return problem([...owner, ...(kind.keyField === undefined ? [] : [kind.keyField])], "givenTwice", text);
    }),
    ...entries.flatMap(({ kind, document, path }) =>
      checkDocument(kind, document, around).map((one) => ({ ...one, path: [...path, ...one.path] })),
    ),
  ];
}

/** What the parts of a company may refer to. */
export function companyAround(company: Company): Around {
  const maps = new Map(
    kinds.map((kind) => [
      kind.kind,
      new Map(documentsOf(company, kind).map(({ document }) => [kind.key(document), document])),
    ]),
  );
  // Each map holds documents of its own kind, which TypeScript cannot follow through a table.
  const byKey = ((kind: KindName) => maps.get(kind) ?? new Map()) as DocumentsByKey;
  return aroundOf(byKey);
}
