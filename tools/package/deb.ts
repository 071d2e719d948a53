import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type Architecture, must, type Order, root } from "./parts.ts";
import { MIGRATIONS } from "./stage.ts";

const SCRIPTS = ["preinst", "postinst", "prerm", "postrm"] as const;
const SETTINGS = "/etc/switchhook/switchhook.env";
const debian = path.join(root, "deploy/debian");

/** Makes a .deb of a tree with Node in it; the value is its file. */
export function makeDeb(tree: string, architecture: Architecture, order: Order): string {
  const folder = path.join(order.out, `.deb-${architecture}`);
  rmSync(folder, { recursive: true, force: true });
  layFiles(tree, folder);
  const kilobytes = String(kilobytesOf(folder));
  const words: Readonly<Record<string, string>> = {
    VERSION: order.version,
    ARCHITECTURE: architecture,
    INSTALLED_KB: kilobytes,
    MIGRATION: newestMigration(tree),
    DATE: must("date", ["-R"]).trim(),
  };
  const fill = (name: string): string =>
    readFileSync(path.join(debian, name), "utf8").replaceAll(
      /@([A-Z_]+)@/g,
      (whole, word: string) => words[word] ?? whole,
    );
  const changes = gzipSync(fill("changelog"), { level: 9 });
  writeFileSync(path.join(folder, "usr/share/doc/switchhook/changelog.gz"), changes);
  tidy(folder);
  const control = path.join(folder, "DEBIAN");
  mkdirSync(control);
  writeFileSync(path.join(control, "control"), fill("control"));
  writeFileSync(path.join(control, "conffiles"), `${SETTINGS}\n`);
  writeFileSync(path.join(control, "md5sums"), sumsOf(folder));
  for (const script of SCRIPTS) writeFileSync(path.join(control, script), fill(script), { mode: 0o755 });
  const file = path.join(order.out, `switchhook_${order.version}_${architecture}.deb`);
  const pressed = order.isFast ? ["-Znone"] : ["-Zxz", "-z6"];
  must("dpkg-deb", ["--root-owner-group", ...pressed, "--build", folder, file]);
  rmSync(folder, { recursive: true, force: true });
  return file;
}

function layFiles(tree: string, folder: string): void {
  const place = (from: string, to: string): void => {
    mkdirSync(path.dirname(path.join(folder, to)), { recursive: true });
    cpSync(from, path.join(folder, to), { recursive: true });
  };
  const documents = "usr/share/doc/switchhook";
  place(tree, "usr/lib/switchhook");
  place(path.join(debian, "switchhook.sh"), "usr/bin/switchhook");
  place(path.join(root, "deploy/switchhook.service"), "lib/systemd/system/switchhook.service");
  place(path.join(root, "deploy/60-switchhook.conf"), "usr/lib/sysctl.d/60-switchhook.conf");
  place(path.join(root, "deploy/switchhook.env"), SETTINGS.slice(1));
  place(path.join(debian, "copyright"), `${documents}/copyright`);
  place(path.join(root, "docs/operations.md"), `${documents}/operations.md`);
  place(path.join(root, "docs/reference/settings.md"), `${documents}/settings.md`);
  place(path.join(debian, "lintian-overrides"), "usr/share/lintian/overrides/switchhook");
  place(path.join(root, "CHANGELOG.md"), `${documents}/CHANGELOG.md`);
  // Nobody runs it by its own name here.
  const command = path.join(folder, "usr/lib/switchhook/bin/switchhook.cjs");
  writeFileSync(command, readFileSync(command, "utf8").replace(/^#!.*\n/, "\n"));
  // What the package has in its own places.
  for (const name of ["deploy", "docs", "LICENSE", "CHANGELOG.md", "bin/switchhook"])
    rmSync(path.join(folder, "usr/lib/switchhook", name), { recursive: true, force: true });
}

/** Debian's modes: for all to read, and only what is a program may be run. */
function tidy(folder: string): void {
  const programs = new Set(["usr/bin/switchhook", "usr/lib/switchhook/bin/node"]);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = path.join(folder, name);
    const isProgram = lstatSync(file).isDirectory() || programs.has(name);
    chmodSync(file, isProgram ? 0o755 : 0o644);
  }
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => lstatSync(path.join(folder, name)).isFile() && !name.startsWith("DEBIAN"))
    .toSorted();
}

/** Room that it takes on a disk with blocks of 4 KiB, folders included: the preinst asks for no less. */
function kilobytesOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.reduce((sum, name) => {
    const facts = lstatSync(path.join(folder, name));
    return sum + 4 * (facts.isDirectory() ? 1 : Math.ceil(facts.size / 4096));
  }, 0);
}

/** dpkg's own list, without what the operator may change. */
function sumsOf(folder: string): string {
  return filesOf(folder)
    .filter((name) => `/${name}` !== SETTINGS)
    .map(
      (name) =>
        `${createHash("md5")
          .update(readFileSync(path.join(folder, name)))
          .digest("hex")}  ${name}\n`,
    )
    .join("");
}

/** `0016-users`: what the database has at most with this release. */
function newestMigration(tree: string): string {
  return readFileSync(path.join(tree, MIGRATIONS), "utf8").trim().split("\n").at(-1) ?? "";
}
