import assert from "node:assert/strict";
import { test } from "node:test";
import { accountParts, withAnna } from "../../../test/support/accounts.ts";
import { signIn } from "./sign-in.ts";
import { setOwnPassword, setPassword } from "./users.ts";

const OLD = "correct horse battery";
const NEW = "a new long one";
const HERE = { address: "192.0.2.7", agent: "Browser/1" };
const BY = { name: "Bert", address: "192.0.2.9" };

async function withSession() {
  const parts = await accountParts({ ms: 1_000_000 });
  await withAnna(parts, OLD);
  const begun = await signIn(parts, { name: "anna", password: OLD }, HERE);
  assert.ok(begun.ok);
  return { parts, ...begun.value };
}

function codeOf(result: { readonly ok: boolean; readonly error?: { readonly code: string } }): string {
  return result.ok ? "ok" : (result.error?.code ?? "");
}

test("I5: whoever gave the old password while a new one was being set is not let in by it", async () => {
  const { parts, user, session } = await withSession();
  // Passwords are looked at in a row: the new one is in force before the old one has been looked at.
  const outcomes = await Promise.all([
    setPassword(parts, user.id, NEW, BY),
    signIn(parts, { name: "anna", password: OLD }, HERE),
    setOwnPassword(parts, session, { current: OLD, password: "yet another one" }),
  ]);
  assert.deepEqual(outcomes.map(codeOf), ["ok", "wrongSignIn", "wrongPassword"]);
  assert.deepEqual(parts.accounts.sessionsOf(user.id), []);
  assert.equal(codeOf(await signIn(parts, { name: "anna", password: NEW }, HERE)), "ok");
});

test("I5: an own password that comes after that of an administrator does not replace it", async () => {
  for (const byLink of [false, true]) {
    const { parts, user, session } = await withSession();
    // The old one is looked at first; a session by a link shows none.
    const own = setOwnPassword(parts, { ...session, byLink }, { current: OLD, password: "yet another one" });
    const [set, late] = await Promise.all([setPassword(parts, user.id, NEW, BY), own]);
    if (!byLink) assert.deepEqual([set, late].map(codeOf), ["ok", "wrongPassword"]);
    assert.equal(codeOf(await signIn(parts, { name: "anna", password: NEW }, HERE)), "ok", `${byLink}`);
  }
});
