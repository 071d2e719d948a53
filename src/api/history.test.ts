import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiBench, withApi } from "../../test/support/api.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { ok } from "../lib/result.ts";
import type { StoredAuditEntry } from "../model/audit.ts";
import { chained } from "../store/audit.repo.ts";

async function idOf(ask: ApiBench["ask"], resource: string, key: string): Promise<string> {
  const { body } = await ask("GET", `/${resource}?limit=500`);
  const found = (body["items"] as { id: string; key: string }[]).find((one) => one.key === key);
  assert.ok(found, `${resource} ${key}`);
  return found.id;
}

const ANY = { "if-match": "*" };

test("what was deleted is in the trash for 30 days, masked, and comes back whole: id, secret and all", () =>
  withApi({}, async ({ ask, desk }) => {
    const made = await ask("POST", "/phones", { extension: "401", name: "Lab", password: "Tr0ub4dor-3" });
    const id = String(made.body["id"]);
    assert.equal((await ask("DELETE", `/phones/${id}`, undefined, ANY)).status, 200);
    const trash = await ask("GET", "/trash");
    assert.ok(!JSON.stringify(trash.body).includes("Tr0ub4dor-3"));
    const [item] = trash.body["items"] as { id: string; droppedBy: string; document: unknown }[];
    assert.deepEqual(
      [item?.id, item?.droppedBy, item?.document],
      [id, "api-token", { extension: "401", name: "Lab", media: "auto", password: "***" }],
    );
    // Another one has its extension meanwhile, as another thing of that name would.
    const number = await ask("POST", "/groups", {
      extension: "401",
      name: "x",
      members: ["215"],
      strategy: "all",
    });
    assert.equal(number.status, 201, JSON.stringify(number.body));
    const taken = await ask("POST", `/trash/${id}/restore`);
    assert.deepEqual([taken.status, taken.body["code"]], [409, "taken"]);
    await ask("DELETE", `/groups/${String(number.body["id"])}`, undefined, ANY);
    const back = await ask("POST", `/trash/${id}/restore`);
    assert.deepEqual(
      [back.status, back.body["id"], back.body["revision"]],
      [200, id, 2],
      JSON.stringify(back.body),
    );
    assert.equal(desk.entities.get("phone", "401")?.document.password, "Tr0ub4dor-3");
    assert.equal((await ask("POST", `/trash/${id}/restore`)).status, 404);
    assert.equal((await ask("GET", "/trash?cursor=x")).body["code"], "badCursor");
  }));

test("what comes back stands where it stood: the first number, which calls out show, is the first again", () =>
  withApi({}, async ({ ask, desk, store }) => {
    const other = { number: "+31201234567", plan: "main" };
    assert.equal((await ask("POST", "/numbers", other)).status, 201);
    const first = await idOf(ask, "numbers", "+31501234567");
    assert.equal((await ask("DELETE", `/numbers/${first}`, undefined, ANY)).status, 200);
    assert.equal((await ask("POST", `/trash/${first}/restore`)).status, 200);
    for (const entities of [desk.entities, (await store.company.load()).entities]) {
      const numbers = entities.all("number").map(({ document }) => document.number);
      assert.deepEqual(numbers, ["+31501234567", "+31201234567"]);
    }
  }));

test("what a webhook kept secret is not told by its description in the trash either", () =>
  withApi({}, async ({ ask }) => {
    const made = await ask("POST", "/webhooks", {
      name: "spare",
      urlTemplate: "https://crm.example.net/?key=Tr0ub4dor-3",
      description: "The key is Tr0ub4dor-3.",
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await ask("DELETE", `/webhooks/${String(made.body["id"])}`, undefined, ANY);
    const { body } = await ask("GET", "/trash");
    const [item] = body["items"] as { document: { description: string } }[];
    assert.equal(item?.document.description, "The key is ***.");
    assert.ok(!JSON.stringify(body).includes("Tr0ub4dor-3"));
  }));

test("the trash is paged, newest first, and what refers to something that is gone is not put back", () =>
  withApi({}, async ({ ask }) => {
    const plan = { name: "spare", steps: [{ type: "phone", phone: "215" }] };
    const planId = String((await ask("POST", "/plans", plan)).body["id"]);
    const ids: string[] = [];
    for (const number of ["+31201234561", "+31201234562", "+31201234563"]) {
      const { body } = await ask("POST", "/numbers", { number, plan: "spare" });
      ids.unshift(String(body["id"]));
      await ask("DELETE", `/numbers/${ids[0]}`, undefined, ANY);
    }
    await ask("DELETE", `/plans/${planId}`, undefined, ANY);
    const seen: unknown[] = [];
    for (let cursor: unknown = ""; cursor !== null; ) {
      const suffix =
        typeof cursor === "string" && cursor !== "" ? `&cursor=${encodeURIComponent(cursor)}` : "";
      const { body } = await ask("GET", `/trash?limit=1${suffix}`);
      seen.push(...(body["items"] as { id: string }[]).map(({ id }) => id));
      cursor = body["next"];
    }
    assert.deepEqual(seen, [planId, ...ids]);
    const orphan = await ask("POST", `/trash/${ids[0]}/restore`);
    assert.deepEqual([orphan.status, orphan.body["code"]], [422, "invalid"]);
  }));

test("I11: each change is one entry: who, when, what, before and after without secrets, in a chain of hashes", () =>
  withApi({}, async ({ ask, store, base }) => {
    assert.ok(base.endsWith("/api/v1"));
    const id = await idOf(ask, "phones", "215");
    const before = await store.audit.list({ limit: 100 });
    await ask("PATCH", `/phones/${id}`, { name: "Front", password: "Tr0ub4dor-3" }, ANY);
    await ask("PATCH", `/phones/${id}`, { name: "Front" }, ANY);
    await ask("PATCH", `/phones/${id}`, { name: 1 }, ANY);
    await ask("PUT", `/phones/${id}?renameUsers=true`, { extension: "219", name: "Front" }, ANY);
    const { body } = await ask("GET", "/audit");
    const items = body["items"] as StoredAuditEntry[];
    assert.equal(items.length, before.length + 2, "what changes nothing, or is refused, is no entry");
    const [renamed, patched] = items;
    assert.deepEqual([patched?.by, patched?.what, patched?.version], ["api-token", "configuration", 2]);
    assert.deepEqual([patched?.from, renamed?.from], ["127.0.0.1", "127.0.0.1"], "from which address");
    assert.deepEqual(patched?.changes, [
      {
        kind: "phone",
        id,
        key: "215",
        before: { extension: "215", name: "Reception", media: "auto", password: "***" },
        after: { extension: "215", name: "Front", media: "auto", password: "***" },
        secretChanged: true,
      },
    ]);
    assert.ok((renamed?.changes.length ?? 0) > 1, "all that changed with it");
    const group = await idOf(ask, "groups", "300");
    const ofGroup = (await ask("GET", `/audit?entity=${group}&limit=1`)).body["items"] as StoredAuditEntry[];
    assert.equal(ofGroup[0]?.id, renamed?.id);
    assert.equal(((await ask("GET", "/audit?by=nobody")).body["items"] as unknown[]).length, 0);
    for (const secret of ["correct-horse", "Tr0ub4dor-3", "battery-staple", "trunk-secret"])
      assert.ok(!JSON.stringify(body).includes(secret), secret);
    const chain = [...(await store.audit.list({ limit: 100 }))].reverse();
    let last = "";
    for (const entry of chain) {
      assert.equal(entry.hash, chained(last, entry), String(entry.id));
      last = entry.hash;
    }
    const [first] = chain;
    assert.ok(first);
    assert.notEqual(chained("", { ...first, by: "somebody else" }), first.hash);
  }));

test("things are found by parts of names, numbers in any writing, and texts of steps; calls by their id; secrets by nothing", () =>
  withApi(
    {
      ports: () => ({
        calls: {
          list: async () => [],
          get: async (id) => (id === "abcd" ? callRecord("abcdef", 1) : undefined),
          refusedSince: async () => ({ calls: 0, registrations: 0 }),
        },
      }),
    },
    async ({ ask }) => {
      await ask("POST", "/numbers", { number: "+31201234567" });
      const found = async (q: string) => {
        const { body } = await ask("GET", `/search?q=${encodeURIComponent(q)}`);
        return (body["entities"] as { kind: string; key: string }[]).map(({ kind, key }) => `${kind} ${key}`);
      };
      for (const written of ["+31201234567", "020-123 45", "0201234567", "2345"])
        assert.ok((await found(written)).includes("number +31201234567"), written);
      assert.equal((await found("215"))[0], "phone 215", "the thing itself before those that refer to it");
      assert.ok((await found("RECEPT")).includes("phone 215"));
      assert.deepEqual(await found("correct-horse"), []);
      const { body } = await ask("GET", "/search?q=abcd");
      assert.deepEqual(
        (body["calls"] as { id: string }[]).map(({ id }) => id),
        ["abcdef"],
      );
      assert.equal((await ask("GET", "/search?q=")).status, 400);
    },
  ));

test("the API gives its own reference, as OpenAPI and as a page that needs no other address", () =>
  withApi({}, async ({ ask }) => {
    const { body } = await ask("GET", "/openapi.json");
    assert.equal(body["openapi"], "3.1.1");
    assert.ok(Object.hasOwn(body["paths"] as object, "/phones/{id}"));
    const page = await ask("GET", "/reference");
    assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(
      page.headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src 'sha256-/,
    );
    const html = String(page.body["text"]);
    assert.match(html, /id="stale"/);
    assert.doesNotMatch(html, /<script|src=|https?:\/\//);
  }));

test("the sound of a message in the trash is kept for it, until the message is restored", () =>
  withApi({}, async ({ ask, desk, store }) => {
    const sound = { content: "c".repeat(64), durationMs: 900 };
    const document = { name: "hello", file: "hello.wav", sound };
    await desk.change({ name: "anna", address: undefined }, () =>
      ok([{ type: "put", kind: "audioMessage", id: undefined, document }]),
    );
    const id = desk.entities.get("audioMessage", "hello")?.id;
    assert.deepEqual(await store.company.trashedSound(), new Set());
    assert.equal((await ask("DELETE", `/audio-messages/${id}`, undefined, { "if-match": "*" })).status, 200);
    assert.deepEqual(await store.company.trashedSound(), new Set([sound.content]));
    assert.equal((await ask("POST", `/trash/${id}/restore`)).status, 200);
    assert.deepEqual(desk.entities.get("audioMessage", "hello")?.document.sound, sound);
    assert.deepEqual(await store.company.trashedSound(), new Set());
  }));
