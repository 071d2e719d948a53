// The program as it runs where it is installed: one file for each thread in place of 1,500 modules, which Node looks up,
// reads and links one by one at every start (ADR 0117).

import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { root } from "./parts.ts";

/** What Node is started with, as a process or as a thread, and the file that it becomes. */
const ENTRIES: Readonly<Record<string, string>> = {
  main: "src/cli/main.ts",
  control: "src/control/thread.ts",
  backup: "src/control/backup-worker.ts",
  restore: "src/control/restore-worker.ts",
  media: "src/media/builtin/thread.ts",
  convert: "src/media/audio/convert-worker.ts",
  speech: "src/media/audio/speech-child.ts",
};
/** Packages that look for files of their own beside them. */
export const KEPT_WHOLE = [
  "@echogarden/espeak-ng-emscripten",
  "@wasm-audio-decoders/flac",
  "@wasm-audio-decoders/ogg-vorbis",
  "mpg123-decoder",
  "ogg-opus-decoder",
];
const BESIDE = /new URL\("([^":]+)", import\.meta\.url\)/g;
/** Units of UTF-16, so that what is beyond the first plane becomes two escapes, which a pattern takes for one character. */
const BEYOND_ASCII = /[^\0-\x7f]/g;
/** Where an escape would say something else: in a raw template, and behind a backslash. */
const NO_ESCAPE = /String\.raw`[^`]*[^\0-\x7f`][^`]*`|(?<!\\)(?:\\\\)*\\[^\0-\x7f]/;
const LICENCE = "{LICEN[CS]E,licen[cs]e,NOTICE,COPYING}*";

/**
 * Writes the program to `folder`, of which `tree` is where package.json, `prompts` and `web/dist` are; with the licences of the
 * packages that it is made of. What was in `folder` goes.
 */
export async function buildProgram(folder: string, tree: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: root,
    platform: "node",
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, path.join(root, file)])),
    external: KEPT_WHOLE,
    plugins: [filesBeside(folder, tree), licences(folder)],
  });
  try {
    await bundle.write({
      dir: folder,
      format: "esm",
      entryFileNames: "[name].js",
      // All in one folder, so that what stands beside a module stands beside whatever it became a part of.
      chunkFileNames: "[name]-[hash].js",
      sourcemap: true,
      sourcemapExcludeSources: true,
    });
  } finally {
    await bundle.close();
  }
  escapeBeyondAscii(folder);
}

/** `new URL("…", import.meta.url)` names a file from where the source is: here, from where it goes. */
function filesBeside(folder: string, tree: string): Plugin {
  const placeOf = (file: string): string => {
    const [name] = Object.entries(ENTRIES).find(([, source]) => source === file) ?? [];
    if (name !== undefined) return `./${name}.js`;
    if (!file.startsWith("src/")) return path.relative(folder, path.join(tree, file));
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.join(root, file), path.join(folder, path.basename(file)));
    return `./${path.basename(file)}`;
  };
  return {
    name: "files-beside",
    transform: {
      filter: { id: /\/src\/.*\.ts$/ },
      handler: (code, id) => {
        const moved = code.replaceAll(BESIDE, (_, name: string) => {
          const file = path.relative(root, path.resolve(path.dirname(id), name));
          // The interface may still have to be built.
          if (!existsSync(path.join(root, file)) && file !== "web/dist")
            throw new Error(`${id} names ${name}, which is not there`);
          return `new URL("${placeOf(file)}${name.endsWith("/") ? "/" : ""}", import.meta.url)`;
        });
        // No map: every line stays where it is.
        return moved === code ? undefined : { code: moved, map: null };
      },
    },
  };
}

/**
 * One character beyond ASCII, be it in a comment, and Node keeps all of a file in two octets a character, in each thread that
 * loads it. An escape says the same in names, texts, templates and patterns (ADR 0129). Maps hold lines, which stay where they are.
 */
function escapeBeyondAscii(folder: string): void {
  for (const file of globSync(path.join(folder, "*.js"))) {
    const code = readFileSync(file, "utf8");
    const refused = NO_ESCAPE.exec(code)?.[0];
    if (refused !== undefined)
      throw new Error(`${file} has ${refused}, in which an escape would say something else`);
    const plain = code.replaceAll(
      BEYOND_ASCII,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    if (plain !== code) writeFileSync(file, plain);
  }
}

/** Whose code is in it, with their licences. */
function licences(folder: string): Plugin {
  return {
    name: "licences",
    generateBundle(_, chunks) {
      const modules = Object.values(chunks).flatMap((chunk) =>
        chunk.type === "chunk" ? chunk.moduleIds : [],
      );
      const packages = new Set(
        modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
      );
      for (const one of packages) {
        const name = one.slice(one.lastIndexOf("/node_modules/") + "/node_modules/".length);
        for (const file of globSync(LICENCE, { cwd: one })) {
          const to = path.join(folder, "licences", name);
          mkdirSync(to, { recursive: true });
          copyFileSync(path.join(one, file), path.join(to, file));
        }
      }
    },
  };
}
