import { type KindName, kindOf } from "../../../src/model/entities/kinds.ts";
import type { DocumentProblem } from "./api-error.ts";

/** What the schema of a kind says of a document: the server says the same when it is saved. */
export function schemaProblems(kind: KindName, document: unknown): readonly DocumentProblem[] {
  const read = kindOf(kind).schema.safeParse(document);
  if (read.success) return [];
  return read.error.issues.map(({ path, message, code }) => ({
    pointer: path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    code,
    message,
  }));
}
