import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiAnswer, type ApiBench, withApi } from "../../test/support/api.ts";
import { kindsWithoutRoutes } from "./contract/entities.ts";

interface Item {
  readonly id: string;
  readonly key: string;
  readonly revision: number;
  readonly document: Readonly<Record<string, unknown>>;
  readonly usedBy: readonly { readonly kind: string; readonly key: string }[];
}

function itemsOf({ status, body }: ApiAnswer): readonly Item[] {
  assert.equal(status, 200, JSON.stringify(body));
  return body["items"] as readonly Item[];
}

async function named(ask: ApiBench["ask"], resource: string, key: string): Promise<Item> {
  const found = itemsOf(await ask("GET", `/${resource}?limit=500`)).find((one) => one.key === key);
  assert.ok(found, `${resource} ${key}`);
  return found;
}

const seen = ({ revision }: Item) => ({ "if-match": `"${revision}"` });

test("every kind of entity has routes", () => assert.deepEqual(kindsWithoutRoutes, []));

test("lists go on where a page ended, whatever changes meanwhile; they are searched and sorted", () =>
  withApi({}, async ({ ask }) => {
    for (let at = 400; at < 420; at += 1)
      assert.equal((await ask("POST", "/phones", { extension: String(at), name: `Desk ${at}` })).status, 201);
    const keys: string[] = [];
    let cursor: string | null = "";
    for (let page = 0; cursor !== null; page += 1) {
      const answer = await ask("GET", `/phones?limit=7&sort=-key${cursor === "" ? "" : `&cursor=${cursor}`}`);
      keys.push(...itemsOf(answer).map(({ key }) => key));
      cursor = answer.body["next"] as string | null;
      // Before what was shown already: it is not seen, and moves nothing.
      await ask("POST", "/phones", { extension: `9${page}0`, name: "Late" });
    }
    assert.deepEqual(keys, [...keys].sort().reverse());
    assert.deepEqual(new Set(keys).size, keys.length);
    assert.ok(["215", "216", "400", "419"].every((key) => keys.includes(key)));
    assert.deepEqual(
      itemsOf(await ask("GET", "/phones?q=dEsK%20411")).map(({ key }) => key),
      ["411"],
    );
    assert.deepEqual(itemsOf(await ask("GET", "/phones?q=correct-horse")), [], "no password is found");
    for (const bad of ["cursor=x", "sort=colour", "limit=0", "limit=501", `cursor=${btoa("[]")}`])
      assert.equal((await ask("GET", `/phones?${bad}`)).status, 400, bad);
  }));

test("a thing is made once, seen with its users, replaced, patched, and gone, each with its revision", () =>
  withApi({}, async ({ ask }) => {
    const key = { "idempotency-key": "one" };
    const document = { number: "+31201234567", plan: "main" };
    const made = await ask("POST", "/numbers", document, key);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual(await ask("POST", "/numbers", document, key).then(({ body }) => body), made.body);
    assert.equal((await ask("POST", "/numbers", document)).body["code"], "taken");
    const { id, live, warnings, changedBy } = made.body;
    assert.deepEqual([live, warnings, changedBy], [true, [], "api-token"]);
    const path = `/numbers/${String(id)}`;
    assert.equal(made.headers.get("location"), `/api/v1${path}`);
    assert.equal(made.headers.get("etag"), '"1"');
    assert.ok((await named(ask, "plans", "main")).usedBy.some((user) => user.key === "+31201234567"));
    assert.equal((await ask("PATCH", path, { plan: null })).status, 428);
    const patched = await ask("PATCH", path, { plan: null }, { "if-match": '"1"' });
    assert.deepEqual(patched.body["document"], { number: "+31201234567" });
    assert.deepEqual(
      (patched.body["warnings"] as { code: string }[]).map(({ code }) => code),
      ["numberWithoutPlan"],
    );
    const stale = await ask("PUT", path, document, { "if-match": '"1"' });
    assert.deepEqual([stale.status, stale.body["changedBy"]], [412, "api-token"]);
    assert.deepEqual((stale.body["current"] as Item).document, { number: "+31201234567" });
    assert.equal((await ask("PUT", path, document, { "if-match": '"2"' })).headers.get("etag"), '"3"');
    assert.equal((await ask("DELETE", path, undefined, { "if-match": '"3"' })).status, 200);
    assert.equal((await ask("GET", path)).body["code"], "noSuchEntity");
    assert.equal((await ask("PUT", path, document, { "if-match": '"3"' })).status, 404);
    assert.equal((await ask("GET", `/phones/${String(id)}`)).status, 404, "of another kind");
  }));

test("what is used stays, and says who uses it; a new name goes to all who use it where that is wanted", () =>
  withApi({}, async ({ ask }) => {
    const phone = await named(ask, "phones", "215");
    const drop = await ask("DELETE", `/phones/${phone.id}`, undefined, seen(phone));
    assert.deepEqual([drop.status, drop.body["code"]], [409, "used"]);
    const users = (drop.body["users"] as { kind: string; key: string }[]).map(
      ({ kind, key }) => `${kind} ${key}`,
    );
    assert.ok(users.includes("group 300"), users.join());
    assert.deepEqual(
      phone.usedBy.map(({ kind, key }) => `${kind} ${key}`).sort(),
      [...users].sort(),
      "a list says the same",
    );
    const renamed = { extension: "218", name: "Reception" };
    assert.equal((await ask("PUT", `/phones/${phone.id}`, renamed, seen(phone))).body["code"], "used");
    const put = await ask("PUT", `/phones/${phone.id}?renameUsers=true`, renamed, seen(phone));
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.deepEqual((await named(ask, "groups", "300")).document["members"], ["218", "216"]);
  }));

test("D9: no secret is in an answer or a refusal; one that is left out or *** stays", () =>
  withApi({}, async ({ ask, desk }) => {
    const secrets = ["correct-horse", "battery-staple", "trunk-secret", "Tr0ub4dor-3"];
    const said: string[] = [];
    const asked = async (...parameters: Parameters<ApiBench["ask"]>): Promise<ApiAnswer> => {
      const answer = await ask(...parameters);
      said.push(JSON.stringify(answer.body));
      return answer;
    };
    const phone = await named(asked, "phones", "215");
    await named(asked, "trunks", "provider");
    const put = (document: unknown, headers: Record<string, string>) =>
      asked("PUT", `/phones/${phone.id}`, document, headers);
    await put({ ...phone.document, password: "Tr0ub4dor-3", colour: "Tr0ub4dor-3" }, seen(phone));
    await put({ ...phone.document, password: ["Tr0ub4dor-3"] }, seen(phone));
    await put({ ...phone.document, media: "Tr0ub4dor-3", password: "Tr0ub4dor-3" }, seen(phone));
    await put({ ...phone.document, name: "Other", password: "***" }, seen(phone));
    assert.equal(desk.entities.get("phone", "215")?.document.password, "correct-horse");
    await put({ ...phone.document, password: "Tr0ub4dor-3" }, seen(phone));
    await put({ ...phone.document, password: "Tr0ub4dor-3" }, { "if-match": '"2"' });
    assert.equal(desk.entities.get("phone", "215")?.document.password, "Tr0ub4dor-3");
    await asked("POST", "/phones", { extension: "215", name: "x", password: "Tr0ub4dor-3" });
    await asked("PATCH", `/phones/${phone.id}`, { name: "Third" }, { "if-match": "*" });
    assert.equal(desk.entities.get("phone", "215")?.document.password, "Tr0ub4dor-3");
    const hook = {
      name: "Secret",
      urlTemplate: "https://user:Tr0ub4dor-3@example.com/?d={did}&x={nonsense}",
    };
    assert.equal((await asked("POST", "/webhooks", hook)).status, 422);
    assert.equal(
      (
        await asked("POST", "/webhooks", {
          ...hook,
          urlTemplate: hook.urlTemplate.replace("&x={nonsense}", ""),
        })
      ).status,
      201,
    );
    await asked("GET", "/webhooks");
    const described = {
      name: "Told",
      urlTemplate: "https://user:Tr0ub4dor-3@example.com/",
      description: "Signs in at the customer file with Tr0ub4dor-3.",
    };
    assert.equal((await ask("POST", "/webhooks", described)).status, 201);
    const told = itemsOf(await asked("GET", "/webhooks?q=customer%20file"));
    assert.deepEqual(
      told.map(({ key }) => key),
      ["Told"],
    );
    assert.deepEqual(itemsOf(await asked("GET", "/webhooks?q=Tr0u")), [], "nor spelt out by searches");
    for (const text of said) for (const secret of secrets) assert.ok(!text.includes(secret), text);
    assert.ok(said.length > 12);
  }));

test("a phone without a password is given one, shown once; so is a new one", () =>
  withApi({}, async ({ ask, desk }) => {
    const made = await ask("POST", "/phones", { extension: "401", name: "New" });
    const password = String(made.body["password"]);
    assert.match(password, /^[A-HJ-NP-Za-km-z2-9]{20}$/);
    assert.equal(desk.entities.get("phone", "401")?.document.password, password);
    const path = `/phones/${String(made.body["id"])}`;
    assert.ok(!JSON.stringify((await ask("GET", path)).body).includes(password));
    const renewed = await ask("POST", `${path}/password`);
    assert.equal(renewed.status, 200);
    assert.notEqual(renewed.body["password"], password);
    assert.equal(desk.entities.get("phone", "401")?.document.password, renewed.body["password"]);
    assert.equal((await ask("POST", "/phones/nobody/password")).status, 404);
  }));

test("problems point into the body, and suggest what was meant", () =>
  withApi({}, async ({ ask }) => {
    const plan = (steps: unknown) => ({ name: "tried", steps });
    const inPlan = await ask("POST", "/plans", plan([{ type: "ring", phone: "2155" }]));
    assert.equal(inPlan.status, 422, JSON.stringify(inPlan.body));
    const [first] = inPlan.body["problems"] as { pointer: string; severity: string; message: string }[];
    assert.match(first?.pointer ?? "", /^\/steps\/0/);
    const misspelt = await ask("POST", "/phones", { extension: "402", nmae: "New", password: "Tr0ub4dor-3" });
    assert.deepEqual(
      (misspelt.body["problems"] as Record<string, unknown>[]).map(({ pointer, code, suggestion }) => [
        pointer,
        code,
        suggestion,
      ]),
      [
        ["/name", "missingSetting", undefined],
        ["/nmae", "unknownSetting", { replace: "key", with: "name" }],
      ],
    );
    const absent = await ask("POST", "/numbers", { number: "+31201234567", plan: "mian" });
    assert.deepEqual(absent.body["problems"], [
      {
        pointer: "/plan",
        severity: "error",
        code: "unknownReference",
        message: 'There is no plan "mian". Did you mean "main"?',
        suggestion: { replace: "value", with: "main" },
      },
    ]);
    const choice = await ask("POST", "/phones", { extension: "402", name: "New", media: "atuo" });
    assert.deepEqual(
      (choice.body["problems"] as { suggestion: unknown }[]).map(({ suggestion }) => suggestion),
      [{ replace: "value", with: "auto" }],
    );
  }));

test("from nothing: the settings are written with If-None-Match, and are there from then on", () =>
  withApi({ company: null }, async ({ ask }) => {
    const settings = { home: { country: "NL", timeZone: "Europe/Amsterdam" } };
    assert.equal((await ask("GET", "/settings")).status, 404);
    assert.equal((await ask("PUT", "/settings", settings)).status, 428);
    assert.equal((await ask("PUT", "/settings", settings, { "if-match": '"3"' })).status, 404);
    const none = { "if-none-match": "*" };
    assert.equal((await ask("PUT", "/settings", { home: {} }, none)).status, 422);
    const put = await ask("PUT", "/settings", settings, none);
    assert.deepEqual([put.status, put.headers.get("etag")], [200, '"1"'], JSON.stringify(put.body));
    assert.equal((await ask("PUT", "/settings", settings, none)).status, 412);
    const patch = { home: { country: "BE" } };
    const patched = await ask("PATCH", "/settings", patch, { "if-match": '"1"' });
    assert.equal(
      JSON.stringify((patched.body["document"] as { home: unknown }).home),
      '{"country":"BE","timeZone":"Europe/Amsterdam"}',
    );
    const phone = await ask("POST", "/phones", { extension: "215", name: "First" });
    assert.equal(phone.status, 201);
    const group = await ask("POST", "/groups", {
      extension: "300",
      name: "All",
      members: ["215"],
      strategy: "all",
    });
    assert.equal(group.status, 201, JSON.stringify(group.body));
  }));

test("I13: names of JavaScript's own are names like any other", () =>
  withApi({}, async ({ ask }) => {
    for (const body of [
      '{"__proto__":{"x":1}}',
      '{"constructor":1,"extension":"403","name":"x"}',
      "[]",
      "null",
      '"x"',
      "1",
    ]) {
      assert.equal((await ask("POST", "/phones", body)).status, 422, body);
    }
    const phone = await named(ask, "phones", "215");
    const patched = await ask("PATCH", `/phones/${phone.id}`, '{"__proto__":{"admin":true}}', seen(phone));
    assert.deepEqual([patched.status, patched.body["revision"]], [200, 1], "it changes nothing");
    assert.equal(Object.hasOwn(Object.prototype, "admin"), false);
    const made = await ask("POST", "/webhooks", { name: "__proto__", urlTemplate: "https://example.com/" });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal((await named(ask, "webhooks", "__proto__")).key, "__proto__");
  }));

test("F2: without room on the disk a change is answered 507 in words, changes nothing, and is saved once there is room", () =>
  withApi({}, async ({ ask, desk, store }) => {
    const { commit } = store.company;
    const version = desk.entities.version;
    const phone = { extension: "388", name: "Lab", password: "correct-horse-388" };
    Object.assign(store.company, {
      commit: () => Promise.reject(new Error("database or disk is full")),
    });
    const full = await ask("POST", "/phones", phone);
    assert.deepEqual([full.status, full.body["code"]], [507, "diskFull"]);
    assert.match(String(full.body["detail"]), /no room on the disk.*Calls go on; nothing was changed/);
    assert.deepEqual([desk.entities.version, desk.entities.get("phone", "388")], [version, undefined]);
    Object.assign(store.company, { commit });
    assert.equal((await ask("POST", "/phones", phone)).status, 201);
    assert.equal(desk.entities.version, version + 1);
  }));
