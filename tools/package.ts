// `npm run package`: everything that somebody installs, into build/: .deb, tarball, npm package, bill of materials, sums.
//   --out DIR       elsewhere
//   --arch amd64    for one kind of machine; both otherwise
//   --version X     in place of package.json's
//   --fast          hardly compressed, for tests
//   --only deb,tar  of deb, tar, npm, sbom

import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeNpmPackage, makeTarball, writeSbom, writeSums } from "./package/archives.ts";
import { makeDeb } from "./package/deb.ts";
import { ARCHITECTURES, type Order, root } from "./package/parts.ts";
import { addNode, stageProgram } from "./package/stage.ts";

const KINDS = ["deb", "tar", "npm", "sbom"] as const;

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: path.join(root, "build") },
    arch: { type: "string" },
    version: { type: "string" },
    fast: { type: "boolean", default: false },
    only: { type: "string", default: KINDS.join(",") },
  },
});
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
const order: Order = {
  version: flags.version ?? version,
  out: path.resolve(flags.out),
  architectures: ARCHITECTURES.filter((name) => flags.arch === undefined || flags.arch === name),
  isFast: flags.fast,
};
const wanted = new Set(flags.only.split(","));
const unknown = [...wanted].filter((name) => !KINDS.some((kind) => kind === name));
if (unknown.length > 0 || order.architectures.length === 0) {
  console.error(
    `There is no ${[...unknown, flags.arch].join(", ")}: --only takes ${KINDS.join(",")}, --arch ${ARCHITECTURES.join(" or ")}.`,
  );
  process.exit(2);
}

const tree = path.join(order.out, ".tree");
mkdirSync(order.out, { recursive: true });
const made = (file: string): void => console.log(`made ${path.relative(process.cwd(), file)}`);
try {
  await stageProgram(tree, order.version);
  if (wanted.has("npm")) made(makeNpmPackage(tree, order));
  for (const architecture of order.architectures) {
    if (!wanted.has("deb") && !wanted.has("tar")) continue;
    const whole = `${tree}-${architecture}`;
    rmSync(whole, { recursive: true, force: true });
    cpSync(tree, whole, { recursive: true });
    addNode(whole, architecture);
    if (wanted.has("tar")) made(makeTarball(whole, architecture, order));
    if (wanted.has("deb")) made(makeDeb(whole, architecture, order));
    rmSync(whole, { recursive: true, force: true });
  }
  if (wanted.has("sbom")) made(writeSbom(order));
  writeSums(order);
} finally {
  rmSync(tree, { recursive: true, force: true });
}
