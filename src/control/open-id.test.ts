import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import type { BrowserClient } from "../../test/support/browser-client.ts";
import { CLIENT, followTo, type OpenIdProvider } from "../../test/support/open-id-provider.ts";
import { PASSWORD, PATH, person, scene } from "../../test/support/open-id-scene.ts";

test("a person of an allowed domain signs in by a real OpenID server: a user is made, with the role that its groups give", () =>
  scene(async ({ set, enter, admin, browser, audit }) => {
    const off = await enter(person("carla"));
    assert.deepEqual([off.status, off.body["code"]], [404, "openIdOff"]);
    await set();
    const stranger = await browser().ask("GET", "/api/v1/session");
    assert.deepEqual(stranger.body, {
      signedIn: false,
      needsSetup: false,
      openId: { label: "Office account" },
    });
    const carla = browser();
    const first = await enter(person("carla"), carla);
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.deepEqual([first.body["name"], first.body["role"]], ["carla@example.com", "viewer"]);
    assert.equal((await carla.ask("GET", "/api/v1/calls")).status, 200);
    assert.equal((await carla.ask("GET", "/api/v1/users")).status, 403);
    const [entry] = await audit("signIn");
    assert.deepEqual(
      [entry?.by, entry?.from, entry?.details],
      [
        "carla@example.com",
        "127.0.0.1",
        [
          { name: "way", after: "openId" },
          { name: "user", after: "added" },
          { name: "role", after: "viewer" },
        ],
      ],
    );
    // The groups of the server decide, each time anew.
    const raised = await enter(person("carla", { groups: ["staff", "pbx-admins"] }));
    assert.equal(raised.body["role"], "administrator");
    assert.equal((await carla.ask("GET", "/api/v1/users")).status, 200, "at once, in every session");
    assert.equal((await enter(person("carla"))).body["role"], "viewer");
    const users = (await admin.ask("GET", "/api/v1/users")).body["items"] as {
      name: string;
      openId: boolean;
    }[];
    assert.deepEqual(
      users.filter(({ openId }) => openId).map(({ name }) => name),
      ["carla@example.com"],
    );
  }));

test("a user whose name is the verified address is the same person; nobody else is", () =>
  scene(async ({ set, enter, admin, browser, audit, clock }) => {
    await set();
    for (const name of ["Dora@Example.com", "emil"])
      await admin.ask("POST", "/api/v1/users", { name, role: "editor", password: PASSWORD });
    const unverified = await enter(person("dora", { email_verified: "true" }));
    assert.deepEqual([unverified.status, unverified.body["code"]], [403, "openIdRefused"]);
    assert.match(String(unverified.body["detail"]), /does not vouch for your e-mail address/);
    const elsewhere = await enter(person("dora", { email: "dora@example.com.evil.example" }));
    assert.match(String(elsewhere.body["detail"]), /of a domain that may not sign in here/);
    const linked = await enter(person("dora"));
    assert.deepEqual(
      [linked.status, linked.body["name"], linked.body["role"]],
      [200, "Dora@Example.com", "viewer"],
    );
    assert.deepEqual((await audit("signIn"))[0]?.details, [
      { name: "way", after: "openId" },
      { name: "openId", after: "linked" },
      { name: "role", before: "editor", after: "viewer" },
    ]);
    const another = await enter(person("dora", { sub: "somebody else with this address" }));
    assert.match(String(another.body["detail"]), /There is a user dora@example\.com here who is not you/);
    // Without domains the server vouches for nobody's name here.
    await set({ allowedDomains: [] });
    const guess = await enter({ sub: "x", preferred_username: "emil" });
    assert.equal(guess.body["code"], "openIdRefused");
    const root = await enter({ sub: "y", preferred_username: "root", groups: ["pbx-admins"] });
    assert.equal(root.body["code"], "openIdRefused");
    // Who has a second factor here is not let in past it.
    const frieda = browser();
    await set();
    await enter(person("frieda"), frieda);
    const noPassword = await frieda.ask("POST", "/api/v1/session/totp", {});
    assert.match(String(noPassword.body["detail"]), /Set a password first/);
    // An open browser alone does not set one, but who came by an administrator's link does.
    const setPassword = () => frieda.ask("PUT", "/api/v1/session/password", { password: PASSWORD });
    assert.equal((await setPassword()).body["code"], "openIdRefused");
    const { body: she } = await frieda.ask("GET", "/api/v1/session");
    const link = await admin.ask("POST", `/api/v1/users/${String(she["userId"])}/link`, {});
    await frieda.ask("POST", "/api/v1/session", { link: link.body["secret"] });
    assert.equal((await setPassword()).status, 204);
    const { body } = await frieda.ask("POST", "/api/v1/session/totp", {});
    const authenticator = new TOTP({ secret: Secret.fromBase32(String(body["secret"])) });
    const code = authenticator.generate({ timestamp: clock.wall() });
    assert.equal((await frieda.ask("POST", "/api/v1/session/totp/confirm", { code })).status, 204);
    assert.match(String((await enter(person("frieda"))).body["detail"]), /You have a second factor here/);
  }));

test("whoever the claims give no role stays out, and the last administrator is not made less", () =>
  scene(async ({ set, enter, admin }) => {
    const values = [
      { value: "phones", role: "operator" },
      { value: "boss", role: "administrator" },
    ];
    await set({ roles: { claim: "groups", values } });
    const none = await enter(person("gina", { groups: ["others"] }));
    assert.match(String(none.body["detail"]), /gives you no role here/);
    const both = await enter(person("gina", { groups: ["phones", "boss"] }));
    assert.equal(both.body["role"], "administrator", "the highest");
    const { body } = await admin.ask("GET", "/api/v1/users");
    const [root] = (body["items"] as { id: string; name: string }[]).filter(({ name }) => name === "Root");
    const lesser = { role: "viewer" };
    await admin.ask("PATCH", `/api/v1/users/${root?.id}`, lesser, { "if-match": "*" });
    const kept = await enter(person("gina", { groups: ["phones"] }));
    assert.equal(kept.body["role"], "administrator");
    assert.equal((await enter(person("gina", { groups: [] }))).body["code"], "openIdRefused");
  }));

test("what goes wrong at the server is said in plain words, and lets nobody in", () =>
  scene(async ({ set, enter, browser, provider, clock, audit }) => {
    await set();
    const said = async (who: OpenIdProvider["who"] = person("hugo")) => {
      clock.advance(120_000);
      const { status, body, headers } = await enter(who);
      assert.equal(
        headers.getSetCookie().some((text) => /switchhook=[\w-]{43}/.test(text)),
        false,
      );
      assert.ok(status >= 400 && status !== 500, JSON.stringify(body));
      return String(body["detail"]);
    };
    assert.equal(await said("access_denied"), "The sign-in server did not let you in (access_denied).");
    await set({ clientSecret: "wrong" });
    assert.match(await said(), /does not take the client id and secret of this server/);
    await set({ networks: [] });
    assert.match(await said(), /cannot be asked\. 127\.0\.0\.1:\d+ is at .* its network is not listed/);
    await set({ issuer: `${provider.issuer}/elsewhere` });
    assert.match(await said(), /cannot be trusted/);
    const closed = "http://127.0.0.1:9";
    await set({ issuer: closed, clientSecret: CLIENT.secret });
    assert.match(await said(), /cannot be asked\. 127\.0\.0\.1:9 refused the connection/);
    await set();
    // An answer that belongs to another browser, that came before, or that is somebody's own work.
    provider.who = person("hugo");
    const [eve, hugo] = [browser(), browser()];
    const href = async (own: BrowserClient) => {
      // Tries are slow after five that came to nothing.
      clock.advance(120_000);
      return String((await own.ask("POST", "/api/v1/session/openid", {})).body["href"]);
    };
    const asked = new URL(await href(hugo)).searchParams;
    assert.deepEqual(
      [asked.get("response_type"), asked.get("code_challenge_method"), asked.get("scope")],
      ["code", "S256", "openid email profile"],
    );
    for (const name of ["state", "nonce", "code_challenge"])
      assert.ok((asked.get(name)?.length ?? 0) >= 40, name);
    const back = asked.get("redirect_uri") ?? "";
    const came = new URL(await followTo(back, await href(hugo))).search;
    const finish = (own: BrowserClient, answer: string) =>
      own.ask("POST", "/api/v1/session/openid/finish", { answer });
    assert.equal((await finish(browser(), came)).body["code"], "openIdFailed", "no cookie");
    await href(eve);
    assert.match(String((await finish(eve, came)).body["detail"]), /cannot be trusted/);
    assert.match(String((await finish(eve, came)).body["detail"]), /began in another browser/, "once");
    assert.equal((await finish(hugo, came)).status, 200);
    await href(hugo);
    clock.advance(11 * 60_000);
    assert.match(String((await finish(hugo, came)).body["detail"]), /took too long/);
    const foreign = await browser().ask(
      "POST",
      "/api/v1/session/openid",
      {},
      { origin: "http://evil.example" },
    );
    assert.equal(foreign.status, 403);
    const [failed] = await audit("signInFailed");
    assert.deepEqual(
      [failed?.by, failed?.about, failed?.from, failed?.details?.[0]],
      ["", undefined, "127.0.0.1", { name: "way", after: "openId" }],
    );
  }));

test("the client secret leaves nowhere: not in answers, log, audit or the data folder in clear", () =>
  scene(async ({ set, enter, admin, folder, logged, stop, audit }) => {
    assert.equal((await admin.ask("GET", PATH)).status, 404);
    const wrong = { label: "x", issuer: "http://login.example", clientId: "c" };
    const refused = await admin.ask("PUT", PATH, wrong, { "if-none-match": "*" });
    assert.deepEqual([refused.status, refused.body["code"]], [400, "wrongBody"]);
    await set();
    await enter(person("ida"));
    const shown = await admin.ask("GET", PATH);
    assert.equal(shown.body["clientSecret"], "***");
    const { revision: _r, changedAt: _a, changedBy: _b, ...same } = shown.body;
    const etag = { "if-match": shown.headers.get("etag") ?? "" };
    const kept = await admin.ask("PUT", PATH, { ...same, label: "Login" }, etag);
    assert.equal(kept.status, 200);
    assert.equal((await enter(person("ida"))).status, 200, "*** keeps it");
    assert.equal((await admin.ask("PUT", PATH, same, etag)).body["code"], "stale");
    const stolen = { ...same, issuer: "https://evil.example" };
    const away = await admin.ask("PUT", PATH, stolen, { "if-match": "*" });
    assert.equal(away.body["code"], "invalidOpenId", "another server does not get the secret of this one");
    const entries = await audit("openIdChanged");
    assert.deepEqual(entries[0]?.details, [{ name: "label", before: "Office account", after: "Login" }]);
    const gone = await admin.ask("DELETE", PATH, {}, { "if-match": "*" });
    assert.equal(gone.status, 204);
    assert.equal((await enter(person("ida"))).body["code"], "openIdOff");
    const answers = JSON.stringify([
      shown.body,
      kept.body,
      entries,
      (await admin.ask("GET", "/api/v1/audit")).body,
    ]);
    await stop();
    const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile());
    const places = [
      answers,
      logged.join("\n"),
      ...files.map(({ name }) => readFileSync(join(folder, name), "latin1")),
    ];
    for (const [at, place] of places.entries()) assert.ok(!place.includes(CLIENT.secret), String(at));
  }));

test("settings are tried before they are saved: the server, the client, and where people are sent back to", () =>
  scene(async ({ admin, set, provider, audit, browser }) => {
    const check = async (over: Readonly<Record<string, unknown>> = {}) => {
      const settings = {
        label: "Office account",
        issuer: provider.issuer,
        clientId: CLIENT.id,
        clientSecret: CLIENT.secret,
        networks: ["127.0.0.0/8"],
        ...over,
      };
      const { status, body } = await admin.ask("POST", `${PATH}/check`, settings);
      if (status !== 200) return [String(body["code"])];
      const items = body["items"] as readonly Readonly<Record<"what" | "state" | "sentence", string>>[];
      return items.map(({ what, state, sentence }) => `${what} ${state}: ${sentence}`);
    };
    assert.deepEqual(await check(), [
      "server good: The server answers, and calls itself as it is set here.",
      "client good: The server takes the client id and secret.",
      "signInPage good: The server shows its sign-in page.",
    ]);
    const [, wrong] = await check({ clientSecret: "wrong" });
    assert.match(String(wrong), /^client bad: The sign-in server does not take the client id and secret/);
    const [, , page] = await check({ clientId: "other" });
    assert.match(
      String(page),
      /^signInPage bad: The server answers 400 where people are sent .* Is http:\/\/\S+\/login\/openid the address/,
    );
    const [unreached, ...rest] = await check({ networks: [] });
    assert.match(String(unreached), /^server bad: The sign-in server cannot be asked\. .* not listed/);
    assert.deepEqual(rest, []);
    assert.deepEqual(await check({ clientSecret: "***" }), ["invalidOpenId"]);
    assert.equal((await admin.ask("GET", PATH)).status, 404, "nothing is kept");
    await set();
    assert.equal((await check({ clientSecret: "***" }))[1]?.slice(0, 11), "client good");
    assert.deepEqual(await check({ clientSecret: "***", issuer: "https://evil.example" }), ["invalidOpenId"]);
    assert.equal((await audit("openIdChanged")).length, 1);
    assert.equal((await browser().ask("POST", `${PATH}/check`, {})).status, 401);
  }));
