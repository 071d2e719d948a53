import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { z } from "zod";
import { err, ok } from "../lib/result.ts";
import { refused } from "./contract/problems.ts";
import type { Asker } from "./contract/role.ts";
import { route } from "./contract/route.ts";
import { Idempotency } from "./idempotency.ts";
import { serve } from "./serve.ts";

const ANNA: Asker = { name: "anna", role: "editor", via: "session", address: "192.0.2.7" };

const make = route({
  id: "things.create",
  method: "POST",
  path: "/things",
  summary: "Make a thing",
  role: "editor",
  body: z.strictObject({ name: z.string().max(5), size: z.int().default(1) }),
  answer: z.strictObject({ name: z.string(), by: z.string(), made: z.int(), revision: z.int() }),
  status: 201,
  problems: ["notChanged"],
  etag: true,
  idempotent: true,
});
const replace = route({
  id: "things.replace",
  method: "PUT",
  path: "/things/:id",
  summary: "Replace a thing",
  role: "editor",
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ dry: z.stringbool().default(false) }),
  answer: z.strictObject({ id: z.string(), seen: z.int().nullable(), dry: z.boolean(), revision: z.int() }),
  problems: ["stale"],
  etag: true,
});

async function withThings(work: (ask: Ask) => Promise<void>): Promise<void> {
  let [made, nowMs] = [0, 0];
  const server = fastify();
  server.decorate("idempotency", new Idempotency(() => nowMs));
  server.decorateRequest("actor", undefined);
  server.addHook("onRequest", async (request) => {
    request.actor = ANNA;
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, parsed) => parsed(null, body));
  serve(server, make, async ({ body, actor }) => {
    if (body.name === "no") return err(refused("notChanged", "no is no name"));
    made += 1;
    return ok({ name: `${body.name}${body.size}`, by: actor.name, made, revision: 1 });
  });
  serve(server, replace, async ({ params, query, ifMatch }) => {
    if (ifMatch === 1) return err(refused("stale", "It is at 2.", { current: { revision: 2 } }));
    return ok({ id: params.id, dry: query.dry, seen: ifMatch ?? null, revision: 3 });
  });
  try {
    await work(async (method, url, body, headers = {}, laterMs = 0) => {
      nowMs += laterMs;
      const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
      const type = payload === undefined ? {} : { "content-type": "application/json" };
      const answer = await server.inject({
        method,
        url,
        headers: { ...type, ...headers },
        ...(payload !== undefined && { payload }),
      });
      return {
        status: answer.statusCode,
        etag: answer.headers.etag,
        body: answer.json<Record<string, unknown>>(),
      };
    });
  } finally {
    await server.close();
  }
}

type Ask = (
  method: "POST" | "PUT",
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
  laterMs?: number,
) => Promise<{ status: number; etag: unknown; body: Record<string, unknown> }>;

test("a route's body is read by its schema, its answer carries an ETag, a refusal the code of the registry", () =>
  withThings(async (ask) => {
    const key = (name: string) => ({ "idempotency-key": name });
    const good = await ask("POST", "/things", { name: "a" }, key("1"));
    assert.deepEqual(good, {
      status: 201,
      etag: '"1"',
      body: { name: "a1", by: "anna", made: 1, revision: 1 },
    });
    for (const body of [{ name: "too long" }, { name: "a", colour: "red" }, {}, [], "{", undefined]) {
      const bad = await ask("POST", "/things", body, key("2"));
      assert.equal(bad.status, 400, JSON.stringify(body));
      assert.equal(bad.body["code"], "wrongBody");
      assert.equal(bad.body["title"], "Wrong body");
      assert.ok(String(bad.body["requestId"]).length > 0);
    }
    const [problem] = (await ask("POST", "/things", { name: "too long" }, key("2"))).body["problems"] as {
      pointer: string;
    }[];
    assert.equal(problem?.pointer, "/name");
    const no = await ask("POST", "/things", { name: "no" }, key("3"));
    assert.deepEqual([no.status, no.body["code"], no.body["detail"]], [409, "notChanged", "no is no name"]);
    assert.equal((await ask("PUT", "/things/a?dry=perhaps", undefined, { "if-match": "*" })).status, 400);
  }));

test("a POST is done once for each Idempotency-Key, for 24 hours", () =>
  withThings(async (ask) => {
    const headers = { "idempotency-key": "k" };
    assert.equal((await ask("POST", "/things", { name: "a" })).body["code"], "noIdempotencyKey");
    const first = await ask("POST", "/things", { name: "a" }, headers);
    assert.deepEqual(await ask("POST", "/things", { name: "a" }, headers), first);
    const other = await ask("POST", "/things", { name: "b" }, headers);
    assert.deepEqual([other.status, other.body["code"]], [422, "idempotencyKeyReused"]);
    const late = await ask("POST", "/things", { name: "a" }, headers, 86_400_001);
    assert.equal(late.body["made"], 2);
    const refusedOne = { "idempotency-key": "refused" };
    assert.equal((await ask("POST", "/things", { name: "no" }, refusedOne)).status, 409);
    assert.equal((await ask("POST", "/things", { name: "yes" }, refusedOne)).status, 201, "it made nothing");
    const both = await Promise.all(
      [1, 2].map(() => ask("POST", "/things", { name: "c" }, { "idempotency-key": "c" })),
    );
    assert.deepEqual(new Set(both.map(({ status }) => status)).has(201), true);
    assert.equal((await ask("POST", "/things", { name: "d" }, { "idempotency-key": "d" })).body["made"], 5);
  }));

test("PUT says which revision was seen: 428 without, 412 with what is there now", () =>
  withThings(async (ask) => {
    const put = (ifMatch?: string) =>
      ask("PUT", "/things/a?dry=true", undefined, ifMatch === undefined ? {} : { "if-match": ifMatch });
    assert.equal((await put()).status, 428);
    for (const tag of ["3", 'W/"3"', '"x"', '"1", "2"', "", '"-1"'])
      assert.equal((await put(tag)).body["code"], "badIfMatch", tag);
    const stale = await put('"1"');
    assert.deepEqual([stale.status, stale.body["current"]], [412, { revision: 2 }]);
    const done = await put('"2"');
    assert.deepEqual(done, { status: 200, etag: '"3"', body: { id: "a", dry: true, seen: 2, revision: 3 } });
    assert.equal((await put("*")).body["seen"], null);
  }));
