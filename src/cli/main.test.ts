// The command as a process: what comes from its environment, and from the user it runs as.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ownAddress } from "../../test/support/loopback.ts";
import { MAIN } from "../../test/support/program.ts";
import { DATABASE_FILE } from "../store/database-file.ts";

const NOBODY = 65_534;

function run(
  folder: string,
  args: readonly string[],
  { environment = {}, uid }: { readonly environment?: object; readonly uid?: number | undefined } = {},
): { readonly code: number | null; readonly out: string; readonly err: string } {
  const ended = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...environment },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-main-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const none = (dataDir: string): string =>
  `There is no installation in ${dataDir}, or this user may not see it: name its folder with --data DIR.\n`;

test("a variable that is there and blank is as if it were not, for commands as for the server", () =>
  inFolder((folder) => {
    const environment = { SWITCHHOOK_DATA: " ", SWITCHHOOK_SPEECH_COMMAND: "" };
    assert.deepEqual(run(folder, ["export"], { environment }), { code: 3, out: "", err: none("data") });
  }));

test(
  "a data folder of somebody else is said by the demo too, as by the server",
  {
    skip: process.getuid?.() === 0 ? false : "needs root, to be another user",
  },
  () =>
    inFolder((folder) => {
      mkdirSync(join(folder, "d"), { mode: 0o700 });
      chmodSync(folder, 0o755);
      const ended = run(folder, ["demo", "--data", "d"], { uid: NOBODY });
      assert.deepEqual([ended.code, ended.out], [3, ""]);
      assert.match(
        ended.err,
        /^The data folder d cannot be written by this user \(it belongs to user id 0, .*\n$/,
      );
    }),
);

test("who may not look into the data folder is told so: neither that nothing is there, nor that others have the ports", {
  skip: process.getuid?.() === 0 ? false : "needs root, to be another user",
}, async () => {
  const address = ownAddress();
  const taken = createServer().listen(0, address);
  try {
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    inFolder((folder) => {
      mkdirSync(join(folder, "d"), { mode: 0o700 });
      writeFileSync(join(folder, "d", DATABASE_FILE), "");
      chmodSync(folder, 0o755);
      const ended = run(folder, ["export", "--data", "d"], { uid: NOBODY });
      assert.deepEqual(ended, { code: 3, out: "", err: none("d") });
      const args = ["doctor", "--data", "d", "--sip", `${address}:${port}`, "--http", `${address}:0`];
      const asked = run(folder, args, { uid: NOBODY });
      assert.match(asked.out, /^look at +ports +.* for SIP over TCP is taken\. Whether the server has it/m);
    });
  } finally {
    taken.close();
  }
});
