import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import type { Asked, BrowserClient } from "../../test/support/browser-client.ts";
import { followTo, type OpenIdProvider } from "../../test/support/open-id-provider.ts";
import { PASSWORD, person, type Scene, scene } from "../../test/support/open-id-scene.ts";

/** What people do to be linked to an account there, or not any more. */
interface Linking extends Scene {
  /** A browser in which this user of ours has signed in by its password. */
  signedIn(name: string): Promise<BrowserClient>;
  begin(own: BrowserClient, password?: string): Promise<Asked>;
  /** What the browser comes back with, when it went where it was sent. */
  come(began: Asked, who: OpenIdProvider["who"]): Promise<string>;
  finish(own: BrowserClient, answer: string): Promise<Asked>;
  /** All three. */
  link(own: BrowserClient, who: OpenIdProvider["who"]): Promise<Asked>;
  unlink(own: BrowserClient, password?: string): Promise<Asked>;
}

/** `people`: users with a password, besides Root. */
function linking(people: readonly string[], work: (linking: Linking) => Promise<void>): Promise<void> {
  return scene(async (parts) => {
    const { admin, browser, clock, provider, set } = parts;
    await set({ allowedDomains: [] });
    for (const name of people)
      await admin.ask("POST", "/api/v1/users", { name, role: "editor", password: PASSWORD });
    const own: Linking = {
      ...parts,
      async signedIn(name) {
        // Passwords are looked at slowly.
        clock.advance(120_000);
        const client = browser();
        const { status } = await client.ask("POST", "/api/v1/session", { name, password: PASSWORD });
        assert.equal(status, 200, name);
        return client;
      },
      begin(client, password = PASSWORD) {
        clock.advance(60_000);
        return client.ask("POST", "/api/v1/session/openid/link", { password });
      },
      async come({ body }, who) {
        provider.who = who;
        const { href } = body;
        assert.equal(typeof href, "string", JSON.stringify(body));
        const back = new URL(String(href)).searchParams.get("redirect_uri") ?? "";
        return new URL(await followTo(back, String(href))).search;
      },
      finish: (client, answer) => client.ask("POST", "/api/v1/session/openid/link/finish", { answer }),
      link: async (client, who) => own.finish(client, await own.come(await own.begin(client), who)),
      unlink: (client, password) =>
        client.ask("POST", "/api/v1/session/openid/unlink", password === undefined ? {} : { password }),
    };
    await work(own);
  });
}

const openIdOf = async (own: BrowserClient) => (await own.ask("GET", "/api/v1/session")).body["openId"];

/** Gives a browser the visit of another one, beside its own session. */
function handVisit(from: BrowserClient, to: BrowserClient): void {
  const visit = from.cookie?.split("; ").find((one) => one.includes("-openid="));
  assert.ok(visit, from.cookie);
  to.cookie = `${to.cookie}; ${visit}`;
}

test("a user links itself to an account there, with its password; the visit is good for that user and for that alone", () =>
  linking(["Karl", "Lea"], async ({ signedIn, begin, come, finish, link, enter, browser, set, audit }) => {
    const [karl, lea] = [await signedIn("Karl"), await signedIn("Lea")];
    assert.deepEqual(await openIdOf(karl), { label: "Office account", isOn: true, isLinked: false });
    assert.deepEqual((await begin(karl, "wrong")).body["code"], "wrongPassword");
    assert.equal((await browser().ask("POST", "/api/v1/session/openid/link", {})).status, 401);
    const mine = { sub: "karl there", preferred_username: "k" };
    const first = await come(await begin(karl), mine);
    const asSignIn = await karl.ask("POST", "/api/v1/session/openid/finish", { answer: first });
    assert.match(String(asSignIn.body["detail"]), /took too long/, "a link signs nobody in");
    const hers = await come(await begin(karl), mine);
    assert.match(String((await finish(lea, hers)).body["detail"]), /or too long ago/, "no cookie");
    handVisit(karl, lea);
    assert.match(String((await finish(lea, hers)).body["detail"]), /took too long/, "with his cookie, too");
    assert.equal((await link(karl, mine)).status, 204);
    assert.deepEqual(await openIdOf(karl), { label: "Office account", isOn: true, isLinked: true });
    const [linked] = await audit("openIdLinked");
    assert.deepEqual([linked?.by, linked?.about], ["Karl", "Karl"]);
    const entered = await enter(mine);
    assert.deepEqual([entered.status, entered.body["name"]], [200, "Karl"]);
    assert.match(String((await link(lea, mine)).body["detail"]), /linked to another user here/);
    await set({ allowedDomains: [], roles: { claim: "groups", values: [] } });
    const stranger = await link(lea, { sub: "lea there" });
    assert.match(String(stranger.body["detail"]), /gives you no role here/, "who could not come in");
  }));

test("another link ends what came by the one before, and so does undoing it; who has a second factor here is not linked", () =>
  linking(["Karl"], async ({ signedIn, begin, come, finish, link, unlink, enter, browser, audit, clock }) => {
    const karl = await signedIn("Karl");
    const [old, mine] = [
      { sub: "old", preferred_username: "somebody" },
      { sub: "new", preferred_username: "k" },
    ];
    const byOld = browser();
    await link(karl, old);
    assert.equal((await enter(old, byOld)).body["name"], "Karl");
    assert.equal((await link(karl, mine)).status, 204);
    assert.equal((await byOld.ask("GET", "/api/v1/calls")).status, 401, "the other sessions end");
    assert.equal((await karl.ask("GET", "/api/v1/calls")).status, 200);
    assert.notEqual((await enter(old)).body["name"], "Karl");
    const other = browser();
    assert.equal((await enter(mine, other)).body["name"], "Karl");

    assert.equal((await unlink(karl)).body["code"], "wrongPassword");
    assert.equal((await unlink(karl, PASSWORD)).status, 204);
    assert.equal((await other.ask("GET", "/api/v1/calls")).status, 401);
    assert.deepEqual((await audit("openIdUnlinked"))[0]?.about, "Karl");
    assert.notEqual((await enter(mine)).body["name"], "Karl");

    const late = await come(await begin(karl), { sub: "later" });
    // It was shown five times at one moment.
    clock.advance(60_000);
    const { body } = await karl.ask("POST", "/api/v1/session/totp", { password: PASSWORD });
    const authenticator = new TOTP({ secret: Secret.fromBase32(String(body["secret"])) });
    const code = authenticator.generate({ timestamp: clock.wall() });
    assert.equal((await karl.ask("POST", "/api/v1/session/totp/confirm", { code })).status, 204);
    assert.match(String((await begin(karl)).body["detail"]), /You have a second factor here/);
    assert.match(String((await finish(karl, late)).body["detail"]), /second factor/, "since the visit began");
  }));

test("who has nothing here but the word of that server is not taken over by an open browser; an administrator's link helps", () =>
  linking([], async ({ begin, come, finish, link, unlink, enter, browser, admin, set }) => {
    await set();
    const mina = browser();
    const { body } = await enter(person("mina"), mina);
    const own = `/api/v1/users/${String(body["userId"])}`;
    const theirs = person("eve");
    const setPassword = (client: BrowserClient) =>
      client.ask("PUT", "/api/v1/session/password", { password: PASSWORD });
    for (const refused of [await begin(mina), await setPassword(mina), await unlink(mina)]) {
      assert.deepEqual([refused.status, refused.body["code"]], [403, "openIdRefused"]);
      assert.match(String(refused.body["detail"]), /Ask an administrator for a one-time link/);
    }
    const byLink = browser();
    const { body: made } = await admin.ask("POST", `${own}/link`, {});
    await byLink.ask("POST", "/api/v1/session", { link: made["secret"] });
    assert.match(String((await unlink(byLink)).body["detail"]), /Set a password first/);
    const answer = await come(await begin(byLink), theirs);
    handVisit(byLink, mina);
    assert.match(
      String((await finish(mina, answer)).body["detail"]),
      /Ask an administrator/,
      "begun elsewhere",
    );
    assert.equal((await setPassword(byLink)).status, 204);
    assert.equal((await mina.ask("GET", "/api/v1/calls")).status, 401);

    assert.equal((await enter(person("mina"), mina)).status, 200);
    assert.equal((await link(mina, theirs)).status, 204, "with the password");
    assert.equal((await admin.ask("DELETE", `${own}/openid`)).status, 204);
    assert.equal((await mina.ask("GET", "/api/v1/calls")).status, 401);
    assert.equal((await admin.ask("GET", own)).body["openId"], false);
    assert.equal((await admin.ask("DELETE", "/api/v1/users/none/openid")).status, 404);
  }));
