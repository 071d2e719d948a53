import assert from "node:assert/strict";
import type { Check } from "./store-under-test.ts";

/** Where phones are registered. */
export function registrationContract(check: Check): void {
  const row = (extension: string, key: string, expiresAt: number, port: number) => ({
    extension,
    key,
    expiresAt,
    binding: { uri: `sip:${extension}@127.0.0.1:${port}`, path: [], q: 1 },
  });

  check("contacts are set, replaced and removed, and outlive the process", async (store) => {
    await store.repositories.registrations.apply([
      { type: "set", row: row("215", "a", 5000, 1) },
      { type: "set", row: row("215", "b", 5000, 2) },
      { type: "set", row: row("216", "a", 5000, 3) },
      { type: "set", row: row("215", "a", 6000, 4) },
      { type: "remove", extension: "215", key: "b" },
      { type: "remove", extension: "215", key: "never was" },
    ]);
    const reopened = await store.reopen();
    assert.deepEqual(await reopened.registrations.load(1000), [
      row("215", "a", 6000, 4),
      row("216", "a", 5000, 3),
    ]);
  });

  check("expired contacts are not loaded, and go when that is asked for", async ({ repositories }) => {
    await repositories.registrations.apply([
      { type: "set", row: row("215", "a", 5000, 1) },
      { type: "set", row: row("216", "a", 7000, 2) },
    ]);
    assert.deepEqual(await repositories.registrations.load(5000), [row("216", "a", 7000, 2)]);
    assert.equal((await repositories.registrations.load(1)).length, 2);
    await repositories.registrations.forget(5000);
    assert.deepEqual(await repositories.registrations.load(1), [row("216", "a", 7000, 2)]);
  });
}
