import assert from "node:assert/strict";
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { must } from "../../tools/package/parts.ts";
import { Program } from "../support/process.ts";

const dockerfile = path.resolve(import.meta.dirname, "../../deploy/Dockerfile");

/** An image as a folder, and how it is run. */
export interface Image {
  readonly folder: string;
  readonly user: number;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly volume: string;
  /** What HEALTHCHECK runs. */
  readonly health: readonly string[];
}

/** Instructions of a Dockerfile, continued lines joined. */
function instructions(): readonly (readonly [name: string, rest: string])[] {
  const text = readFileSync(dockerfile, "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "");
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", ...rest] = line.split(" ");
      return [name, rest.join(" ")] as const;
    });
}

/** The words of an instruction in its JSON form; the form for a shell is a fault, for there is none in the image. */
function words(text: string): readonly string[] {
  const found: unknown = JSON.parse(text.slice(text.indexOf("[")));
  assert.ok(Array.isArray(found));
  return found.map(String);
}

/** Lays the empty folder of the base's user (it has mode 0700 there) where the data will be. */
function layDataFolder(step: string, folder: string): void {
  const found = /^--from=base --chown=(\d+):(\d+) \/home\/nonroot (\/\S+)$/.exec(step);
  assert.ok(found !== null, `what this cannot do by hand: COPY ${step}`);
  const [, user, group, to = ""] = found;
  mkdirSync(path.join(folder, path.dirname(to)), { recursive: true });
  mkdirSync(path.join(folder, to), { mode: 0o700 });
  chownSync(path.join(folder, to), Number(user), Number(group));
}

/**
 * Builds the image into a folder by the steps of deploy/Dockerfile, beside `context`. Its base, distroless/cc, has what a
 * program in C++ is linked with, and no more; here these files are this machine's.
 */
export function imageOf(context: string, folder: string): Image {
  const steps = instructions();
  const all = (name: string, count: number): readonly string[] => {
    const found = steps.filter(([its]) => its === name);
    assert.equal(found.length, count, `${name} stands there ${count} times`);
    return found.map(([, rest]) => rest);
  };
  const one = (name: string): string => all(name, 1)[0] ?? "";
  assert.match(all("FROM", 2).join(", "), /^gcr\.io\/distroless\/cc-debian12:(?!latest)\w+ AS base, base$/);
  assert.deepEqual([steps[0]?.[0], steps[1]?.[0]], ["FROM", "FROM"]);
  const known = ["FROM", "COPY", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"];
  assert.deepEqual(
    steps.filter(([name]) => !known.includes(name)),
    [],
    "what this cannot do by hand",
  );
  const [program = "", data = ""] = all("COPY", 2);
  const [from = "", to = ""] = program.split(" ");
  layDataFolder(data, folder);
  for (const made of ["tmp", "proc", "dev", "etc", one("VOLUME")])
    mkdirSync(path.join(folder, made), { recursive: true });
  const libraries = must("ldd", [path.join(context, "bin/node")]).matchAll(/(\/\S+) \(0x/g);
  for (const [, library = ""] of libraries) {
    mkdirSync(path.join(folder, path.dirname(library)), { recursive: true });
    copyFileSync(library, path.join(folder, library));
  }
  mkdirSync(path.join(folder, path.dirname(to)), { recursive: true });
  must("cp", ["-al", path.join(context, from), path.join(folder, to)]);
  const user = Number(one("USER").split(":")[0]);
  assert.ok(user > 0, "not root");
  writeFileSync(path.join(folder, "etc/passwd"), `nonroot:x:${user}:${user}::/tmp:/none\n`);
  return {
    folder,
    user,
    environment: one("ENV").split(/\s+/),
    entrypoint: words(one("ENTRYPOINT")),
    volume: one("VOLUME"),
    health: words(one("HEALTHCHECK")),
  };
}

const SETUP = `
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmp "$1/tmp"
if [ -n "$2" ]; then mount --bind "$2" "$1$3"; fi
mount -o remount,ro,bind "$1"
root=$1 user=$4
shift 4
exec chroot --userspec="$user:$user" "$root" "$@"`;

/** Runs it with a read-only root; `args`: of the entrypoint, or a whole command that begins with `/`. */
export function runImage(image: Image, args: readonly string[], volume: string | undefined): Program {
  if (volume !== undefined && !existsSync(volume)) {
    // As an engine makes a new one: like the folder that the image has there.
    const { uid, gid, mode } = statSync(path.join(image.folder, image.volume));
    mkdirSync(volume, { mode: mode & 0o777 });
    chownSync(volume, uid, gid);
  }
  const command = args[0]?.startsWith("/") === true ? args : [...image.entrypoint, ...args];
  const setup = [
    "--mount",
    "sh",
    "-c",
    SETUP,
    "sh",
    image.folder,
    volume ?? "",
    image.volume,
    String(image.user),
  ];
  const environment: Record<string, string> = {};
  for (const pair of image.environment) {
    const [name = "", value = ""] = pair.split("=", 2);
    environment[name] = value;
  }
  return new Program("unshare", [...setup, ...command], { env: environment });
}
