// A disk that is full (reliability F2), and data folders that cannot be used (F5), at the real server: the data folder is a small
// file system of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { ExitCode } from "../../src/cli/output.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { runCli, startServer } from "../support/server.ts";
import { registerPhone, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const DID = "+31501234567";
const folder = mkdtempSync(path.join(tmpdir(), "switchhook-disk-"));
const [small, fixed] = [path.join(folder, "small"), path.join(folder, "fixed")];
for (const place of [small, fixed]) mkdirSync(place);

function mount(at: string, options: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", at]).status === 0;
}

const mayMount = mount(small, "size=8m") && mount(fixed, "size=1m,ro");
const withoutMount = mayMount ? false : "needs the right to mount a file system";

before(() => writeFileSync(path.join(folder, "a-file"), ""));

after(async () => {
  await stopEverySipp();
  for (const place of [small, fixed]) spawnSync("umount", ["-l", place]);
  rmSync(folder, { recursive: true, force: true });
});

test("F2: on a full disk calls go on and edits are 507; with room again edits are made, and every call is there", {
  skip: withoutMount || needs("sipp"),
}, async () => {
  const [caller, phone] = [ownAddress(), ownAddress()];
  const company = companyText({ caller, routes: { [DID]: [ringPhone("215")] } });
  const server = await startServer({ company, dataDir: small });
  try {
    const sip = `${server.address}:5060`;
    await registerPhone(phone, sip, { extension: "215", password: PASSWORD });
    await sippCallee("phone-answers", { at: phone, server: sip, calls: 1000 });
    const calls = (from: number) => {
      const rows = Array.from({ length: 10 }, (_call, at) => [DID, `+3161200000${from + at}`, ""]);
      return sippCaller("caller-answered", { at: caller, server: sip, rows, rate: 50 }).succeeded();
    };
    await calls(10);
    await server.recorded(10);
    fill(path.join(small, "rubbish"));
    const token = readFileSync(path.join(small, "api-token"), "utf8").trim();
    const edit = async (step: number): Promise<{ readonly status: number; readonly detail: string }> => {
      const steps = Array.from({ length: 60 }, () => ({ type: "phone", phone: "215", ringSeconds: 20 }));
      const response = await fetch(new URL("/api/v1/plans", server.http), {
        method: "POST",
        body: JSON.stringify({ name: `plan ${step}`, steps }),
        headers: { authorization: `Bearer ${token}`, "idempotency-key": `key ${step}` },
      });
      const { detail = "" } = (await response.json()) as { readonly detail?: string };
      return { status: response.status, detail };
    };
    // What SQLite has taken of the disk before it may still fill.
    let made = 0;
    const full = await until("the disk to be full", async () => {
      made += 1;
      const answer = await edit(made);
      return answer.status === 201 ? undefined : answer;
    });
    assert.equal(full.status, 507, full.detail);
    assert.match(full.detail, /no room on the disk: .* Calls go on; nothing was changed\.$/);
    await calls(20);
    assert.equal((await edit(made)).status, 507);
    const sound = await fetch(new URL("/api/v1/audio/content?file=a.wav", server.http), {
      method: "POST",
      body: new Uint8Array(200_000),
      headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
    });
    assert.equal(sound.status, 507, await sound.text());
    rmSync(path.join(small, "rubbish"));
    await until("an edit to be made", async () => (await edit(made)).status === 201, 10_000);
    const known = await server.recorded(20, 10_000);
    assert.deepEqual(new Set(known.map(({ result }) => result)), new Set(["completed"]));
    assert.equal(known.length, 20);
    assert.equal(await server.metric("switchhook_sip_handler_errors_total"), 0);
    assert.equal((await server.process.stop()).code, 0);
  } finally {
    server.process.child.kill("SIGKILL");
  }
});

/** Writes until there is no room. */
function fill(file: string): void {
  const piece = Buffer.alloc(64 * 1024);
  for (const size of [piece.length, 512]) {
    try {
      for (;;) writeFileSync(file, piece.subarray(0, size), { flag: "a" });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    }
  }
}

test("F5: a data folder that cannot be written, or is none, is said with its path and why, and nothing is written", {
  skip: withoutMount,
}, async () => {
  const before = readdirSync(folder);
  const places = [fixed, path.join(folder, "a-file"), path.join(folder, "a-file", "data")];
  const where = ["--sip", `${ownAddress()}:5060`, "--http", "127.0.0.1:0"];
  const ends = await Promise.all(places.map((place) => runCli(["start", "--data", place, ...where])));
  for (const [at, { code, stdout, stderr }] of ends.entries()) {
    assert.equal(code, ExitCode.unavailable, stdout + stderr);
    assert.ok(stderr.includes(places[at] ?? ""), stderr);
    assert.match(stderr, [/EROFS: read-only/, /is not a folder\.$/m, /ENOTDIR: not a directory/][at] ?? /^$/);
    assert.doesNotMatch(stderr, /\n {4}at /, "no stack trace");
  }
  assert.deepEqual(readdirSync(folder), before);
});
