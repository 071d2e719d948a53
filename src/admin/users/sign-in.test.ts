import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import { accountParts, rememberingRepository, withAnna } from "../../../test/support/accounts.ts";
import { ok } from "../../lib/result.ts";
import { openIdKey } from "../../model/open-id.ts";
import { makeLink } from "./links.ts";
import { unlinkOf } from "./open-id-link.ts";
import { removeOpenId, setOpenId } from "./open-id-settings.ts";
import { PasswordHashes } from "./password-hash.ts";
import { confirm, enrol, removeOwn } from "./second-factor.ts";
import { forgetWhatIsOver, MAX_SESSIONS, sessionOf } from "./sessions.ts";
import { endSession, setUp, signIn, signInByLink } from "./sign-in.ts";
import { SIGN_IN_TRIES } from "./sign-in-guard.ts";
import { addToken, revokeToken, tokenOf } from "./tokens.ts";
import { addUser, changeUser, removeUser, setOwnPassword, setPassword } from "./users.ts";

const PASSWORD = "correct horse battery";
const HERE = { address: "192.0.2.7", agent: "Browser/1" };
const BY = { name: "Bert", address: "192.0.2.9" };
const ENDED = { ...BY, what: "sessionEnded" } as const;
const OPEN_ID = {
  label: "Office",
  issuer: "https://login.example",
  clientId: "switchhook",
  clientSecret: undefined,
  scope: "openid",
  allowedDomains: [],
  roles: { claim: "", values: [], otherwise: undefined },
  networks: [],
};
const ANNA = { name: "anna", password: PASSWORD };

async function signedIn(parts: Awaited<ReturnType<typeof accountParts>>, place = HERE) {
  const result = await signIn(parts, ANNA, place);
  assert.ok(result.ok, result.ok ? "" : result.error.detail);
  return result.value;
}

function codeOf(result: { readonly ok: boolean; readonly error?: { readonly code: string } }): string {
  return result.ok ? "ok" : (result.error?.code ?? "");
}

test("I2: the link of a first start makes one administrator, within half an hour, once", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  const secret = await makeLink(parts, undefined, BY);
  const given = { secret, name: " Anna\u0007 ", password: PASSWORD };
  assert.equal(codeOf(await setUp(parts, { ...given, secret: "wrong" }, HERE)), "linkIsOver");
  assert.equal(codeOf(await setUp(parts, { ...given, password: "short" }, HERE)), "badPassword");
  const done = await setUp(parts, given, HERE);
  assert.ok(done.ok);
  assert.equal(done.value.user.name, "Anna");
  assert.equal(done.value.user.role, "administrator");
  assert.equal(sessionOf(parts.accounts, done.value.secret, time.ms, parts.limits)?.user.name, "Anna");
  assert.equal(codeOf(await setUp(parts, { ...given, name: "Eve" }, HERE)), "linkIsOver");
  const late = await makeLink(parts, undefined, BY);
  time.ms += 30 * 60_000;
  assert.equal(codeOf(await setUp(parts, { ...given, secret: late }, HERE)), "linkIsOver");
});

test("I2: a new link takes the place of the one before; one for a user signs that user in", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  await withAnna(parts, PASSWORD);
  const id = parts.accounts.named("Anna")?.id;
  const first = await makeLink(parts, id, BY);
  const second = await makeLink(parts, id, BY);
  assert.equal(codeOf(await signInByLink(parts, first, HERE)), "linkIsOver");
  assert.equal(
    codeOf(await setUp(parts, { secret: second, name: "Eve", password: PASSWORD }, HERE)),
    "linkIsOver",
  );
  const entered = await signInByLink(parts, second, HERE);
  assert.ok(entered.ok && entered.value.session.byLink);
  assert.equal(codeOf(await signInByLink(parts, second, HERE)), "linkIsOver");
  // Who came by a link may have forgotten the password.
  assert.ok((await setOwnPassword(parts, entered.value.session, { password: "another long one" })).ok);
});

test("I3: passwords are kept as argon2id with a salt, and nothing else of them", async () => {
  const repository = rememberingRepository();
  const parts = { ...(await accountParts({ ms: 1 }, repository)), hashes: new PasswordHashes() };
  await withAnna(parts, PASSWORD);
  await withAnna(parts, PASSWORD);
  const kept = repository.applied.flatMap((change) =>
    change.type === "user" ? [change.user.passwordHash] : [],
  );
  assert.equal(new Set(kept).size, 2);
  for (const hash of kept) assert.match(hash ?? "", /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.ok(!JSON.stringify(repository.applied).includes(PASSWORD));
});

test("I3: what another program made is read; a hash that would take all memory is nobody's", async () => {
  const { hashes } = await accountParts({ ms: 1 });
  // The example of argon2-cffi's documentation.
  const made =
    "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg";
  assert.equal(await hashes.verify("correct horse battery staple", made), true);
  assert.equal(await hashes.verify("Correct horse battery staple", made), false);
  assert.equal(
    await hashes.verify("correct horse battery staple", made.replace("m=65536", "m=9999999")),
    false,
  );
  for (const hash of ["", "x", "$2b$10$abcdefghijklmnopqrstuv", undefined])
    assert.equal(await hashes.verify("x", hash), false);
});

test("I3: passwords wait in a row of 20 and no more", async () => {
  const { hashes } = await accountParts({ ms: 1 });
  const outcomes = await Promise.all(Array.from({ length: 25 }, () => hashes.verify("x", undefined)));
  assert.deepEqual(outcomes, [...Array<boolean>(20).fill(false), ...Array<undefined>(5).fill(undefined)]);
});

test("I3: easy and short passwords are refused, long ones of any script are not", async () => {
  const parts = await accountParts({ ms: 1 });
  const outcome = async (password: string) =>
    codeOf(
      await addUser(parts, { name: password.slice(0, 9) + parts.newId(), role: "viewer", password }, BY),
    );
  for (const password of [
    "",
    "123456789",
    "1111111111",
    "password123",
    "Switchhook1",
    "1234567",
    "baseball",
    "Trustno1",
    "ab".repeat(8),
    "p".repeat(300),
  ])
    assert.equal(await outcome(password), "badPassword", password);
  for (const password of [
    "correct horse",
    "kw7-pz2q",
    "x".repeat(60) + "yz w",
    "пароль-из-слов",
    "😀🎈🚀🌍🔑🐟🎲🍀🧩🪁",
  ])
    assert.equal(await outcome(password), "ok", password);
  const own = await addUser(parts, { name: "Rosalind", role: "viewer", password: "rosalind-2026" }, BY);
  assert.equal(codeOf(own), "badPassword");
});

test("I4: after five failures each try waits twice as long; an hour of guessing gets few looked at", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  let looked = 0;
  for (let at = 0; at < 3600; at += 1) {
    time.ms += 1000;
    const address = `198.51.${at % 250}.${(at * 7) % 250}`;
    if (parts.guard.take(address, "anna", time.ms) === undefined) looked += 1;
  }
  assert.ok(looked > 10 && looked <= 25, `${looked} were looked at`);
  // From one place against many names.
  looked = 0;
  for (let at = 0; at < 3600; at += 1) {
    time.ms += 1000;
    if (parts.guard.take("203.0.113.5", `name ${at}`, time.ms) === undefined) looked += 1;
  }
  assert.ok(looked > 10 && looked <= 25, `${looked} were looked at`);
});

test("I4: guesses of others do not keep out who signed in before", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  await withAnna(parts, PASSWORD);
  await signedIn(parts);
  const wrong = { name: "Anna", password: "a wrong password" };
  const codes: string[] = [];
  for (let at = 0; at < 7; at += 1)
    codes.push(codeOf(await signIn(parts, wrong, { ...HERE, address: `198.51.100.${at}` })));
  assert.deepEqual(codes, [...Array<string>(5).fill("wrongSignIn"), "tooManyRequests", "tooManyRequests"]);
  await signedIn(parts);
  const elsewhere = await signIn(parts, ANNA, { ...HERE, address: "198.51.100.99" });
  assert.ok(!elsewhere.ok && elsewhere.error.retryAfterSeconds === 1);
  time.ms += 1000;
  await signedIn(parts, { ...HERE, address: "198.51.100.99" });
});

test("I4: names that are one user's are counted together, however their letters are written", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  const seconds = ["anna", "Anna", "\uff41nna", "a\uff4ena", "an\uff4ea", "ann\uff41"].map((name, at) =>
    parts.guard.take(`198.51.100.${at}`, name, time.ms),
  );
  assert.deepEqual(seconds, [...Array<undefined>(5).fill(undefined), 1]);
});

test("I4: what strangers try together keeps nobody out of a place from which they signed in before", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  await withAnna(parts, PASSWORD);
  await signedIn(parts);
  for (let at = 0; at < SIGN_IN_TRIES.all; at += 1)
    parts.guard.take(`198.51.100.${at}`, `name ${at}`, time.ms);
  assert.equal(parts.guard.take("203.0.113.5", "bert", time.ms), 60);
  await signedIn(parts);
});

test("right passwords and codes are not held against who gives them, however many", async () => {
  const time = { ms: 1_700_000_000_000 };
  const parts = await accountParts(time);
  await withAnna(parts, PASSWORD);
  const { session } = await signedIn(parts);
  for (let round = 0; round < 8; round += 1) {
    const enrolment = await enrol(parts, session, PASSWORD);
    assert.ok(enrolment.ok);
    const authenticator = new TOTP({ secret: Secret.fromBase32(enrolment.value.secret) });
    const code = () => authenticator.generate({ timestamp: time.ms });
    assert.equal(codeOf(await confirm(parts, session, code())), "ok");
    time.ms += 30_000;
    assert.equal(codeOf(await removeOwn(parts, session, code())), "ok");
  }
});

test("I5: a session ends by itself, by its owner, by a list, and with the twenty-first", async () => {
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time);
  await withAnna(parts, PASSWORD);
  const open = (secret: string) => sessionOf(parts.accounts, secret, time.ms, parts.limits) !== undefined;
  const idle = await signedIn(parts);
  time.ms += 29 * 60_000;
  assert.ok(open(idle.secret));
  time.ms += 29 * 60_000;
  assert.ok(open(idle.secret), "it was used meanwhile");
  time.ms += 30 * 60_000;
  assert.ok(!open(idle.secret));
  const long = await signedIn(parts);
  for (let at = 0; at < 36; at += 1) {
    assert.ok(open(long.secret));
    time.ms += 20 * 60_000;
  }
  assert.ok(!open(long.secret), "12 hours are over");
  await forgetWhatIsOver(parts.accounts, time.ms, parts.limits);
  assert.equal(parts.accounts.sessions.size, 0);
  const [left, ended] = [await signedIn(parts), await signedIn(parts)];
  assert.ok(await endSession(parts, () => true, left.session.id, { ...BY, what: "signOut" }));
  assert.ok(!open(left.secret));
  assert.ok(!(await endSession(parts, () => false, ended.session.id, ENDED)));
  assert.ok(await endSession(parts, () => true, ended.session.id, ENDED));
  assert.ok(!open(ended.secret));
  const many = [];
  for (let at = 0; at <= MAX_SESSIONS; at += 1) {
    time.ms += 60_000;
    many.push(await signedIn(parts));
  }
  assert.deepEqual(
    many.map(({ secret }) => open(secret)),
    [false, ...Array<boolean>(MAX_SESSIONS).fill(true)],
  );
});

test("I5: a new password ends the other sessions, that of an administrator all", async () => {
  const parts = await accountParts({ ms: 1_000_000 });
  await withAnna(parts, PASSWORD);
  const [own, other] = [await signedIn(parts), await signedIn(parts)];
  assert.equal(
    codeOf(await setOwnPassword(parts, own.session, { current: "wrong", password: "a new long one" })),
    "wrongPassword",
  );
  assert.ok((await setOwnPassword(parts, own.session, { current: PASSWORD, password: "a new long one" })).ok);
  const open = (secret: string) => sessionOf(parts.accounts, secret, 1_000_000, parts.limits) !== undefined;
  assert.deepEqual([open(own.secret), open(other.secret)], [true, false]);
  assert.ok((await setPassword(parts, own.user.id, "yet another one", BY)).ok);
  assert.ok(!open(own.secret));
});

test("a code of the second factor is asked for, taken once, and needed to remove it", async () => {
  const time = { ms: 1_700_000_000_000 };
  const parts = await accountParts(time);
  await withAnna(parts, PASSWORD);
  const { session } = await signedIn(parts);
  assert.equal(codeOf(await enrol(parts, session, undefined)), "wrongPassword", "an open browser alone");
  assert.equal(codeOf(await enrol(parts, session, "wrong")), "wrongPassword");
  assert.ok((await enrol(parts, { ...session, byLink: true }, undefined)).ok, "who came by a one-time link");
  const enrolment = await enrol(parts, session, PASSWORD);
  assert.ok(enrolment.ok);
  assert.match(enrolment.value.address, /^otpauth:\/\/totp\/Switchhook:Anna\?/);
  const authenticator = new TOTP({ secret: Secret.fromBase32(enrolment.value.secret) });
  const code = () => authenticator.generate({ timestamp: time.ms });
  await signedIn(parts);
  assert.equal(codeOf(await confirm(parts, session, "000000x")), "wrongCode");
  assert.ok((await confirm(parts, session, code())).ok);
  assert.equal(codeOf(await signIn(parts, ANNA, HERE)), "codeNeeded");
  assert.equal(codeOf(await signIn(parts, { ...ANNA, code: code() }, HERE)), "wrongSignIn", "it was used");
  time.ms += 30_000;
  assert.ok((await signIn(parts, { ...ANNA, code: code() }, HERE)).ok);
  time.ms += 3_600_000;
  assert.equal(
    codeOf(
      await signIn(parts, { ...ANNA, code: authenticator.generate({ timestamp: time.ms - 90_000 }) }, HERE),
    ),
    "wrongSignIn",
  );
  assert.ok((await removeOwn(parts, session, code())).ok);
  time.ms += 60_000;
  await signedIn(parts);
});

test("the last administrator cannot go, nor become less", async () => {
  const parts = await accountParts({ ms: 1 });
  await withAnna(parts, PASSWORD);
  const id = parts.accounts.named("Anna")?.id ?? "";
  assert.equal(codeOf(await removeUser(parts, { id, seen: undefined }, BY)), "lastAdministrator");
  assert.equal(codeOf(await changeUser(parts, { id, seen: 1 }, { role: "viewer" }, BY)), "lastAdministrator");
  const bert = await addUser(parts, { name: "Bert", role: "administrator" }, BY);
  assert.ok(bert.ok);
  const lesser = await changeUser(parts, { id, seen: 1 }, { role: "viewer" }, BY);
  assert.equal(codeOf(lesser), "lastAdministrator", "Bert cannot sign in yet");
  assert.ok((await setPassword(parts, bert.value.id, PASSWORD, BY)).ok);
  assert.equal(codeOf(await addUser(parts, { name: "BERT", role: "viewer" }, BY)), "nameTaken");
  assert.equal(codeOf(await changeUser(parts, { id, seen: 7 }, { role: "viewer" }, BY)), "stale");
  const { secret } = await signedIn(parts);
  assert.ok((await changeUser(parts, { id, seen: 1 }, { role: "viewer", name: "Anne" }, BY)).ok);
  assert.equal(sessionOf(parts.accounts, secret, 1, parts.limits)?.user.role, "viewer", "at once");
  assert.ok((await removeUser(parts, { id, seen: 2 }, BY)).ok);
  assert.equal(sessionOf(parts.accounts, secret, 1, parts.limits), undefined);
});

test("of administrators who have no password one stays linked, of two who are unlinked at once too", async () => {
  const parts = await accountParts({ ms: 1 });
  assert.ok((await setOpenId(parts, 0, OPEN_ID, BY)).ok);
  const ids: string[] = [];
  for (const [name, openId] of [
    ["Otto", "a"],
    ["Olga", "b"],
    ["Nobody", undefined],
  ] as const) {
    const added = await addUser(parts, { name, role: "administrator" }, BY);
    assert.ok(added.ok);
    const user = { ...added.value, openId: openId && openIdKey(OPEN_ID.issuer, openId) };
    await parts.accounts.change(() => ok({ changes: [{ type: "user", user }], value: undefined }));
    ids.push(user.id);
  }
  const [otto = "", olga = "", nobody = ""] = ids;
  const both = await Promise.all([unlinkOf(parts, otto, BY), unlinkOf(parts, olga, BY)]);
  assert.deepEqual(both.map(codeOf), ["ok", "lastAdministrator"]);
  assert.ok(parts.accounts.users.get(olga)?.openId);
  const gone = await removeUser(parts, { id: olga, seen: undefined }, BY);
  assert.equal(codeOf(gone), "lastAdministrator");
  assert.equal(codeOf(await removeOpenId(parts, undefined, BY)), "lastAdministrator");
  assert.ok((await removeUser(parts, { id: nobody, seen: undefined }, BY)).ok);
  assert.ok((await setPassword(parts, olga, PASSWORD, BY)).ok);
  assert.ok((await unlinkOf(parts, olga, BY)).ok);
  assert.ok((await removeOpenId(parts, undefined, BY)).ok);
});

test("a link to an OpenID server that is not set any more is no way in, nor one to another issuer", async () => {
  const parts = await accountParts({ ms: 1 });
  await withAnna(parts, PASSWORD);
  const anna = { id: parts.accounts.named("Anna")?.id ?? "", seen: undefined };
  const olga = await addUser(parts, { name: "Olga", role: "administrator" }, BY);
  assert.ok(olga.ok);
  const user = { ...olga.value, openId: openIdKey(OPEN_ID.issuer, "b") };
  await parts.accounts.change(() => ok({ changes: [{ type: "user", user }], value: undefined }));
  assert.ok((await setOpenId(parts, 0, OPEN_ID, BY)).ok);
  assert.ok((await removeOpenId(parts, undefined, BY)).ok, "Anna has a password");
  assert.equal(codeOf(await removeUser(parts, anna, BY)), "lastAdministrator");
  assert.equal(codeOf(await changeUser(parts, anna, { role: "viewer" }, BY)), "lastAdministrator");
  const other = { ...OPEN_ID, issuer: `${OPEN_ID.issuer}/other` };
  assert.ok((await setOpenId(parts, 0, other, BY)).ok);
  assert.equal(codeOf(await removeUser(parts, anna, BY)), "lastAdministrator");
  assert.ok((await setOpenId(parts, undefined, OPEN_ID, BY)).ok);
  assert.ok((await removeUser(parts, anna, BY)).ok, "Olga can sign in");
  assert.equal(codeOf(await setOpenId(parts, undefined, other, BY)), "lastAdministrator");
  assert.equal(parts.accounts.openId?.issuer, OPEN_ID.issuer);
  assert.ok((await setOpenId(parts, undefined, { ...OPEN_ID, label: "Company" }, BY)).ok);
  assert.ok((await setPassword(parts, olga.value.id, PASSWORD, BY)).ok);
  assert.ok((await setOpenId(parts, undefined, other, BY)).ok, "she has a password");
});

test("I9: a token is shown once, kept as a hash, dated, and revoked at once", async () => {
  const repository = rememberingRepository();
  const time = { ms: 1_000_000 };
  const parts = await accountParts(time, repository);
  const made = await addToken(parts, { name: "CRM", role: "viewer", days: 1 }, BY);
  assert.ok(made.ok);
  const { secret, token } = made.value;
  assert.match(secret, /^swh_[0-9a-f]{56}$/);
  assert.ok(!JSON.stringify(repository.applied).includes(secret));
  assert.equal(tokenOf(parts.accounts, secret, time.ms)?.role, "viewer");
  assert.equal(parts.accounts.tokens.get(token.hash)?.lastUsedAt, time.ms);
  assert.equal(tokenOf(parts.accounts, `${secret}0`, time.ms), undefined);
  assert.equal(tokenOf(parts.accounts, secret, time.ms + 86_400_000), undefined, "its day is over");
  await parts.accounts.flush();
  assert.equal(repository.applied.at(-1)?.type, "token");
  assert.ok(await revokeToken(parts, token.id, BY));
  assert.ok(!(await revokeToken(parts, token.id, BY)));
  assert.equal(tokenOf(parts.accounts, secret, time.ms), undefined);
});
