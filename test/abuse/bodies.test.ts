// Bad input of issue 13: whatever the body of a request is, no route answers 500, none applies half of it, and nothing is logged as
// a fault.
// Over 5 s: every route is asked with every kind of bad body.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { openapiOf } from "../../src/api/contract/openapi.ts";
import { isRaw, needsIfMatch, type RouteShape } from "../../src/api/contract/route.ts";
import { ROUTES } from "../../src/api/contract/routes.ts";
import { limitOf } from "../../src/api/gate.ts";
import { companyText, ringPhone } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { mutationsOf, sampleOf } from "./parts/body-samples.ts";

const SEED = 20_261_129;
/** Mutations of the document of each route, besides those that are the same for all. */
const MUTATIONS = depth(18, 600);
const HUGE = 20_000_000;
const WITH_BODY = ROUTES.filter(({ body }) => body !== undefined);
/** They do what they say for whatever is well-formed: a call, speech. */
const NOT_ASKED = new Set(["calls.test", "audio.speak"]);

const HOOK = { name: "Fuzz", callerIdForwarding: "caller", urlTemplate: "http://127.0.0.1:9/?n={callerid}" };
const STEPS = [
  { type: "callerName", mode: "prepend", text: "Fuzz " },
  { type: "phone", phone: "215", ringSeconds: 5 },
];
/** Documents that are taken, where a schema alone does not tell of one. */
const DOCUMENTS: Readonly<Record<string, unknown>> = {
  "phones.create": { extension: "388", name: "Fuzz", password: "correct-horse-388" },
  "groups.create": { extension: "377", name: "Fuzz", members: ["215"], strategy: "all" },
  "webhooks.create": HOOK,
  "plans.create": { name: "Fuzz", steps: STEPS },
  "plans.saveDraft": { steps: STEPS },
  "numbers.create": { number: "+31501234999", plan: "for-31501234567" },
  "webhooks.try": { document: HOOK, values: { callerid: "+31612345678", did: "+31501234567" } },
  "openId.put": { label: "Fuzz", issuer: "https://login.example", clientId: "fuzz", clientSecret: "secret" },
};

/** JSON Schemas of the bodies, as the OpenAPI document has them. */
const document = JSON.parse(JSON.stringify(openapiOf(ROUTES, "1"))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};
interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
}

describe("bodies of every route", () => {
  let server: TestServer;
  let tokens: readonly string[] = [];
  let asked = 0;
  /** Routes that took some body. */
  const taken = new Set<string>();
  const ids = new Map<string, string>();

  before(async () => {
    const company = companyText({ caller: ownAddress(), routes: { "+31501234567": [ringPhone("215", 5)] } });
    server = await startServer({ company });
    const first = readFileSync(path.join(server.dataDir, "api-token"), "utf8").trim();
    tokens = [first];
    const more: string[] = [];
    // A token has 300 requests at once.
    for (let nth = 0; nth < Math.ceil((WITH_BODY.length * (MUTATIONS + 20)) / 250); nth += 1) {
      const made = await ask("POST", "/tokens", JSON.stringify({ name: `t${nth}`, role: "administrator" }));
      more.push(String(made.body["token"]));
    }
    tokens = more;
    await ask("POST", "/users", JSON.stringify({ name: "Fuzz", role: "viewer" }));
    for (const resource of ["phones", "groups", "webhooks", "plans", "numbers", "users"]) {
      const { body } = await ask("GET", `/${resource}?limit=1`);
      const [item] = (body["items"] ?? []) as readonly { readonly id: string }[];
      if (item !== undefined) ids.set(resource, item.id);
    }
  });
  after(() => server.stop());

  async function ask(
    method: string,
    where: string,
    body?: string,
    more: Readonly<Record<string, string>> = {},
  ) {
    asked += 1;
    const headers = {
      authorization: `Bearer ${tokens[asked % tokens.length] ?? ""}`,
      "idempotency-key": `key ${asked}`,
      ...(method === "GET" ? {} : { "content-type": "application/json" }),
      ...more,
    };
    // An address may sign in sixty times a minute.
    const localAddress = `127.0.7.${1 + (asked % 200)}`;
    const [status, type, text] = await new Promise<[number, string, string]>((resolve, reject) => {
      const sent = request(`${server.http}/api/v1${where}`, { method, headers, localAddress, agent: false });
      sent.on("error", reject);
      sent.on("response", (response) => {
        let got = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (got += part));
        response.on("end", () =>
          resolve([response.statusCode ?? 0, response.headers["content-type"] ?? "", got]),
        );
        response.on("error", reject);
      });
      sent.end(body);
    });
    return { status, body: type.includes("json") ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  function addressOf({ path: route }: RouteShape): string {
    const [, resource = ""] = route.split("/");
    return route.replaceAll(/:(\w+)/g, (_all, name: string) =>
      name === "id" ? (ids.get(resource) ?? "x") : "x",
    );
  }

  /** The newest entry of the audit log: each change is one. */
  async function newest(): Promise<number> {
    const { body } = await ask("GET", "/audit?limit=50");
    const items = body["items"] as readonly { readonly id: number; readonly what: string }[];
    return items.find(({ what }) => what !== "signInFailed")?.id ?? 0;
  }

  /** All that is configured, as the API has it. */
  async function everything(): Promise<string> {
    const response = await fetch(`${server.http}/api/v1/company`, {
      headers: { authorization: `Bearer ${tokens[0] ?? ""}` },
    });
    return response.text();
  }

  for (const route of WITH_BODY) {
    if (NOT_ASKED.has(route.id)) continue;
    test(`${route.id}: never 500, never half applied`, async () => {
      const random = seededRandom(`${SEED} ${route.id}`);
      const headers: Record<string, string> = needsIfMatch(route) ? { "if-match": "*" } : {};
      const sample =
        DOCUMENTS[route.id] ??
        (isRaw(route.body) ? "x: 1" : sampleOf(schemaOf(route), document.components.schemas));
      const [before, wasThere] = [await newest(), await everything()];
      let done = 0;
      for (const body of mutationsOf(sample, MUTATIONS, random)) {
        const { status, body: answer } = await ask(route.method, addressOf(route), body, headers);
        const what = `seed ${SEED}: ${status} ${JSON.stringify(answer).slice(0, 300)} for ${body.slice(0, 300)}`;
        assert.ok(status < 500 || status === 503 || status === 502, what);
        if (status < 400) {
          done += 1;
          taken.add(route.id);
        } else assert.ok(typeof answer["code"] === "string" && typeof answer["requestId"] === "string", what);
      }
      const isChanged = (await newest()) !== before;
      assert.ok(!isChanged || done > 0, "something was changed, and all requests were refused");
      if (done === 0) assert.equal(await everything(), wasThere);
    });
  }

  test("the documents that are mutated are those of the routes: they are taken as they are", () => {
    const some = [
      ...Object.keys(DOCUMENTS),
      "users.create",
      "users.change",
      "tokens.create",
      "webhooks.preview",
    ];
    assert.deepEqual(
      some.filter((id) => !taken.has(id)),
      [],
    );
  });

  test("half-sent bodies change nothing", async () => {
    const before = await newest();
    for (const route of WITH_BODY) {
      const body = '{"name":"Half","extension":"399","role":"viewer"';
      await raw(route, body.length + 100, body, "leave");
    }
    assert.equal(await newest(), before);
  });

  test("I14: a body of 20 MB is refused by its announced length, where it is more than the route takes", async () => {
    for (const route of WITH_BODY) {
      const isStream = isRaw(route.body) && route.body.raw === "octets";
      if (isStream || limitOf(route) >= HUGE) continue;
      assert.match(await raw(route, HUGE, "{", "wait"), /^HTTP\/1\.1 413 /, route.id);
    }
  });

  /** A request by hand: what is announced does not come. */
  function raw(route: RouteShape, length: number, sent: string, then: "wait" | "leave"): Promise<string> {
    asked += 1;
    const { hostname, port } = new URL(server.http);
    return new Promise((resolve) => {
      const localAddress = `127.0.8.${1 + (asked % 200)}`;
      const socket = connect({ host: hostname, port: Number(port), localAddress });
      let answer = "";
      socket.on("data", (octets: Buffer) => {
        answer += octets.toString("latin1");
        if (then === "wait") socket.destroy();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer));
      socket.write(
        [
          `${route.method} /api/v1${addressOf(route)} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          `Authorization: Bearer ${tokens[asked % tokens.length] ?? ""}`,
          `Content-Type: application/json`,
          `Idempotency-Key: raw ${asked}`,
          "If-Match: *",
          `Content-Length: ${length}`,
          "",
          sent,
        ].join("\r\n"),
        () => {
          if (then === "leave") socket.end();
        },
      );
    });
  }
});

function schemaOf({ method, path: route }: RouteShape): object {
  const content =
    document.paths[route.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()]?.requestBody?.content;
  const [type] = Object.values(content ?? {});
  assert.ok(type?.schema !== undefined, route);
  return type.schema;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seededRandom(seed: string): () => number {
  let state = [...seed].reduce(
    (sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 16_777_619),
    2_166_136_261,
  );
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
