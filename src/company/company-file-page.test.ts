// docs/company-file.yaml is what people copy: it passes `switchhook check`, and leaves out no key that there is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import { stepForms } from "../dialplan/form.ts";
import { companyFileSchema } from "../model/entities/company-reference.ts";
import { formatProblem, readCompany } from "./file.ts";

const page = readFileSync(new URL("../../docs/company-file.yaml", import.meta.url), "utf8");

/** The keys of all objects of a JSON schema, however deep. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

/** Keys that stand in a comment, as an example: they would change what the file does, or need a file beside it. */
const IN_COMMENTS = ["basedOn", "basedOnMark", "keptIn", "was", "file"];

test("N14: the commented company file has no problem, and warns of nothing but its own passwords", () => {
  const read = readCompany(page, "docs/company-file.yaml");
  assert.ok(read.ok, read.ok ? "" : read.error.map(formatProblem).join("\n"));
  const published = (extension: string): string =>
    `The password of phone ${extension} is one that examples are published with.`;
  const said = read.value.warnings.map((warning) => formatProblem(warning).replace(/^.*warning: \S+ /, ""));
  assert.deepEqual(said, [published("215"), published("216")]);
});

test("N14: every key of the company file's schema stands in it, those that would do something unwanted in a comment", () => {
  const written = new Set<string>();
  visit(parseDocument(page), (_key, node) => {
    if (isMap(node)) for (const { key } of node.items) if (isScalar(key)) written.add(String(key.value));
  });
  const keys = new Set(keysOf(JSON.parse(companyFileSchema())));
  assert.ok(keys.size > 60, String(keys.size));
  const missing = [...keys].filter((key) => !written.has(key));
  assert.deepEqual(missing.toSorted(), IN_COMMENTS.toSorted());
  for (const key of IN_COMMENTS) assert.match(page, new RegExp(`^ *#.*\\b${key}: `, "m"), key);
});

test("N14: every type of step, both kinds of trunk and both sources of a message are shown", () => {
  for (const { type } of stepForms()) assert.ok(page.includes(`type: ${type}`), type);
  for (const way of ["kind: peer", "kind: registration", "text: ", "file: "])
    assert.ok(page.includes(way), way);
});
