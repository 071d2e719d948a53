// Which test files share a process (ADR 0117).

import path from "node:path";

/** Files in the processes that run them, those with one of their own first, for they take longest. */
export function inProcesses(
  files: readonly string[],
  { together = 1, apart }: { readonly together?: number; readonly apart?: RegExp },
): string[][] {
  const isApart = (file: string): boolean => together === 1 || apart?.test(file) === true;
  const shared = files.filter((file) => !isApart(file));
  const groups = Array.from({ length: Math.ceil(shared.length / together) }, (_, at) =>
    shared.slice(at * together, (at + 1) * together),
  );
  return [...files.filter(isApart).map((file) => [file]), ...groups];
}

/** What the files of a process are called in the account of a run. */
export function nameOf(files: readonly string[]): string {
  const [first = "", ...more] = files;
  const last = more.at(-1);
  return last === undefined ? first : `${first} … ${path.basename(last)}, ${files.length} files`;
}
