// Versions of the package that no release was: for what an upgrade does to a database, and for going back.

import assert from "node:assert/strict";
import { appendFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { must } from "../../tools/package/parts.ts";
import { MIGRATIONS } from "../../tools/package/stage.ts";

/** What the new version does to the database that the old one has: it keeps something of each call that was. */
export const MIGRATION = "9000-later";
/** The list of migrations, as it stands in a program in one piece; they are taken by the order of their names. */
const FIRST_OF_LIST = '"0001-first": ';

export function addMigration(tree: string): void {
  const change = `{
  async up(database) {
    await database.schema.alterTable("calls").addColumn("later", "text").execute();
    await database.updateTable("calls").set({ later: "then" }).execute();
  },
}`;
  const places = globSync(path.join(tree, "program/*.js")).filter((file) =>
    readFileSync(file, "utf8").includes(FIRST_OF_LIST),
  );
  assert.equal(places.length, 1, "the list of migrations is in one file");
  const [file = ""] = places;
  const later = readFileSync(file, "utf8").replace(
    FIRST_OF_LIST,
    `"${MIGRATION}": ${change},\n${FIRST_OF_LIST}`,
  );
  writeFileSync(file, later);
  appendFileSync(path.join(tree, MIGRATIONS), `${MIGRATION}\n`);
}

/**
 * A package with another program, which damages the database and never gets ready: what it says of itself and does is what the
 * real one does.
 */
export function brokenOf(
  deb: string,
  { from, folder }: { readonly from: string; readonly folder: string },
): string {
  const place = path.join(folder, "broken");
  must("dpkg-deb", ["--raw-extract", deb, place]);
  const program = path.join(place, "usr/lib/switchhook");
  for (const name of ["node_modules", "web", "prompts", "program"])
    rmSync(path.join(program, name), { recursive: true });
  writeFileSync(
    path.join(program, "bin/node"),
    '#!/bin/sh\necho broken >"$SWITCHHOOK_DATA/switchhook.db"\nexit 70\n',
  );
  rmSync(path.join(place, "DEBIAN/md5sums"));
  for (const name of [
    "DEBIAN/control",
    "DEBIAN/postinst",
    "DEBIAN/preinst",
    "usr/lib/switchhook/package.json",
  ]) {
    const file = path.join(place, name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, "0.1.99"));
  }
  const file = path.join(folder, "broken.deb");
  must("dpkg-deb", ["--root-owner-group", "-Znone", "--build", place, file]);
  rmSync(place, { recursive: true, force: true });
  return file;
}
