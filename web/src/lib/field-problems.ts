import type { DocumentProblem } from "./api-error.ts";

// Which field a problem belongs to: pure, so that it can be tried out.

/** `ivr.attempts`, of a pointer `/ivr/attempts`; "" is the whole document. */
export function pathOf({ pointer }: Pick<DocumentProblem, "pointer">): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
}

/** Whether it keeps a document from being saved. */
export function isError({ severity }: DocumentProblem): boolean {
  return severity !== "warning";
}

/** The field that can say it: an entry of a list (`hosts.0`) has none of its own. */
function fieldsOf(problem: DocumentProblem): readonly string[] {
  const path = pathOf(problem);
  return [path, path.replace(/\.\d+$/, "")];
}

/** Whether the field at this path says it. */
export function isAt(problem: DocumentProblem, path: string): boolean {
  return isError(problem) && fieldsOf(problem).includes(path);
}

/** What a field says; of an entry of a list with the entry, since there may be many. */
export function saidAt(problem: DocumentProblem, value: unknown): string {
  const at = /\.(\d+)$/.exec(pathOf(problem))?.[1];
  const entry: unknown = Array.isArray(value) && at !== undefined ? value[Number(at)] : undefined;
  return typeof entry === "string" ? `“${entry}”: ${problem.message}` : problem.message;
}

/** Those that no field of the form says; `asked`: the paths of its fields. */
export function withoutField(
  problems: readonly DocumentProblem[],
  asked: ReadonlySet<string>,
): readonly DocumentProblem[] {
  return problems.filter((problem) => !fieldsOf(problem).some((path) => path !== "" && asked.has(path)));
}
