// What lies in deploy/ and is read by other programs: it must fit what Switchhook really says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { loginLine, loginRefused } from "../../src/board/refusals.ts";
import { slowedSaid } from "../../src/board/slowed-log.ts";
import { settings } from "../../src/config/schema.ts";
import { createLogger } from "../../src/runtime/logger.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

/** The regular expressions of the filter, with a name for the address as fail2ban makes it. */
function expressions(): readonly RegExp[] {
  const [, text = ""] = /^failregex = ([^]*?)^ignoreregex/m.exec(read("deploy/fail2ban/filter.conf")) ?? [];
  return text
    .trim()
    .split("\n")
    .map((line) => new RegExp(line.trim().replace("<HOST>", "(?<host>[0-9A-Fa-f:.]+)")));
}

/** As the journal gives it to fail2ban. */
function logged(sentence: string): string {
  let out = "";
  createLogger("info", { write: (line) => (out += line) }).warn({}, sentence);
  return out;
}

const from = (name: string, address: string): string =>
  loginLine({
    address,
    from: name,
    why: loginRefused("wrongCredentials", "Its password is wrong."),
  });

test("fail2ban's filter finds the source in the lines that the log has, IPv6 too, and no other's", () => {
  const guesses = { wrong: 10, unseen: 0, since: 0, until: 0 };
  const rows: readonly (readonly [sentence: string, host: string | undefined])[] = [
    [from("215", "192.0.2.9"), "192.0.2.9"],
    [from('x" was refused: A login from 203.0.113.1 as "y', "2001:db8::7"), "2001:db8::7"],
    [slowedSaid({ scope: "source", what: "192.0.2.9", latest: "215", ...guesses }).text, "192.0.2.9"],
    [slowedSaid({ scope: "account", what: "215", latest: "192.0.2.9", ...guesses }).text, undefined],
    [from("215", ""), undefined],
    ["Trunk registration", undefined],
  ];
  for (const [sentence, host] of rows) {
    const hits = expressions().flatMap((one) => one.exec(logged(sentence))?.groups?.["host"] ?? []);
    assert.deepEqual(hits, host === undefined ? [] : [host], sentence);
  }
});

test("the dashboard shows metrics of the table in docs/operations.md", () => {
  const { panels } = JSON.parse(read("deploy/grafana.json")) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  };
  const shown = panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => /[a-z]+_[a-z0-9_]+/.exec(expr)?.[0] ?? expr),
  );
  assert.ok(shown.length > 15);
  const page = read("docs/operations.md");
  assert.deepEqual(
    shown.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});

test("the settings of the service and of the page are settings that there are", () => {
  const known = new Set(Object.values(settings).map(({ env }) => env));
  for (const file of [
    "deploy/switchhook.env",
    "deploy/Dockerfile",
    "deploy/switchhook.service",
    "docs/operations.md",
  ]) {
    const named = [...read(file).matchAll(/SWITCHHOOK_[A-Z_]+/g)].map(([name]) => name);
    assert.ok(named.length > 0, file);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
      file,
    );
  }
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A script of the package in a folder that stands for the machine's root; programs that it calls and must not are given as scripts. */
async function inMachine(
  work: (machine: {
    readonly at: (name: string) => string;
    readonly run: (script: string, action: string) => Ended;
    /** A text for the shell. */
    readonly type: (text: string, environment?: Readonly<Record<string, string>>) => Ended;
  }) => Promise<void> | void,
): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), "switchhook-deb-"));
  const at = (name: string): string => path.join(root, name);
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text, { mode: 0o755 });
  };
  try {
    write("bin/df", "#!/bin/sh\necho head; echo x 1 1 30000 x x\n");
    // Its server is not ready when it is told to start.
    write("bin/systemctl", '#!/bin/sh\ntest "$1" != start\n');
    write("bin/deb-systemd-helper", "#!/bin/sh\n");
    write("bin/getent", "#!/bin/sh\n");
    write("bin/chown", "#!/bin/sh\n");
    write("usr/lib/switchhook/package.json", '  "version": "9.9.9",\n');
    write("lib/systemd/system/switchhook.service", "unit");
    write("var/lib/switchhook/switchhook.db", "new");
    mkdirSync(at("run/systemd/system"), { recursive: true });
    const type = (text: string, environment = {}, ...args: readonly string[]): Ended => {
      const input = text.replaceAll(/(?<![\w/@*])\/(?=(usr|var|etc|lib|run)\/)/g, `${root}/`);
      const env = { ...process.env, PATH: `${at("bin")}:${process.env["PATH"]}`, ...environment };
      const { status, stderr } = spawnSync("sh", ["-s", ...args], { input, env, encoding: "utf8" });
      return { code: status, said: stderr };
    };
    const run = (script: string, action: string): Ended => {
      const text = read(`deploy/debian/${script}`)
        .replaceAll("@VERSION@", "9.9.9")
        .replaceAll("@INSTALLED_KB@", "15000");
      return type(text, {}, action, "1");
    };
    await work({ at, run, type: (text, environment) => type(text, environment) });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test("an upgrade asks for room for all that comes onto one disk, and deletes no database that is nowhere else", () =>
  inMachine(({ at, run }) => {
    // 15000 for the program, twice 10240 and a little for the database: each alone would fit.
    const full = run("preinst", "upgrade");
    assert.match(full.said, /has 30000 KiB free, and the upgrade needs 35\d\d\d\. Nothing was changed\./);
    assert.equal(full.code, 1);
    writeFileSync(at("bin/df"), "#!/bin/sh\necho head; echo x 1 1 40000 x x\n");
    const fits = run("preinst", "upgrade");
    assert.equal(fits.code, 0, fits.said);
    assert.equal(readFileSync(at("var/lib/switchhook-upgrade/switchhook.db"), "utf8"), "new");
    rmSync(at("var/lib/switchhook/switchhook.db"));
    const only = run("preinst", "upgrade");
    assert.match(
      only.said,
      /has no database; the one from before the last upgrade is in .*Nothing was changed/,
    );
    assert.equal(only.code, 1);
    assert.equal(run("postinst", "abort-upgrade").code, 0);
    assert.equal(readFileSync(at("var/lib/switchhook-upgrade/switchhook.db"), "utf8"), "new");
  }));

test("what does not start is taken back with the database of before, and nothing else lies about", () =>
  inMachine(({ at, run }) => {
    const kept = "var/lib/switchhook-upgrade";
    mkdirSync(at(kept));
    for (const [name, text] of [
      ["was-active", ""],
      ["switchhook.service", "unit"],
      ["switchhook.db", "before"],
      ["switchhook.db-wal", "before"],
    ] as const)
      writeFileSync(at(`${kept}/${name}`), text);
    writeFileSync(at("var/lib/switchhook/switchhook.db-shm"), "of the new one");
    mkdirSync(at("usr/lib/switchhook.previous"));
    writeFileSync(at("usr/lib/switchhook.previous/package.json"), '  "version": "9.9.8",\n');
    const back = run("postinst", "configure");
    assert.match(back.said, /Neither 9\.9\.9 nor 9\.9\.8 before it gets ready/);
    assert.equal(back.code, 1);
    assert.deepEqual(readdirSync(at("var/lib/switchhook")).sort(), ["switchhook.db", "switchhook.db-wal"]);
    assert.equal(readFileSync(at("var/lib/switchhook/switchhook.db"), "utf8"), "before");
    assert.equal(existsSync(at(kept)), false);
  }));

test("an upgrade that was cut off goes on: what it has kept stays, and that the service ran is not forgotten", () =>
  inMachine(({ at, run }) => {
    const kept = "var/lib/switchhook-upgrade";
    writeFileSync(at("bin/df"), "#!/bin/sh\necho head; echo x 1 1 40000 x x\n");
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.ok(existsSync(at(`${kept}/was-active`)));
    // Half of the new files are there, and systemd knows of no service that runs.
    rmSync(at("usr/lib/switchhook/package.json"));
    writeFileSync(at("usr/lib/switchhook/package.json"), "of the new one");
    writeFileSync(at("bin/systemctl"), "#!/bin/sh\nexit 3\n");
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.ok(existsSync(at(`${kept}/was-active`)));
    assert.match(readFileSync(at("usr/lib/switchhook.previous/package.json"), "utf8"), /9\.9\.9/);
    // Somebody has used the database meanwhile: it is that one that is kept, whatever came of the files.
    utimesSync(at("var/lib/switchhook/switchhook.db"), new Date(), new Date(Date.now() + 60_000));
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.equal(readFileSync(at("usr/lib/switchhook.previous/package.json"), "utf8"), "of the new one");
    assert.ok(existsSync(at(`${kept}/was-active`)));
  }));

test("a server that runs with the data folder and is no service stops an upgrade; one that is dead does not", () =>
  inMachine(({ at, run }) => {
    writeFileSync(at("bin/systemctl"), "#!/bin/sh\nexit 3\n");
    writeFileSync(at("bin/df"), "#!/bin/sh\necho head; echo x 1 1 40000 x x\n");
    const stat = readFileSync(`/proc/${process.pid}/stat`, "utf8");
    const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const instance = (its: string | undefined): void =>
      writeFileSync(
        at("var/lib/switchhook/instance.json"),
        JSON.stringify({ pid: process.pid, began: its }, undefined, 2),
      );
    instance(began);
    const runs = run("preinst", "upgrade");
    assert.match(
      runs.said,
      new RegExp(`Process ${process.pid}, which is not the service, runs with .*Nothing`),
    );
    assert.equal(runs.code, 1);
    instance("1");
    assert.equal(run("preinst", "upgrade").code, 0);
  }));

test("a way back that was cut off is brought to its end first; a removal keeps the only copy of the database", () =>
  inMachine(({ at, run }) => {
    const kept = "var/lib/switchhook-upgrade";
    mkdirSync(at(kept));
    for (const name of ["was-active", "going-back", "whole", "switchhook.db"])
      writeFileSync(at(`${kept}/${name}`), "before");
    mkdirSync(at("usr/lib/switchhook.failed"));
    const removed = run("postrm", "remove");
    assert.match(removed.said, /The database from before the last upgrade stays in .*switchhook-upgrade/);
    assert.equal(readFileSync(at(`${kept}/switchhook.db`), "utf8"), "before");
    mkdirSync(at("usr/lib/switchhook"));
    writeFileSync(at("usr/lib/switchhook/package.json"), '  "version": "9.9.8",\n');
    const first = run("preinst", "upgrade");
    assert.match(first.said, /was cut off while it was taken back; that is brought to its end now/);
    assert.equal(first.code, 1);
    const ended = run("postinst", "abort-upgrade");
    assert.match(ended.said, /The files and data are those of 9\.9\.8/);
    assert.equal(readFileSync(at("var/lib/switchhook/switchhook.db"), "utf8"), "before");
    assert.deepEqual([existsSync(at(kept)), existsSync(at("usr/lib/switchhook.failed"))], [false, false]);
    assert.equal(run("postrm", "remove").said, "");
  }));

test("docs/operations.md: certbot's hook lays both files where the settings look for them, for the service alone", () =>
  inMachine(({ at, type }) => {
    const [, hook = ""] = /^```sh\n(#!\/bin\/sh\n[^]*?)^```$/m.exec(read("docs/operations.md")) ?? [];
    assert.match(hook, /RENEWED_LINEAGE/);
    // There is no such user here.
    writeFileSync(
      at("bin/install"),
      '#!/bin/sh\nfor one; do shift; case $one in -o | -g | switchhook) ;; *) set -- "$@" "$one" ;; esac; done\nexec /usr/bin/install "$@"\n',
      { mode: 0o755 },
    );
    mkdirSync(at("live"));
    for (const name of ["fullchain.pem", "privkey.pem"]) writeFileSync(at(`live/${name}`), name);
    const ended = type(hook, { RENEWED_LINEAGE: at("live") });
    assert.equal(ended.code, 0, ended.said);
    for (const [, file = ""] of read("docs/operations.md").matchAll(/^SWITCHHOOK_TLS_\w+=\/(.*)$/gm)) {
      assert.equal(readFileSync(at(file), "utf8"), path.basename(file));
      assert.equal(statSync(at(file)).mode & 0o777, 0o600);
    }
    assert.equal(statSync(at("var/lib/switchhook/tls")).mode & 0o777, 0o700);
  }));
