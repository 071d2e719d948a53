// The scripts of the .deb, each in a folder that stands for the machine's root.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

const KEPT = "var/lib/switchhook-upgrade";
const DATABASE = "var/lib/switchhook/switchhook.db";

/** What systemd says of the service. */
interface Unit {
  readonly state: string;
  readonly pid?: number;
  /** It gets ready when it is told to start. */
  readonly starts?: boolean;
}

function systemctl({ state, pid = 0, starts = false }: Unit): string {
  return `#!/bin/sh
case "$*" in
start*) ${starts} ;;
*is-active*) test ${state} = active ;;
*ActiveState*) echo ${state} ;;
*MainPID*) echo ${pid} ;;
esac
`;
}

/** A script of the package in a folder that stands for the machine's root; programs that it calls and must not are given as scripts. */
async function inMachine(
  work: (machine: {
    readonly at: (name: string) => string;
    readonly run: (script: string, action: string) => Ended;
    /** A file with its folder; a program when it is in `bin`. */
    readonly write: (name: string, text: string) => void;
    readonly text: (name: string) => string;
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
    write("bin/df", "#!/bin/sh\necho head; echo x 1 1 40000 x x\n");
    write("bin/systemctl", systemctl({ state: "active" }));
    write("bin/deb-systemd-helper", "#!/bin/sh\n");
    write("bin/getent", "#!/bin/sh\n");
    write("bin/chown", "#!/bin/sh\n");
    write("bin/deluser", "#!/bin/sh\n");
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
    await work({
      at,
      run,
      write,
      text: (name) => readFileSync(at(name), "utf8"),
      type: (text, environment) => type(text, environment),
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test("an upgrade asks for room for all that comes onto one disk, and deletes no database that is nowhere else", () =>
  inMachine(({ at, run, write, text }) => {
    write("bin/df", "#!/bin/sh\necho head; echo x 1 1 30000 x x\n");
    // 15000 for the program, twice 10240 and a little for the database: each alone would fit.
    const full = run("preinst", "upgrade");
    assert.match(full.said, /has 30000 KiB free, and the upgrade needs 35\d\d\d\. Nothing was changed\./);
    assert.equal(full.code, 1);
    write("bin/df", "#!/bin/sh\necho head; echo x 1 1 40000 x x\n");
    const fits = run("preinst", "upgrade");
    assert.equal(fits.code, 0, fits.said);
    assert.equal(text(`${KEPT}/switchhook.db`), "new");
    rmSync(at(DATABASE));
    const only = run("preinst", "upgrade");
    assert.match(
      only.said,
      /has no database; the one from before the last upgrade is in .*Nothing was changed/,
    );
    assert.equal(only.code, 1);
    assert.equal(run("postinst", "abort-upgrade").code, 0);
    assert.equal(text(`${KEPT}/switchhook.db`), "new");
  }));

/** What an upgrade from 9.9.8 has kept; it has not got ready. */
function keepBefore(write: (name: string, text: string) => void): void {
  for (const name of ["was-active", "whole"]) write(`${KEPT}/${name}`, "");
  write(`${KEPT}/switchhook.service`, "unit");
  for (const name of ["switchhook.db", "switchhook.db-wal"]) write(`${KEPT}/${name}`, "before");
  write("var/lib/switchhook/switchhook.db-shm", "of the new one");
  write("usr/lib/switchhook.previous/package.json", '  "version": "9.9.8",\n');
}

test("what does not start is taken back with the database of before, and nothing else lies about", () =>
  inMachine(({ at, run, write, text }) => {
    keepBefore(write);
    // Its disk takes no more files.
    write("bin/touch", "#!/bin/sh\nexit 1\n");
    write("bin/cp", '#!/bin/sh\ncase $* in *.back.part/) exit 1 ;; esac\nexec /bin/cp "$@"\n');
    const full = run("postinst", "configure");
    assert.match(full.said, /cannot be laid back .*Make room, then: dpkg --configure switchhook$/m);
    assert.equal(text(DATABASE), "new");
    rmSync(at("bin/cp"));
    write("bin/systemctl", systemctl({ state: "inactive" }));
    const back = run("postinst", "configure");
    assert.match(back.said, /Neither 9\.9\.9 nor 9\.9\.8 before it gets ready/);
    assert.equal(back.code, 1);
    assert.deepEqual(readdirSync(at("var/lib/switchhook")).sort(), ["switchhook.db", "switchhook.db-wal"]);
    assert.equal(text(DATABASE), "before");
    assert.equal(existsSync(at(KEPT)), false);
  }));

test("a way back that was cut off lays nothing over data that are newer, whatever the clock did", () =>
  inMachine(({ at, run, write, text }) => {
    const cutOff = (database: string): void => {
      keepBefore(write);
      write(`${KEPT}/going-back`, "");
      write(DATABASE, database);
      utimesSync(at(DATABASE), new Date(0), new Date(0));
    };
    const aside = (): readonly string[] =>
      readdirSync(at("var/lib/switchhook")).flatMap((name) =>
        name.startsWith("laid-aside.") ? text(`var/lib/switchhook/${name}/switchhook.db`) : [],
      );
    // The boot after it has brought the new program up: that stays.
    cutOff("of days");
    write("bin/systemctl", systemctl({ state: "active", starts: true }));
    const stays = run("postinst", "configure");
    assert.equal(stays.code, 0, stays.said);
    assert.match(stays.said, /a server got ready since then: it stays, with its data.*9\.9\.9 runs/s);
    assert.deepEqual([text(DATABASE), existsSync(at(KEPT)), aside()], ["of days", false, []]);
    // It ran with half of a database.
    cutOff("of half");
    write("var/lib/switchhook/.back/switchhook.db-wal", "before");
    assert.match(run("postinst", "configure").said, /so 9\.9\.8 runs again/);
    assert.deepEqual([text(DATABASE), aside()], ["before", ["of half"]]);
    // It ran, and does not run now.
    write("usr/lib/switchhook/package.json", '  "version": "9.9.9",\n');
    cutOff("of hours");
    write("bin/systemctl", systemctl({ state: "failed", starts: true }));
    const laid = run("postinst", "abort-upgrade");
    assert.match(laid.said, /the database was used since then\. What it had by now is in .*laid-aside\./);
    assert.deepEqual([text(DATABASE), aside().toSorted()], ["before", ["of half", "of hours"]]);
  }));

test("an upgrade that was cut off goes on: what it has kept stays, and that the service ran is not forgotten", () =>
  inMachine(({ at, run, write, text }) => {
    const previous = "usr/lib/switchhook.previous/package.json";
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.ok(existsSync(at(`${KEPT}/was-active`)));
    // Half of the new files are there, and systemd knows of no service that runs.
    rmSync(at("usr/lib/switchhook/package.json"));
    write("usr/lib/switchhook/package.json", "of the new one");
    write("bin/systemctl", systemctl({ state: "inactive" }));
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.ok(existsSync(at(`${KEPT}/was-active`)));
    assert.match(text(previous), /9\.9\.9/);
    // There is no room by now: what was kept is still needed.
    assert.equal(run("postinst", "abort-upgrade").code, 0);
    assert.match(text(previous), /9\.9\.9/);
    // Booted, the half has used the database: that is kept anew, and the half is not.
    write(DATABASE, "of the half");
    utimesSync(at(DATABASE), new Date(0), new Date(0));
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.match(text(previous), /9\.9\.9/);
    assert.equal(text(`${KEPT}/switchhook.db`), "of the half");
    // It runs and has written nothing yet.
    write("bin/systemctl", systemctl({ state: "activating" }));
    assert.match(run("preinst", "upgrade").said, /New calls are refused now/);
    assert.match(text(previous), /9\.9\.9/);
    assert.ok(existsSync(at(`${KEPT}/was-active`)));
    // Unpacked as a whole and used, it is what the next upgrade goes back to.
    write(`${KEPT}/unpacked`, "");
    assert.equal(run("preinst", "upgrade").code, 0);
    assert.equal(text(previous), "of the new one");
    // No cut: what dpkg has put back is what was kept.
    assert.equal(run("postinst", "abort-upgrade").code, 0);
    assert.deepEqual([existsSync(at(KEPT)), existsSync(at(previous))], [false, false]);
  }));

test("a server that runs with the data folder and is no service stops an upgrade; one that is dead or drains does not", () =>
  inMachine(({ run, write }) => {
    const stat = readFileSync(`/proc/${process.pid}/stat`, "utf8");
    const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const upgrade = (instance: { readonly pid: number; readonly began?: string | undefined }, unit: Unit) => {
      write("var/lib/switchhook/instance.json", JSON.stringify(instance, undefined, 2));
      write("bin/systemctl", systemctl(unit));
      return run("preinst", "upgrade");
    };
    const { pid } = process;
    for (const unit of [{ state: "inactive" }, { state: "active", pid: 1 }]) {
      const runs = upgrade({ pid, began }, unit);
      assert.match(runs.said, new RegExp(`Process ${pid}, which is not the service, runs with .*Nothing`));
      assert.equal(runs.code, 1);
    }
    assert.equal(upgrade({ pid, began: "1" }, { state: "inactive" }).code, 0);
    assert.equal(upgrade({ pid: 2 ** 30 }, { state: "inactive" }).code, 0);
    const drains = upgrade({ pid, began }, { state: "deactivating", pid });
    assert.equal(drains.code, 0, drains.said);
    assert.match(drains.said, /the upgrade goes on when the running ones are over/);
  }));

test("a way back that was cut off is brought to its end first; removal and purge keep the only copy of the database", () =>
  inMachine(({ at, run, write, text }) => {
    for (const name of ["was-active", "going-back", "whole", "switchhook.db"])
      write(`${KEPT}/${name}`, "before");
    write("bin/systemctl", systemctl({ state: "inactive" }));
    mkdirSync(at("usr/lib/switchhook.failed"));
    for (const action of ["remove", "purge"]) {
      const ended = run("postrm", action);
      assert.match(ended.said, /The database from before the last upgrade stays in .*switchhook-upgrade/);
      assert.equal(text(`${KEPT}/switchhook.db`), "before");
    }
    assert.equal(existsSync(at(DATABASE)), false);
    write(DATABASE, "new");
    write("usr/lib/switchhook/package.json", '  "version": "9.9.8",\n');
    const first = run("preinst", "upgrade");
    assert.match(first.said, /was cut off while it was taken back; that is brought to its end now/);
    assert.equal(first.code, 1);
    const ended = run("postinst", "abort-upgrade");
    assert.match(ended.said, /The files and data are those of 9\.9\.8/);
    assert.equal(text(DATABASE), "before");
    assert.deepEqual([existsSync(at(KEPT)), existsSync(at("usr/lib/switchhook.failed"))], [false, false]);
    assert.equal(run("postrm", "remove").said, "");
    // What is purged is no less than what is kept.
    write(`${KEPT}/switchhook.db`, "before");
    assert.equal(run("postrm", "purge").said, "");
    assert.deepEqual([existsSync(at(KEPT)), existsSync(at(DATABASE))], [false, false]);
  }));

test("an installation takes a data folder from root alone: a drop-in may have given it to another user", () =>
  inMachine(({ at, run, write, text }) => {
    write("bin/systemctl", systemctl({ state: "active", starts: true }));
    write("bin/chown", `#!/bin/sh\necho "$*" >${at("chowned")}\n`);
    for (const [owner, takes] of [
      ["phone", false],
      ["switchhook", false],
      ["root", true],
    ] as const) {
      write("bin/stat", `#!/bin/sh\necho ${owner}\n`);
      assert.equal(run("postinst", "configure").code, 0);
      assert.equal(existsSync(at("chowned")), takes, owner);
    }
    assert.match(text("chowned"), /^-R switchhook:switchhook .*\/var\/lib\/switchhook\/$/m);
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

test("a data folder that is a link to where the room is: a purge leaves no key behind it, and backups stay", () =>
  inMachine(({ at, run, write, text }) => {
    write("bin/chown", `#!/bin/sh\necho "$*" >${at("chowned")}\n`);
    const lay = (...names: readonly string[]): void => {
      for (const name of ["switchhook.db", "tls/privkey.pem", ...names]) write(`srv/data/${name}`, "kept");
      rmSync(at("var/lib/switchhook"), { recursive: true, force: true });
      symlinkSync(at("srv/data"), at("var/lib/switchhook"));
    };
    lay("office.backup");
    const kept = run("postrm", "purge");
    assert.match(kept.said, /The backups in .*\/var\/lib\/switchhook stay\. .* rm -r .*\/srv\/data$/m);
    assert.deepEqual(readdirSync(at("srv/data")), ["office.backup"]);
    assert.match(text("chowned"), /^-R root:root .*\/srv\/data$/m);
    assert.ok(existsSync(at("var/lib/switchhook/office.backup")));
    rmSync(at("srv/data/office.backup"));
    lay();
    assert.deepEqual(run("postrm", "purge"), { code: 0, said: "" });
    assert.deepEqual([readdirSync(at("srv")), readdirSync(at("var/lib"))], [[], []]);
  }));

test(
  "the command, as root, gives what it has made to the service behind a link too",
  {
    skip: process.getuid?.() === 0 ? false : "needs root, whose files they are",
  },
  () =>
    inMachine(({ at, write, type, text }) => {
      write("usr/lib/switchhook/bin/node", "#!/bin/sh\nexit 4\n");
      write("bin/id", "#!/bin/sh\necho 0\n");
      write("bin/chown", `#!/bin/sh\necho "$*" >${at("chowned")}\n`);
      renameSync(at("var/lib/switchhook"), at("data"));
      symlinkSync(at("data"), at("var/lib/switchhook"));
      const ended = type(read("deploy/debian/switchhook.sh"));
      assert.equal(ended.code, 4, ended.said);
      assert.match(text("chowned"), /^-h switchhook:switchhook .*\/switchhook\.db$/m);
    }),
);
