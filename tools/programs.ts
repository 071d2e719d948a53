import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { neededPackages } from "./debian.ts";

const SOURCES = path.resolve(import.meta.dirname, "../src") + path.sep;
const IMPORT = /(?:from|import)\s*\(?\s*"(\.[^"]+\.ts)"/g;

/**
 * The programs of tools/debian-packages.json that these test files speak of, they or the parts of tests that they import:
 * a test names what it starts, and whoever runs a few tests need not install what the others want.
 */
export function programsOf(files: readonly string[]): readonly string[] {
  const texts = [...reachable(files)].map((file) => readFileSync(file, "utf8"));
  const named = (name: string): boolean => texts.some((text) => text.includes(`"${name}"`));
  return neededPackages()
    .filter(({ program, also = [] }) => [program, ...also].some(named))
    .map(({ program }) => program);
}

/** The files themselves and the parts of tests that they import, however far; the product names programs as well. */
function reachable(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = files.map((file) => path.resolve(file));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, imported = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      const next = path.resolve(path.dirname(file), imported);
      // A test of tools may hold the text of another file, whose imports lead nowhere here.
      if (!next.startsWith(SOURCES) && existsSync(next)) waiting.push(next);
    }
  }
  return found;
}
