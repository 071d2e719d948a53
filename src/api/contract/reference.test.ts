import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { codesOf, openapiOf } from "./openapi.ts";
import { API_PROBLEMS, type ApiProblemCode } from "./problem-kinds.ts";
import { apiReference, errorsReference } from "./reference.ts";
import { ROUTES } from "./routes.ts";

const pages = [
  ["api.md", () => apiReference(ROUTES)],
  ["errors.md", errorsReference],
] as const;

for (const [name, made] of pages) {
  test(`docs/reference/${name} says what the contract says`, () => {
    const file = fileURLToPath(new URL(`../../../docs/reference/${name}`, import.meta.url));
    const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
    const now = made();
    // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
    if (kept !== now) writeFileSync(file, now);
    assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
  });
}

/** What is answered before a route is known. */
const BEFORE_ROUTES: readonly ApiProblemCode[] = ["notFound", "wrongHost", "crossSite", "wrongContentType"];

test("every code of the registry is one that some route, or the gate before them, answers with", () => {
  const answered = new Set([...BEFORE_ROUTES, ...ROUTES.flatMap(codesOf)]);
  assert.deepEqual(
    Object.keys(API_PROBLEMS).filter((code) => !answered.has(code as ApiProblemCode)),
    [],
  );
});

test("the OpenAPI document has every route, each reference leads somewhere, and nothing is left out as unknown", () => {
  const document = JSON.parse(JSON.stringify(openapiOf(ROUTES, "1"))) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  assert.deepEqual(
    operations.map(({ operationId }) => operationId).sort(),
    ROUTES.map(({ id }) => id).sort(),
  );
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, to]) => to),
  );
  assert.ok(references.has("#/components/schemas/PhoneGiven"));
  for (const reference of references) {
    const name = /^#\/components\/schemas\/(.+)$/.exec(reference ?? "")?.[1] ?? "";
    assert.ok(Object.hasOwn(document.components.schemas, name), reference);
  }
  for (const path of Object.keys(document.paths))
    for (const [, parameter] of path.matchAll(/\{(\w+)\}/g))
      assert.ok(JSON.stringify(document.paths[path]).includes(`"name":"${parameter}","in":"path"`), path);
});
