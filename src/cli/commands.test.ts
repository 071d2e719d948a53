// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT, companyWarningLine } from "../../test/fakes/company-text.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { MAIN } from "../../test/support/program.ts";
import { claimInstance, releaseInstance } from "../instance/instance-file.ts";
import { Control } from "../link/host.ts";
import type { Ban } from "../model/access.ts";
import type { CallRecord } from "../model/call-record.ts";
import { toCallRow } from "../model/call-row.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { systemClock } from "../runtime/clock.ts";
import { openStore } from "../store/store.ts";

const NOBODY = 65_534;
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a person does, in a folder. */
function run(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  uid?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-cli-"));
  try {
    writeFileSync(join(folder, "good.yaml"), COMPANY_TEXT);
    writeFileSync(
      join(folder, "bad.yaml"),
      COMPANY_TEXT.replace("country: NL", "country: XX").replace("hosts: [", "host: ["),
    );
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const BAD_LINES = [
  'bad.yaml:3:12: home.country: A country is two capital letters of ISO 3166, for example "NL".',
  "bad.yaml:18:5: trunks[0].hosts: This setting is missing; it is a list.",
  'bad.yaml:20:5: trunks[0].host: There is no setting "host" here. Did you mean "hosts"?',
  "3 errors.",
].join("\n");

test("check says where each error is, and changes nothing", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await run(folder, ["check", "bad.yaml"]), { code: 1, out: "", err: `${BAD_LINES}\n` });
    assert.deepEqual(await run(folder, ["check", "good.yaml"]), {
      code: 0,
      out: "good.yaml: no errors (phones: 2, webhooks: 2, plans: 1, numbers: 1).\n",
      err: `${companyWarningLine("good.yaml")}\n`,
    });
    const missing = await run(folder, ["check", "none.yaml"]);
    assert.deepEqual(missing, { code: 3, out: "", err: "There is no file none.yaml.\n" });
    assert.equal((await run(folder, ["check", "."])).code, 3);
    assert.equal(existsSync(join(folder, "data")), false);
  }));

test("check --json gives each problem with its code, arguments, place and sentence, and exits alike", () =>
  inFolder(async (folder) => {
    const bad = await run(folder, ["check", "bad.yaml", "--json"]);
    assert.deepEqual([bad.code, bad.err], [1, ""]);
    const report = JSON.parse(bad.out) as { accepted: boolean; problems: Record<string, unknown>[] };
    assert.equal(report.accepted, false);
    assert.deepEqual(
      report.problems.map(({ code, severity }) => `${String(severity)} ${String(code)}`),
      ["error badValue", "error missingSetting", "error unknownSetting"],
    );
    assert.deepEqual(report.problems.at(-1), {
      code: "unknownSetting",
      severity: "error",
      place: { line: 20, column: 5, path: "trunks[0].host" },
      args: { key: "hosts" },
      sentence: 'There is no setting "host" here. Did you mean "hosts"?',
    });
    const good = await run(folder, ["check", "good.yaml", "--json"]);
    const { accepted, problems } = JSON.parse(good.out) as typeof report;
    assert.deepEqual([good.code, good.err, accepted, problems.length], [0, "", true, 1]);
    assert.equal(problems[0]?.["severity"], "warning");
  }));

test("wrong usage is told apart from a wrong file", () =>
  inFolder(async (folder) => {
    for (const args of [
      ["chek"],
      ["check"],
      ["calls", "--limit", "0"],
      ["calls", "--result", "x"],
      ["start", "--colour"],
    ]) {
      const ended = await run(folder, args);
      assert.equal(ended.code, 2, args.join(" "));
      assert.match(ended.err, /^error: /);
    }
    const start = await run(folder, ["start", "--http", "nonsense", "--calls-keep-days", "x"]);
    assert.equal(start.code, 2);
    assert.match(
      start.err,
      /^--http: "nonsense" is not HOST:PORT.*\n--calls-keep-days: "x" is not a whole number of days/,
    );
    assert.equal((await run(folder, ["--help"])).code, 0);
    assert.equal((await run(folder, ["--version"])).code, 0);
  }));

test("apply, export and apply again on an installation that does not run", () =>
  inFolder(async (folder) => {
    const applied = await run(folder, ["apply", "good.yaml", "--data", "d"]);
    assert.deepEqual(applied, {
      code: 0,
      out: "  first configuration: 2 phones, 1 group, 2 trunks, 2 webhooks, 1 plan, 1 number\nApplied as version 1; used when the server starts.\n",
      err: `${companyWarningLine("good.yaml")}\n`,
    });
    const refused = await run(folder, ["apply", "bad.yaml", "--data", "d"]);
    assert.deepEqual(refused, { code: 1, out: "", err: `${BAD_LINES}\nNothing has been changed.\n` });
    const exported = await run(folder, ["export", "--data", "d"]);
    assert.equal(exported.code, 0);
    assert.ok(!exported.out.includes("correct-horse") && exported.out.includes('password: "***"'));
    writeFileSync(join(folder, "again.yaml"), exported.out);
    const again = await run(folder, ["apply", "again.yaml"], { SWITCHHOOK_DATA: "d" });
    assert.equal(again.out, "Nothing to change: again.yaml is what version 1 has.\n");
    const clear = await run(folder, ["export", "all.yaml", "--data", "d", "--with-secrets"]);
    assert.equal(clear.code, 0);
    assert.equal(statSync(join(folder, "all.yaml")).mode & 0o777, 0o600);
    assert.ok(readFileSync(join(folder, "all.yaml"), "utf8").includes("correct-horse"));
    const moved = await run(folder, ["apply", "all.yaml", "--data", "other"]);
    assert.equal(moved.code, 0);
    const lost = await run(folder, ["apply", "again.yaml", "--data", "third"]);
    assert.equal(lost.code, 1);
    assert.match(lost.err, /again\.yaml:\d+:\d+: phones\[0\]\.password: Phone 215 has no stored password/);
  }));

test("without an installation, export and calls say where they looked", () =>
  inFolder(async (folder) => {
    for (const args of [
      ["export", "--data", "nowhere"],
      ["calls", "--data", "nowhere"],
      ["calls", "show", "x", "--data", "nowhere"],
    ]) {
      const ended = await run(folder, args);
      assert.deepEqual(ended, {
        code: 3,
        out: "",
        err: "There is no installation in nowhere, or this user may not see it: name its folder with --data DIR.\n",
      });
    }
    assert.equal(existsSync(join(folder, "nowhere")), false);
  }));

test("a data folder that this user may not write is said with its path", () =>
  inFolder(async (folder) => {
    // Root may write everywhere, so the command runs as somebody else then.
    const uid = process.getuid?.() === 0 ? NOBODY : undefined;
    mkdirSync(join(folder, "closed"));
    chmodSync(join(folder, "closed"), 0o555);
    chmodSync(folder, 0o555);
    try {
      const ended = await run(folder, ["apply", "good.yaml", "--data", "closed"], {}, uid);
      assert.equal(ended.code, 3);
      assert.match(
        ended.err,
        /^The data folder closed cannot be written by this user \(it belongs to user id \d+, /,
      );
      const below = await run(folder, ["apply", "good.yaml", "--data", "new"], {}, uid);
      assert.equal(below.code, 3);
      assert.match(below.err, /^The data folder new cannot be made: /);
    } finally {
      chmodSync(folder, 0o755);
    }
  }));

test("calls are listed and shown, as text and as JSON", () =>
  inFolder(async (folder) => {
    const store = await openStore(join(folder, "d"));
    assert.ok(store.ok);
    const records = [
      callRecord("aa11", 1000),
      callRecord("bb22", 2000, { result: "busy", caller: "\u001b[31m" }),
    ];
    await store.value.calls.insertMany(records.map(toCallRow));
    await store.value.close();
    const data = { SWITCHHOOK_DATA: "d", TZ: "UTC" };
    const list = await run(folder, ["calls"], data);
    assert.match(
      list.out,
      /^1970-01-01 00:00:02 .*bb22\]\n {4}Why: .*\n1970-01-01 00:00:01 .*\+31201234567 -> \+31501234567 .*aa11\]\n$/,
    );
    assert.ok(!list.out.includes("\u001b"));
    const json = JSON.parse((await run(folder, ["calls", "--json", "--limit", "1"], data)).out) as {
      id: string;
    }[];
    assert.deepEqual(
      json.map((call) => call.id),
      ["bb22"],
    );
    const shown = await run(folder, ["calls", "show", "aa"], data);
    assert.match(shown.out, /Bye\.[^]*INVITE/);
    assert.ok(!shown.out.includes("--- "));
    assert.match(
      (await run(folder, ["calls", "show", "aa", "--messages"], data)).out,
      /--- .*udp:127\.0\.0\.1:5090/,
    );
    for (const args of [
      ["calls", "show", "aa", "--json"],
      ["calls", "--json", "show", "aa"],
    ]) {
      assert.deepEqual(
        JSON.parse((await run(folder, args, data)).out),
        JSON.parse(JSON.stringify(records[0])),
      );
    }
    assert.equal((await run(folder, ["calls", "show", "zz"], data)).code, 1);
    const after = await run(folder, ["calls", "--data", "d", "show", "aa11"], { TZ: "UTC" });
    assert.equal(after.code, 0, after.err);
  }));

test("X8: calls lists calls, and one line says what strangers tried and how to see it", () =>
  inFolder(async (folder) => {
    const store = await openStore(join(folder, "d"));
    assert.ok(store.ok);
    const now = Date.now();
    const stranger = (id: string, at: number, change: Partial<CallRecord>) =>
      callRecord(id, at, { kind: "stranger", result: "refused", origin: `stranger at ${id}`, ...change });
    await store.value.calls.insertMany(
      [
        callRecord("aa11", now - 90_000_000),
        stranger("old", now - 90_000_000, { attempts: 500 }),
        stranger("new", now - 1000, { attempts: 1234 }),
        stranger("login", now - 500, { kind: "registration", attempts: 1 }),
      ].map(toCallRow),
    );
    await store.value.close();
    const data = { SWITCHHOOK_DATA: "d", TZ: "UTC" };
    const list = await run(folder, ["calls", "--limit", "1"], data);
    assert.match(list.out, /^.*\[aa11\]\n$/);
    assert.equal(
      list.err,
      "Times are UTC.\nNot listed: 1,234 calls and 1 login of strangers, refused in the last 24 hours; " +
        "switchhook calls --refused tells.\n",
    );
    const refused = await run(folder, ["calls", "--refused"], data);
    assert.match(
      refused.out,
      /^.* stranger at login tried to log in .*, 1 attempt {2}\[login\]\n {4}Why: Answered by 215\..*\n.*1234 attempts {2}\[new\]\n.*\n.*\[old\]\n.*\n$/,
    );
    assert.equal(refused.err, "Times are UTC.\n");
    const json = JSON.parse((await run(folder, ["calls", "--json"], data)).out) as { id: string }[];
    assert.deepEqual(
      json.map(({ id }) => id),
      ["aa11"],
    );
    assert.equal((await run(folder, ["calls", "--result", "ongoing"], data)).code, 0);
  }));

test("N9: bans lift says what was lifted and what is still slowed", () =>
  inFolder(async (folder) => {
    const dataDir = join(folder, "d");
    const ban = (what: string): Ban => ({
      kind: "slowed",
      what,
      since: 0,
      until: 1,
      why: "Guesses.",
      code: "x",
      args: {},
    });
    let bans = [ban("201"), ban("127.0.50.6"), ban("bert")];
    const control = await Control.start(
      {
        dataDir,
        applyFile: undefined,
        http: "127.0.0.1:0",
        realm: "switchhook",
        callsKeepDays: 1,
        again: false,
        softwareVersion: "1",
      },
      {
        clock: systemClock,
        publish: () => {},
        status: () => ({ ready: true, reason: "", counters: {}, gauges: {} }),
        phones: () => [],
        access: (lift) => {
          const left =
            lift === undefined
              ? bans
              : bans.filter(({ what }) => lift.what !== undefined && what !== lift.what);
          const lifted = bans.length - left.length;
          bans = left;
          return { registered: 0, bans, trunks: [], lifted };
        },
        log: () => {},
      },
    );
    assert.ok(control.ok);
    try {
      assert.ok(claimInstance(dataDir, { http: control.value.httpAddress, sip: [] }).ok);
      const lifted = await run(folder, ["bans", "lift", "201", "--data", "d"]);
      assert.equal(
        lifted.out,
        "Lifted: phone 201.\nStill slowed or banned: 127.0.50.6, bert (switchhook bans).\n",
      );
      const all = await run(folder, ["bans", "lift", "--all", "--data", "d"]);
      assert.equal(all.out, "Lifted: 127.0.50.6, bert.\n");
    } finally {
      releaseInstance(dataDir);
      await control.value.stop();
    }
  }));

test("a running server takes an apply over at once, and answers the other commands", () =>
  inFolder(async (folder) => {
    const dataDir = join(folder, "d");
    const published: Snapshot[] = [];
    const control = await Control.start(
      {
        dataDir,
        applyFile: undefined,
        http: "127.0.0.1:0",
        realm: "switchhook",
        callsKeepDays: 1,
        again: false,
        softwareVersion: "1",
      },
      {
        clock: systemClock,
        publish: (snapshot) => void published.push(snapshot),
        status: () => ({ ready: true, reason: "", counters: {}, gauges: {} }),
        phones: () => [],
        access: (lift) => ({ registered: 0, bans: [], trunks: [], lifted: lift?.what === "215" ? 2 : 0 }),
        log: () => {},
      },
    );
    assert.ok(control.ok);
    try {
      assert.ok(claimInstance(dataDir, { http: "", sip: [] }).ok);
      const starting = await run(folder, ["apply", "good.yaml", "--data", "d"]);
      assert.equal(starting.code, 3);
      assert.match(starting.err, /is still starting; try again in a moment\.\n$/);
      assert.ok(claimInstance(dataDir, { http: control.value.httpAddress, sip: [] }).ok);
      const applied = await run(folder, ["apply", "good.yaml", "--data", "d"]);
      assert.match(applied.out, /Applied as version 1; the running server routes new calls by it\.\n$/);
      assert.equal(published.length, 1);
      const refused = await run(folder, ["apply", "bad.yaml", "--data", "d"]);
      assert.deepEqual(refused, { code: 1, out: "", err: `${BAD_LINES}\nNothing has been changed.\n` });
      assert.ok((await run(folder, ["export", "--data", "d"])).out.includes("Andrew Garza"));
      assert.equal((await run(folder, ["calls", "--data", "d", "--party", "+31"])).err, "No calls.\n");
      assert.equal((await run(folder, ["calls", "show", "zz", "--data", "d"])).code, 1);
      assert.equal((await run(folder, ["phones", "--data", "d"])).err, "No phones are configured.\n");
      assert.equal((await run(folder, ["trunks", "--data", "d"])).err, "No trunks are configured.\n");
      assert.equal((await run(folder, ["trunks", "--json", "--data", "d"])).out, "[]\n");
      assert.equal((await run(folder, ["bans", "--data", "d"])).err, "Nobody is banned or slowed down.\n");
      assert.equal((await run(folder, ["bans", "--json", "--data", "d"])).out, "[]\n");
      assert.equal((await run(folder, ["bans", "lift", "215", "--data", "d"])).out, "Lifted: 2.\n");
      assert.equal((await run(folder, ["bans", "lift", "--all", "--data", "d"])).out, "Lifted: 0.\n");
      const nobody = await run(folder, ["bans", "lift", "192.0.2.1", "--data", "d"]);
      assert.deepEqual([nobody.code, nobody.err.slice(0, 20)], [1, "192.0.2.1 is neither"]);
      assert.equal((await run(folder, ["bans", "lift", "--data", "d"])).code, 2);
      await control.value.stop();
      const gone = await run(folder, ["calls", "--data", "d"]);
      assert.equal(gone.code, 3);
      assert.match(gone.err, /does not answer at http:/);
    } finally {
      releaseInstance(dataDir);
      await control.value.stop();
    }
  }));
