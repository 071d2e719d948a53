import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Architecture, must, type Order, root } from "./parts.ts";

const MACHINES: Readonly<Record<Architecture, string>> = { amd64: "linux-x64", arm64: "linux-arm64" };

/** A tarball that is unpacked and run; the tree has Node in it. */
export function makeTarball(tree: string, architecture: Architecture, order: Order): string {
  const name = `switchhook-${order.version}-${MACHINES[architecture]}`;
  const file = path.join(order.out, `${name}.tar.gz`);
  must("tar", [
    "--sort=name",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    `--transform=s,^[.],${name},`,
    `--use-compress-program=gzip -${order.isFast ? 1 : 9}n`,
    "-cf",
    file,
    "-C",
    tree,
    ".",
  ]);
  return file;
}

/** The package for npm: for a Node that is there already, and with all packages inside. */
export function makeNpmPackage(tree: string, order: Order): string {
  const [packed] = JSON.parse(
    must("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", order.out], { cwd: tree }),
  ) as readonly { readonly filename: string }[];
  const file = path.join(order.out, `switchhook-${order.version}.tgz`);
  renameSync(path.join(order.out, packed?.filename ?? ""), file);
  return file;
}

/** What it is made of (CycloneDX), the packages of the interface as well. */
export function writeSbom(order: Order): string {
  const file = path.join(order.out, `switchhook-${order.version}.cdx.json`);
  const bill = JSON.parse(
    must(
      "npm",
      ["sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only", "--sbom-type=application"],
      {
        cwd: root,
      },
    ),
  ) as { metadata: { component: Record<string, string> } };
  // npm takes the name of the folder.
  const purl = `pkg:npm/switchhook@${order.version}`;
  Object.assign(bill.metadata.component, { name: "switchhook", version: order.version, purl });
  writeFileSync(file, `${JSON.stringify(bill, undefined, 2)}\n`);
  return file;
}

/** `sha256sum -c` reads it. */
export function writeSums(order: Order): void {
  const file = path.join(order.out, "SHA256SUMS");
  rmSync(file, { force: true });
  const names = readdirSync(order.out, { withFileTypes: true }).filter((entry) => entry.isFile());
  const lines = names
    .map(({ name }) => name)
    .toSorted()
    .map(
      (name) =>
        `${createHash("sha256")
          .update(readFileSync(path.join(order.out, name)))
          .digest("hex")}  ${name}\n`,
    );
  writeFileSync(file, lines.join(""));
}
