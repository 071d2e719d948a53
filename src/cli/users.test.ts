import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { browserClient } from "../../test/support/browser-client.ts";
import { besideControl } from "../../test/support/control-service.ts";
import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

const PASSWORD = "correct horse battery";

async function run(folder: string, args: readonly string[], password?: string) {
  let out = "";
  let err = "";
  const output = createOutput(
    (text) => {
      out += text;
    },
    (text) => {
      err += text;
    },
    100,
  );
  const code = await runProgram(args, {
    output,
    dataDir: folder,
    version: "1",
    readPassword: async () => password,
    loadApp: () => Promise.reject(new Error("not in this test")),
  });
  return { code, out, err };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-users-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a person does with users, on whatever is there: a server or its data folder alone. */
async function walk(folder: string): Promise<void> {
  const added = await run(folder, ["user", "add", "Anna", "--role", "administrator"], PASSWORD);
  assert.deepEqual([added.code, added.out], [0, "Anna may sign in as administrator.\n"], added.err);
  assert.equal((await run(folder, ["user", "add", "anna"], PASSWORD)).code, 1);
  const short = await run(folder, ["user", "add", "Bert"], "short");
  assert.deepEqual([short.code, short.err], [1, "A password has at least 8 characters.\n"]);
  assert.equal((await run(folder, ["user", "add", "Bert"])).code, 2, "no password came");
  const linked = await run(folder, ["user", "add", "Bert", "--role", "operator", "--link"]);
  assert.match(linked.out, /\/login#[\w-]{43}\n$/);
  const list = await run(folder, ["user", "list"]);
  assert.match(
    list.out,
    /^Anna +administrator +password +not signed in\nBert +operator +no password +not signed in\n$/,
  );
  const last = await run(folder, ["user", "remove", "Anna"]);
  assert.deepEqual([last.code, /only administrator/.test(last.err)], [1, true], last.err);
  assert.equal((await run(folder, ["user", "password", "bert"], "a long one for Bart")).code, 0);
  assert.equal((await run(folder, ["user", "remove", "Bert"])).code, 0);
  const nobody = await run(folder, ["user", "password", "Bert"], PASSWORD);
  assert.deepEqual(
    [nobody.code, nobody.err],
    [1, "There is no user Bert; switchhook user list shows them.\n"],
  );
  const token = await run(folder, ["token", "add", "CRM", "--role", "viewer", "--days", "2"]);
  assert.match(token.out, /^swh_[0-9a-f]{56}\n$/);
  const tokens = await run(folder, ["token", "list", "--json"]);
  assert.ok(!tokens.out.includes(token.out.trim()));
  const [made] = JSON.parse(tokens.out) as { id: string; role: string }[];
  const id = made?.id ?? "";
  assert.equal(made?.role, "viewer");
  assert.equal((await run(folder, ["token", "revoke", id])).code, 0);
  assert.equal((await run(folder, ["token", "revoke", id])).code, 1);
}

test("users and tokens by commands, on the data folder alone", () => inFolder(walk));

test("users and tokens by commands, through a running server", () =>
  inFolder((folder) => besideControl(folder, () => walk(folder))));

test("I2: who is locked out gets in by a link that a command made while the server was down", () =>
  inFolder(async (folder) => {
    assert.equal((await run(folder, ["user", "add", "Anna", "--role", "administrator"], PASSWORD)).code, 0);
    const link = await run(folder, ["user", "link", "anna"]);
    assert.match(link.err, /No server runs now/);
    const secret = link.out.trim().slice("/login#".length);
    await besideControl(folder, async (address) => {
      const browser = browserClient(address);
      assert.equal((await browser.ask("POST", "/api/v1/session", { link: secret })).body["name"], "Anna");
      const byPassword = browserClient(address);
      const typed = { name: "Anna", password: PASSWORD };
      assert.equal((await byPassword.ask("POST", "/api/v1/session", typed)).status, 200);
      const running = await run(folder, ["user", "link"]);
      assert.ok(running.out.startsWith(`${address}/setup#`), running.out);
      assert.match((await run(folder, ["user", "list"])).out, /^Anna .* signed in, seen \d{4}-/);
    });
  }));
