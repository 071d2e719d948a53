import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type OpenIdSettings, openIdKey } from "../model/open-id.ts";
import type { User } from "../model/users.ts";
import { contentOfDatabase } from "./snapshot.ts";
import { openStore } from "./store.ts";

const NOW = { revision: 1, changedAt: 1, changedBy: "test" } as const;
const SETTINGS: OpenIdSettings = {
  ...NOW,
  label: "Office",
  issuer: "https://login.example",
  clientId: "switchhook",
  clientSecret: undefined,
  scope: "openid",
  allowedDomains: [],
  roles: { claim: "", values: [], otherwise: undefined },
  networks: [],
};
const user = (name: string, over: Partial<User>): User => ({
  ...NOW,
  id: name,
  name,
  role: "administrator",
  passwordHash: undefined,
  totp: undefined,
  openId: undefined,
  createdAt: 1,
  ...over,
});

/** The administrators that are told of, without the OpenID server of these users and with it. */
async function administratorsOf(users: readonly User[]): Promise<readonly (readonly string[])[]> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-content-"));
  try {
    const told: (readonly string[])[] = [];
    const changes = [
      users.map((one) => ({ type: "user", user: one }) as const),
      [{ type: "openId", settings: SETTINGS } as const],
    ];
    for (const change of changes) {
      const store = await openStore(folder);
      assert.ok(store.ok);
      await store.value.accounts.apply(change, []);
      await store.value.close();
      const content = await contentOfDatabase(folder);
      assert.ok(content.ok);
      assert.equal(content.value.users, users.length);
      told.push(content.value.administrators);
    }
    return told;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("of the administrators in a backup those are told who can sign in then: links for once are not restored", async () => {
  const anna = user("Anna", { passwordHash: "$argon2id$" });
  const invited = user("Invited", {});
  const linked = user("Linked", { openId: openIdKey(SETTINGS.issuer, "1") });
  const elsewhere = user("Elsewhere", { openId: openIdKey("https://login.example/old", "1") });
  const lesser = user("Editor", { role: "editor", passwordHash: "$argon2id$" });
  assert.deepEqual(await administratorsOf([anna, invited, linked, elsewhere, lesser]), [
    ["Anna"],
    ["Anna", "Linked"],
  ]);
  assert.deepEqual(await administratorsOf([invited, elsewhere]), [[], []]);
});
