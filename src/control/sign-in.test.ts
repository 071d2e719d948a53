import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { browserClient } from "../../test/support/browser-client.ts";
import { type RunningControl, startControl } from "../../test/support/control-service.ts";
import { readToken } from "../instance/api-token.ts";
import { STRICT_SIGN_IN } from "../link/link.ts";
import type { StoredAuditEntry } from "../model/audit.ts";
import { chained } from "../store/audit.repo.ts";

const PASSWORD = "correct horse battery";

interface Running extends RunningControl {
  readonly folder: string;
  readonly clock: VirtualClock;
}

async function start(folder: string, clock = new VirtualClock()): Promise<Running> {
  return { ...(await startControl(folder, clock)), folder, clock };
}

async function withServer(work: (running: Running) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-sign-in-"));
  const running = await start(folder);
  try {
    await work(running);
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function secretOf(link: string | undefined): string {
  return /\/setup#(.+)$/.exec(link ?? "")?.[1] ?? "";
}

/** A browser in which Anna, the first administrator, has signed in. */
async function anna({ address, setupLink }: RunningControl) {
  const browser = browserClient(address);
  const done = await browser.ask("POST", "/api/v1/setup", {
    secret: secretOf(setupLink),
    name: "Anna",
    password: PASSWORD,
  });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return browser;
}

test("I2: a first start prints a link; it makes the administrator, who is signed in, and is over then", () =>
  withServer(async (running) => {
    const stranger = browserClient(running.address);
    const before = await stranger.ask("GET", "/api/v1/session");
    assert.deepEqual(before.body, { signedIn: false, needsSetup: true });
    assert.match(running.setupLink ?? "", /^http:\/\/127\.0\.0\.1:\d+\/setup#[\w-]{43}$/);
    const browser = await anna(running);
    assert.match(browser.cookie ?? "", /^__Host-switchhook=[\w-]{43}$/);
    const who = await browser.ask("GET", "/api/v1/session");
    assert.deepEqual(
      [who.body["signedIn"], who.body["name"], who.body["role"]],
      [true, "Anna", "administrator"],
    );
    const again = { secret: secretOf(running.setupLink), name: "Eve", password: PASSWORD };
    assert.equal((await stranger.ask("POST", "/api/v1/setup", again)).body["code"], "linkIsOver");
    assert.equal((await stranger.ask("GET", "/api/v1/session")).body["needsSetup"], false);
    assert.equal((await stranger.ask("GET", "/api/v1/calls")).status, 401);
    assert.equal((await browser.ask("GET", "/api/v1/calls")).status, 200);
  }));

test("I5: the cookie is for this host, not for scripts and no other page; signing out ends it on the server", () =>
  withServer(async (running) => {
    await anna(running);
    const browser = browserClient(running.address);
    const wrong = await browser.ask("POST", "/api/v1/session", { name: "Anna", password: "wrong password" });
    assert.deepEqual([wrong.status, wrong.body["code"]], [401, "wrongSignIn"]);
    assert.equal(wrong.headers.get("set-cookie"), null);
    const done = await browser.ask("POST", "/api/v1/session", { name: "anna", password: PASSWORD });
    assert.match(
      done.headers.get("set-cookie") ?? "",
      /^__Host-switchhook=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    const { cookie } = browser;
    const sessions = await browser.ask("GET", "/api/v1/sessions");
    assert.equal((sessions.body["items"] as { isOwn: boolean }[]).filter(({ isOwn }) => isOwn).length, 1);
    assert.equal((sessions.body["items"] as unknown[]).length, 2);
    assert.equal((await browser.ask("DELETE", "/api/v1/session", {})).status, 204);
    assert.equal(browser.cookie, undefined);
    browser.cookie = cookie;
    assert.equal((await browser.ask("GET", "/api/v1/sessions")).status, 401, "the cookie is worth nothing");
  }));

test("I11: behind a proxy that is named the audit log and the limits have people's own addresses", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-sign-in-"));
  const signIn = { ...STRICT_SIGN_IN, proxies: ["127.0.0.1"] };
  const running = { ...(await startControl(folder, new VirtualClock(), { signIn })), folder };
  try {
    const admin = await anna(running);
    const from = (address: string) => ({ "x-forwarded-for": `192.0.2.99, ${address}` });
    const wrong = { name: "Anna", password: "wrong password" };
    const browser = browserClient(running.address);
    const guess = (address: string) => browser.ask("POST", "/api/v1/session", wrong, from(address));
    assert.equal((await guess("203.0.113.1")).status, 401);
    const right = { name: "Anna", password: PASSWORD };
    assert.equal((await browser.ask("POST", "/api/v1/session", right, from("203.0.113.2"))).status, 200);
    assert.equal(
      (await admin.ask("POST", "/api/v1/users", { name: "Bert", role: "viewer" }, from("203.0.113.3")))
        .status,
      201,
    );
    const audit = await admin.ask("GET", "/api/v1/audit");
    const addresses = (audit.body["items"] as readonly { from: string }[]).map(({ from: its }) => its);
    assert.deepEqual(addresses, ["203.0.113.3", "203.0.113.2", "203.0.113.1", "127.0.0.1", undefined]);
    // Guesses from one address ask too much there, and nowhere else.
    let last = await guess("203.0.113.1");
    while (last.status === 401) last = await guess("203.0.113.1");
    assert.equal(last.status, 429);
    assert.equal((await browser.ask("GET", "/api/v1/session", undefined, from("203.0.113.1"))).status, 200);
    assert.equal((await guess("203.0.113.2")).status, 401);
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("I5: a session lives on over a restart, and ends when it is idle", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-sign-in-"));
  try {
    const first = await start(folder);
    const { cookie } = await anna(first);
    await first.stop();
    const second = await start(folder, first.clock);
    try {
      assert.equal(second.setupLink, undefined);
      const browser = browserClient(second.address);
      browser.cookie = cookie;
      assert.equal((await browser.ask("GET", "/api/v1/users")).status, 200);
      second.clock.advance(31 * 60_000);
      assert.equal((await browser.ask("GET", "/api/v1/users")).status, 401);
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("users, their roles, links and tokens by the API; a lesser role may not", () =>
  withServer(async (running) => {
    const admin = await anna(running);
    const made = await admin.ask("POST", "/api/v1/users", { name: "Bert", role: "operator" });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const id = made.body["id"] as string;
    const link = await admin.ask("POST", `/api/v1/users/${id}/link`, {});
    const bert = browserClient(running.address);
    const entered = await bert.ask("POST", "/api/v1/session", { link: link.body["secret"] });
    assert.deepEqual([entered.status, entered.body["mayResetPassword"]], [200, true]);
    assert.equal(
      (await bert.ask("PUT", "/api/v1/session/password", { password: "a longer one for him" })).status,
      204,
    );
    const refused = await bert.ask("GET", "/api/v1/users");
    assert.deepEqual([refused.status, refused.body["needs"]], [403, "administrator"]);
    const change = (etag: string, role: string) =>
      admin.ask("PATCH", `/api/v1/users/${id}`, { role }, { "if-match": etag });
    assert.equal((await admin.ask("PATCH", `/api/v1/users/${id}`, { role: "viewer" })).status, 428);
    assert.equal((await change('"1"', "viewer")).status, 412, "the password made it revision 2");
    assert.equal((await change('"2"', "administrator")).status, 200);
    assert.equal((await bert.ask("GET", "/api/v1/users")).status, 200, "at once");
    const token = await admin.ask("POST", "/api/v1/tokens", { name: "CRM", role: "viewer", days: 1 });
    const authorization = `Bearer ${token.body["token"] as string}`;
    const byToken = (path: string) => fetch(`${running.address}${path}`, { headers: { authorization } });
    assert.equal((await byToken("/api/v1/calls")).status, 200);
    assert.equal((await byToken("/api/v1/users")).status, 403);
    const listed = await admin.ask("GET", "/api/v1/tokens");
    assert.ok(!JSON.stringify(listed.body).includes(authorization.slice(20)), "shown once");
    assert.equal((await admin.ask("DELETE", `/api/v1/tokens/${token.body["id"] as string}`, {})).status, 204);
    assert.equal((await byToken("/api/v1/calls")).status, 401);
    const gone = await admin.ask("DELETE", `/api/v1/users/${id}`, {}, { "if-match": "*" });
    assert.equal(gone.status, 204);
    assert.equal((await bert.ask("GET", "/api/v1/calls")).status, 401);
  }));

test("I6: a page of another address changes nothing, whatever it sends", () =>
  withServer(async (running) => {
    const browser = await anna(running);
    const { host } = new URL(running.address);
    const ask = (headers: Record<string, string>, method = "POST", path = "/api/v1/tokens") =>
      fetch(`${running.address}${path}`, {
        method,
        headers: { cookie: browser.cookie ?? "", "content-type": "application/json", ...headers },
        body: method === "GET" ? null : JSON.stringify({ name: "x", role: "viewer" }),
      });
    const own = { origin: `http://${host}`, "sec-fetch-site": "same-origin" };
    const table: readonly (readonly [status: number, headers: Record<string, string>])[] = [
      [201, own],
      [201, { origin: own.origin }],
      [201, { "sec-fetch-site": "same-origin" }],
      [403, {}],
      [403, { ...own, "sec-fetch-site": "cross-site" }],
      [403, { ...own, "sec-fetch-site": "same-site" }],
      [403, { ...own, "sec-fetch-site": "none" }],
      [403, { ...own, origin: "http://evil.example" }],
      [403, { ...own, origin: "null" }],
      // Another port of this machine is the same site to the browser.
      [403, { origin: "http://127.0.0.1:1" }],
      [415, { ...own, "content-type": "text/plain" }],
      [415, { ...own, "content-type": "application/x-www-form-urlencoded" }],
      [415, { ...own, "content-type": "multipart/form-data; boundary=x" }],
    ];
    for (const [status, headers] of table)
      assert.equal((await ask(headers)).status, status, JSON.stringify(headers));
    assert.equal((await ask({ "sec-fetch-site": "cross-site" }, "GET")).status, 200, "it can read no answer");
    // A token is sent by nobody who was not told it.
    const authorization = `Bearer ${readToken(running.folder)}`;
    assert.equal((await ask({ authorization, origin: "http://evil.example" })).status, 201);
    const signIn = { origin: "http://evil.example" };
    assert.equal((await ask(signIn, "POST", "/api/v1/session")).status, 403);
  }));

test("I11: whatever is done about who may come in is one entry of the audit log, with the address, without a secret", () =>
  withServer(async (running) => {
    const browser = await anna(running);
    const { address, clock } = running;
    const typed = "my password in the wrong field";
    await browserClient(address).ask("POST", "/api/v1/session", { name: typed, password: PASSWORD });
    for (let nth = 0; nth < 3; nth += 1)
      await browserClient(address).ask("POST", "/api/v1/session", { name: "anna", password: "a wrong one" });
    const other = browserClient(address);
    await other.ask("POST", "/api/v1/session", { name: "anna", password: PASSWORD });
    await other.ask("DELETE", "/api/v1/session", {});
    const made = await browser.ask("POST", "/api/v1/users", { name: "Bert", role: "operator" });
    const bert = `/api/v1/users/${String(made.body["id"])}`;
    await browser.ask("PATCH", bert, { role: "viewer" }, { "if-match": "*" });
    await browser.ask("PATCH", bert, { role: "viewer" }, { "if-match": "*" });
    await browser.ask("PUT", `${bert}/password`, { password: "another secret one" });
    const link = await browser.ask("POST", `${bert}/link`, {});
    await other.ask("POST", "/api/v1/session", { link: link.body["secret"] });
    const sessions = (await browser.ask("GET", "/api/v1/sessions")).body["items"] as {
      id: string;
      name: string;
    }[];
    const his = sessions.find(({ name }) => name === "Bert");
    await browser.ask("DELETE", `/api/v1/sessions/${his?.id}`, {});
    const token = await browser.ask("POST", "/api/v1/tokens", { name: "CRM", role: "viewer" });
    await browser.ask("DELETE", `/api/v1/tokens/${String(token.body["id"])}`, {});
    await browser.ask("DELETE", bert, {}, { "if-match": "*" });
    clock.advance(60_000);
    const { body } = await browser.ask("GET", "/api/v1/audit");
    const entries = (body["items"] as StoredAuditEntry[]).toReversed();
    const told = entries.map(({ what, by, about, from, details = [] }) =>
      [
        what,
        by,
        about ?? "-",
        from ?? "-",
        ...details.map(({ name, before, after }) => `${name} ${before ?? ""}>${after ?? ""}`),
      ].join(" "),
    );
    assert.deepEqual(told, [
      "linkMade first start - -",
      "setUp Anna - 127.0.0.1",
      "signInFailed  - 127.0.0.1 way >password tries >1",
      "signInFailed  Anna 127.0.0.1 way >password tries >1",
      "signIn Anna - 127.0.0.1 way >password",
      "signOut Anna Anna 127.0.0.1",
      "userAdded Anna Bert 127.0.0.1 name >Bert role >operator",
      "userChanged Anna Bert 127.0.0.1 role operator>viewer",
      "passwordChanged Anna Bert 127.0.0.1",
      "linkMade Anna Bert 127.0.0.1",
      "signIn Bert - 127.0.0.1 way >link",
      "sessionEnded Anna Bert 127.0.0.1",
      "tokenMade Anna CRM 127.0.0.1 role >viewer",
      "tokenRevoked Anna CRM 127.0.0.1",
      "userRemoved Anna Bert 127.0.0.1 name Bert> role viewer>",
      "signInFailed  Anna 127.0.0.1 way >password tries >2",
    ]);
    const secrets = [PASSWORD, "another secret one", link.body["secret"], token.body["token"], typed];
    for (const secret of secrets) assert.ok(!JSON.stringify(body).includes(String(secret)));
    const refused = await other.ask("GET", "/api/v1/audit");
    assert.equal(refused.status, 401, "his session was ended");
    let last = "";
    for (const entry of entries) {
      assert.equal(entry.hash, chained(last, entry), String(entry.id));
      last = entry.hash;
    }
  }));

test("no secret is in the data folder in clear, in the log or in a later answer", () =>
  withServer(async (running) => {
    const browser = await anna(running);
    const totp = await browser.ask("POST", "/api/v1/session/totp", { password: PASSWORD });
    const token = await browser.ask("POST", "/api/v1/tokens", { name: "CRM", role: "viewer" });
    const secrets = [
      PASSWORD,
      secretOf(running.setupLink),
      browser.cookie?.split("=")[1] ?? "",
      totp.body["secret"] as string,
      token.body["token"] as string,
    ];
    for (const secret of secrets) assert.ok(secret.length >= 20);
    const answers = await Promise.all(
      ["session", "sessions", "users", "tokens"].map((path) => browser.ask("GET", `/api/v1/${path}`)),
    );
    await running.stop();
    const files = readdirSync(running.folder).filter((name) => !name.startsWith("api-token"));
    const places = [
      ...files
        .filter((name) => existsSync(join(running.folder, name)))
        .map((name) => readFileSync(join(running.folder, name), "latin1")),
      running.logged.join("\n"),
      JSON.stringify(answers.map(({ body }) => body)),
    ];
    for (const secret of secrets)
      for (const [at, place] of places.entries()) assert.ok(!place.includes(secret), `${secret} in ${at}`);
  }));
