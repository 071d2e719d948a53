import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { builtProgram } from "../../tools/built-program.ts";

// The program in one piece: what its threads load, and in what form (ADR 0129). Over 5 s where it has to be made first.

const folder = path.dirname(await builtProgram(path.resolve(import.meta.dirname, "../..")));
/** One that only passes names on does so with `export … from`. */
const IMPORT = /^(?:import|export) (?:[^"]* from )?"\.\/([^"]+)";$/gm;

/** A file and all that it imports at once. */
function loadedWith(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const code = readFileSync(path.join(folder, file), "utf8");
  for (const [, imported = ""] of code.matchAll(IMPORT)) loadedWith(imported, loaded);
  return loaded;
}

/** Of which files these are made; one that only passes names on is made of none. */
function sourcesOf(files: Iterable<string>): readonly string[] {
  return [...files].flatMap((file) => {
    const map = path.join(folder, `${file}.map`);
    if (!existsSync(map)) return [];
    const { sources } = JSON.parse(readFileSync(map, "utf8")) as { readonly sources: readonly string[] };
    return sources.map((source) => path.resolve(folder, source));
  });
}

function hasPackage(name: string, files: Iterable<string>): boolean {
  return sourcesOf(files).some((source) => source.includes(`/node_modules/${name}/`));
}

test("every file is ASCII: Node keeps it in one octet a character", () => {
  const files = globSync("*.js", { cwd: folder });
  assert.ok(files.length > 10);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it asks for.
  const beyond = files.filter((file) => /[^\0-\x7f]/.test(readFileSync(path.join(folder, file), "latin1")));
  assert.deepEqual(beyond, []);
});

test("the signalling thread loads no database; the control thread does", () => {
  const [main] = globSync("process-*.js", { cwd: folder });
  assert.ok(main !== undefined);
  const signalling = loadedWith(main);
  assert.ok(hasPackage("undici", signalling));
  assert.equal(hasPackage("kysely", signalling), false);
  assert.ok(hasPackage("kysely", loadedWith("control.js")));
});

test("of undici there are no mocks, no caches and no WebSocket", () => {
  const sources = sourcesOf(globSync("*.js", { cwd: folder }));
  assert.ok(sources.some((source) => source.endsWith("/undici/lib/dispatcher/client.js")));
  const more = sources.filter((source) => /undici\/lib\/(?:mock|web\/websocket|cache)\//.test(source));
  assert.deepEqual(more, []);
});
