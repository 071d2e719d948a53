// Over 5 s: all repositories, on a real database in a file.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../src/store/store.ts";
import { openStore } from "../../src/store/store.ts";
import { repositoryContract } from "./repositories.suite.ts";

repositoryContract("SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-store-"));
  const open = async (): Promise<Store> => {
    const opened = await openStore(folder);
    assert.ok(opened.ok, opened.ok ? "" : opened.error);
    return opened.value;
  };
  let store = await open();
  return {
    repositories: store,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
