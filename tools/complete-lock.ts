// `npm run lock` (docs/adr/0008): completes package-lock.json with the builds for other systems that a registry did not offer when the
// lock was made. `npm ci` compares the whole tree, those builds included, and would refuse a lock without them; it never
// fetches them where they do not fit. What they fit is in their names: `@oxlint/binding-linux-arm64-musl`.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

interface LockEntry {
  readonly version?: string;
  readonly cpu?: readonly string[];
  readonly dev?: boolean;
  readonly libc?: readonly string[];
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Fits {
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
}

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"];

/** System and processor in a package's name, or undefined where it names none. */
function fits(name: string): Fits | undefined {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (os.length !== 1 || cpu.length !== 1) return undefined;
  const last = words.at(-1) ?? "";
  if (last.startsWith("musl")) return { os, cpu, libc: ["musl"] };
  return last.startsWith("gnu") ? { os, cpu, libc: ["glibc"] } : { os, cpu };
}

const file = path.resolve(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8")) as { readonly packages: Record<string, LockEntry> };
const added: string[] = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] !== undefined) continue;
    const system = fits(name);
    if (system === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(`package-lock.json lacks ${name}@${version}, and its name does not say what it fits`);
    }
    const { os, cpu, libc } = system;
    // npm's own order, so that its next run leaves the file as it is.
    const dev = parent.dev === true ? { dev: true } : {};
    lock.packages[place] = {
      version,
      cpu,
      ...dev,
      ...(libc === undefined ? {} : { libc }),
      optional: true,
      os,
    };
    added.push(`${name}@${version}`);
  }
}
const sorted = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en")),
);
writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(added.length === 0 ? "package-lock.json is complete." : `Added: ${added.join(", ")}`);
