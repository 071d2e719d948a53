import assert from "node:assert/strict";
import type { AuditEntry } from "../../src/model/audit.ts";
import type { OpenIdSettings } from "../../src/model/open-id.ts";
import type { ApiToken, Session, User } from "../../src/model/users.ts";
import type { Check } from "./store-under-test.ts";

const user = (id: string, change: Partial<User> = {}): User => ({
  id,
  name: `name of ${id}`,
  role: "editor",
  passwordHash: "$argon2id$…",
  totp: undefined,
  openId: undefined,
  revision: 1,
  createdAt: 1,
  changedAt: 2,
  changedBy: "test",
  ...change,
});
const session = (hash: string, userId: string, change: Partial<Session> = {}): Session => ({
  id: `id of ${hash}`,
  hash,
  userId,
  createdAt: 1,
  lastSeenAt: 2,
  address: "192.0.2.1",
  agent: "Browser",
  byLink: false,
  ...change,
});

/** Users and all that lets them in. */
export function accountContract(check: Check): void {
  check(
    "users, sessions, tokens and links outlive the process; a user goes with what is his",
    async (store) => {
      const totp = { secret: "JBSWY3DPEHPK3PXP", isConfirmed: true, lastStep: 7 };
      const token: ApiToken = {
        id: "t",
        name: "CRM",
        role: "viewer",
        hash: "th",
        begins: "swh_1234",
        createdAt: 1,
        createdBy: "test",
        lastUsedAt: undefined,
        expiresAt: 9,
      };
      const { accounts } = store.repositories;
      const openId: OpenIdSettings = {
        label: "Office",
        issuer: "https://login.example",
        clientId: "switchhook",
        clientSecret: "client-secret",
        scope: "openid",
        allowedDomains: ["example.com"],
        roles: { claim: "groups", values: [{ value: "pbx", role: "editor" }], otherwise: "viewer" },
        networks: [],
        revision: 3,
        changedAt: 1,
        changedBy: "test",
      };
      await accounts.apply(
        [
          { type: "user", user: user("a") },
          { type: "user", user: user("b", { totp }) },
          { type: "user", user: user("a", { name: "another", revision: 2 }) },
          { type: "session", session: session("s1", "a") },
          { type: "session", session: session("s2", "b") },
          { type: "session", session: session("s2", "b", { lastSeenAt: 3 }) },
          { type: "session", session: session("s3", "b") },
          { type: "dropSession", hash: "s3" },
          { type: "token", token },
          { type: "token", token: { ...token, id: "gone", hash: "gone" } },
          { type: "dropToken", id: "gone" },
          { type: "link", link: { hash: "l1", userId: undefined, expiresAt: 5 } },
          { type: "link", link: { hash: "l2", userId: "b", expiresAt: 6 } },
          { type: "link", link: { hash: "l3", userId: "b", expiresAt: 6 } },
          { type: "dropLink", hash: "l3" },
          { type: "openId", settings: { ...openId, label: "before" } },
          { type: "openId", settings: openId },
        ],
        [],
      );
      const reopened = await store.reopen();
      // Undefined members are not stored.
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      assert.deepEqual(plain(await reopened.accounts.load()), {
        users: [plain(user("a", { name: "another", revision: 2 })), plain(user("b", { totp }))],
        sessions: [session("s1", "a"), session("s2", "b", { lastSeenAt: 3 })],
        tokens: [plain(token)],
        links: [
          { hash: "l1", expiresAt: 5 },
          { hash: "l2", userId: "b", expiresAt: 6 },
        ],
        openId,
      });
      await reopened.accounts.apply([{ type: "dropUser", id: "b" }, { type: "dropOpenId" }], []);
      const left = await reopened.accounts.load();
      assert.deepEqual(
        [
          left.users.map(({ id }) => id),
          left.sessions.map(({ hash }) => hash),
          left.links.map(({ hash }) => hash),
          left.openId,
        ],
        [["a"], ["s1"], ["l1"], undefined],
      );
    },
  );

  check("changes of accounts and what the audit log says of them are made all or none", async (store) => {
    const { accounts, audit } = store.repositories;
    const entry: AuditEntry = {
      at: 1,
      by: "Anna",
      what: "userAdded",
      version: undefined,
      changes: [],
      from: "192.0.2.7",
      about: "a",
      details: [{ name: "role", before: "viewer", after: "editor" }],
    };
    const apply = accounts.apply(
      [
        { type: "user", user: user("a") },
        { type: "session", session: session("s", "nobody") },
      ],
      [entry],
    );
    await assert.rejects(apply);
    assert.deepEqual([(await accounts.load()).users, await audit.list({ limit: 9 })], [[], []]);
    await accounts.apply([{ type: "user", user: user("a") }], [entry, { ...entry, what: "signIn" }]);
    const [signIn, added] = await audit.list({ limit: 9 });
    assert.deepEqual([signIn?.what, added], ["signIn", { ...entry, id: 1, hash: added?.hash }]);
    assert.deepEqual(
      (await audit.list({ limit: 9, what: "userAdded" })).map(({ id }) => id),
      [1],
    );
  });
}
