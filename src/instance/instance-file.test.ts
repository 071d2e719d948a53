import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openToken, readToken, TOKEN_FILE } from "./api-token.ts";
import { claimInstance, INSTANCE_FILE, readInstance, releaseInstance } from "./instance-file.ts";

const ADDRESSES = { http: "http://127.0.0.1:8088", sip: ["udp:127.0.0.1:5060"] };

async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-instance-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a claimed folder is found, and given back", () =>
  inFolder((folder) => {
    assert.equal(readInstance(folder), undefined);
    assert.deepEqual(claimInstance(folder, ADDRESSES), { ok: true, value: undefined });
    assert.deepEqual(claimInstance(folder, ADDRESSES), { ok: true, value: undefined });
    const instance = readInstance(folder);
    assert.equal(instance?.pid, process.pid);
    assert.equal(instance?.http, ADDRESSES.http);
    assert.equal(statSync(join(folder, INSTANCE_FILE)).mode & 0o777, 0o600);
    releaseInstance(folder);
    assert.equal(existsSync(join(folder, INSTANCE_FILE)), false);
  }));

test("a running server keeps others out, a dead one does not", () =>
  inFolder(async (folder) => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(other, "spawn");
    claimInstance(folder, ADDRESSES);
    const file = join(folder, INSTANCE_FILE);
    const ours = JSON.parse(readFileSync(file, "utf8")) as { began: string };
    const stat = readFileSync(`/proc/${other.pid}/stat`, "utf8");
    const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    writeFileSync(file, JSON.stringify({ ...ours, pid: other.pid, began }));
    const refused = claimInstance(folder, ADDRESSES);
    assert.ok(!refused.ok && refused.error.includes(String(other.pid)) && refused.error.includes(folder));
    releaseInstance(folder);
    assert.ok(existsSync(file), "released what is not ours");
    // The same process id with another beginning is another process.
    writeFileSync(file, JSON.stringify({ ...ours, pid: other.pid, began: `${began}9` }));
    assert.equal(readInstance(folder), undefined);
    writeFileSync(file, JSON.stringify({ ...ours, pid: other.pid, began }));
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    assert.equal(readInstance(folder), undefined);
    assert.ok(claimInstance(folder, ADDRESSES).ok);
  }));

test("a damaged file is no server", () =>
  inFolder((folder) => {
    for (const text of ["", "{", "[]", '{"pid":"x"}', '{"pid":-1,"began":"","http":"","sip":[]}', "null"]) {
      writeFileSync(join(folder, INSTANCE_FILE), text);
      assert.equal(readInstance(folder), undefined, text);
    }
  }));

test("the API token is made once, 256 bits, for its owner alone", () =>
  inFolder((folder) => {
    assert.equal(readToken(folder), undefined);
    const token = openToken(folder);
    assert.ok(token.ok && /^[0-9a-f]{64}$/.test(token.value));
    assert.equal(readToken(folder), token.value);
    assert.deepEqual(openToken(folder), token);
    assert.equal(statSync(join(folder, TOKEN_FILE)).mode & 0o777, 0o600);
    const nowhere = openToken(join(folder, "missing"));
    assert.ok(!nowhere.ok && nowhere.error.includes(join(folder, "missing", TOKEN_FILE)));
  }));
