import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

interface Entry {
  readonly resolved?: string;
  /** A workspace: it is a folder here. */
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: unknown;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = path.resolve(import.meta.dirname, "..");
const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Entry>>;
};

test("the lock holds the builds for every system, so that npm ci takes it everywhere", () => {
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  assert.ok(wanted.length > 0);
  assert.deepEqual(
    wanted.filter((name) => packages[`node_modules/${name}`] === undefined),
    [],
    "npm run lock adds them",
  );
});

test("no package runs a script when it is installed, and none is bound to one registry", () => {
  const scripts = Object.keys(packages).filter((name) => packages[name]?.hasInstallScript === true);
  assert.deepEqual(scripts, []);
  const bound = Object.keys(packages).filter((name) => {
    const { resolved, link = false } = packages[name] ?? {};
    return resolved !== undefined && !link;
  });
  assert.deepEqual(bound, []);
});

test("N3: an older Node is no reason for npm to warn: what starts us runs on it, and brings the one that we need", () => {
  const { engines } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    engines?: unknown;
  };
  assert.deepEqual(engines, { node: ">=18" });
  assert.deepEqual(packages[""]?.engines, engines);
});
