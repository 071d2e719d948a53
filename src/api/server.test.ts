import assert from "node:assert/strict";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { callRecord } from "../../test/support/call-record.ts";
import type { CallFilter } from "../model/repositories.ts";
import { authenticator } from "./auth.ts";
import type { ShownCall } from "./contract/calls.ts";
import { metricsText } from "./metrics-text.ts";
import type { ApiPorts } from "./ports.ts";
import { createApiServer } from "./server.ts";
import { silentAccounts, silentPorts } from "./silent-ports.suite.ts";

const TOKEN = "0123456789abcdef".repeat(4);
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

const CALLS = silentPorts.calls;

interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

interface Answered {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json(): { readonly detail: string };
}

/** A server that listens: the gate stands before what fastify's own injection reaches. */
interface Listening {
  readonly port: number;
  inject(asked: Asked): Promise<Answered>;
  close(): Promise<unknown>;
}

/** A body is sent when the server says so (RFC 9110 §10.1.1): one that refuses it may be gone before all is sent. */
async function ask(
  port: number,
  { url, method = "GET", headers = {}, payload = "" }: Asked,
): Promise<Answered> {
  const length = { "content-length": String(Buffer.byteLength(payload)), expect: "100-continue" };
  const all = payload === "" ? headers : { ...headers, ...length };
  const request = httpRequest({ host: "127.0.0.1", port, path: url, method, headers: all });
  const answer = new Promise<Answered>((resolve, reject) => {
    request.once("error", reject);
    request.once("continue", () => request.end(payload));
    request.once("response", (response) => {
      text(response).then((body) => {
        const { statusCode = 0 } = response;
        resolve({
          statusCode,
          headers: response.headers,
          body,
          json: () => JSON.parse(body) as { detail: string },
        });
      }, reject);
    });
  });
  if (payload === "") request.end();
  else request.flushHeaders();
  return await answer;
}

async function withServer(
  change: Partial<ApiPorts>,
  work: (server: Listening) => Promise<void>,
): Promise<void> {
  const server = createApiServer({
    ...silentPorts,
    authenticate: authenticator(TOKEN, silentAccounts, false),
    ...change,
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  try {
    await work({ port, inject: (asked) => ask(port, asked), close: async () => server.close() });
  } finally {
    await server.close();
  }
}

/** All that the server sends to these octets until it closes. */
function exchange(port: number, octets: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(octets);
  return text(socket);
}

/** A minute later each time it is asked: no limit of requests is in the way. */
function hurrying(): () => number {
  let at = 0;
  return () => (at += 60_000);
}

test("three routes are open, everything else needs the token", () =>
  withServer({ monotonicMs: hurrying() }, async (server) => {
    for (const url of ["/health", "/ready", "/metrics"]) {
      assert.equal((await server.inject({ url })).statusCode, 200, url);
    }
    const routes = [
      "/api/v1/company",
      "/api/v1/calls",
      "/api/v1/calls/x",
      "/api/v1/registrations",
      "/api/v1/phones/status",
      "/api/v1/trunks/status",
      "/api/v1/bans",
    ];
    const wrong = [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      `Bearer ${TOKEN}0`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer ${TOKEN} x`,
      "Bearer é",
    ];
    for (const url of routes) {
      for (const authorization of wrong) {
        const response = await server.inject({
          url,
          headers: authorization === undefined ? {} : { authorization },
        });
        assert.equal(response.statusCode, 401, `${url} with ${authorization}`);
        assert.match(response.headers["www-authenticate"] as string, /^Bearer/);
      }
      assert.notEqual((await server.inject({ url, headers: AUTHORIZED })).statusCode, 401);
    }
    assert.equal(
      (await server.inject({ url: "/api/v1/company", method: "PUT", payload: "x" })).statusCode,
      401,
    );
  }));

test("a call list passes its filters on, and refuses wrong ones with a sentence", async () => {
  const asked: CallFilter[] = [];
  const list = async (filter: CallFilter) => {
    asked.push(filter);
    return [];
  };
  const since: number[] = [];
  const refusedSince = async (at: number) => {
    since.push(at);
    return { calls: 7, registrations: 3 };
  };
  await withServer({ now: () => 100_000_000, calls: { ...CALLS, list, refusedSince } }, async (server) => {
    const get = (url: string) => server.inject({ url, headers: AUTHORIZED });
    const answer = await get("/api/v1/calls");
    assert.deepEqual(answer.json(), { items: [], next: null, refused: { calls: 7, registrations: 3 } });
    assert.deepEqual(since, [100_000_000 - 86_400_000], "refused in the last 24 hours");
    await get("/api/v1/calls?limit=5&before=abc&result=busy&party=%2B31");
    await get("/api/v1/calls?kind=stranger,registration");
    assert.deepEqual(JSON.parse(JSON.stringify(asked.splice(0))), [
      { limit: 101, kinds: ["call"] },
      { limit: 6, before: "abc", results: ["busy"], party: "+31", kinds: ["call"] },
      { limit: 101, kinds: ["stranger", "registration"] },
    ]);
    for (const query of [
      "limit=0",
      "limit=1001",
      "limit=x",
      "result=none",
      "colour=red",
      "kind=",
      "kind=friend",
      "kind=call,stranger,registration,call",
      `before=${"x".repeat(200)}`,
    ]) {
      const response = await get(`/api/v1/calls?${query}`);
      assert.equal(response.statusCode, 400, query);
      assert.equal(response.headers["content-type"], "application/problem+json");
      assert.ok(response.json().detail.length > 0);
    }
    assert.equal(asked.length, 0);
  });
});

test("a call is answered whole, an unknown one with 404", async () => {
  const record = callRecord("abc", 1);
  await withServer(
    { calls: { ...CALLS, get: async (id) => (id === "abc" ? record : undefined) } },
    async (server) => {
      const found = await server.inject({ url: "/api/v1/calls/abc", headers: AUTHORIZED });
      const { sentences, spans, path, fixes, ...whole } = JSON.parse(found.body) as ShownCall;
      assert.deepEqual(whole, JSON.parse(JSON.stringify(record)));
      assert.deepEqual([sentences.length, spans, path, fixes], [record.story.length, [], [], []]);
      assert.equal((await server.inject({ url: "/api/v1/calls/abd", headers: AUTHORIZED })).statusCode, 404);
    },
  );
});

test("whoever follows a call is answered when there is more of it, or it is over; and leaves nothing behind", async () => {
  const note = (seq: number) => ({ type: "note", seq, atMs: seq, leg: undefined, text: "" }) as const;
  const upTo = (seq: number) =>
    callRecord("abc", 1, { result: "ongoing", sip: [], story: [1, 2, 3].slice(0, seq).map(note) });
  let record = upTo(1);
  const listeners = new Set<() => void>();
  let came = (): void => {};
  const asked = () => new Promise<void>((resolve) => (came = resolve));
  const follow: ApiPorts["liveCalls"]["follow"] = (id, listener) => {
    assert.equal(id, "abc");
    const heard = (): void => listener({ call: record, entries: [], isFirst: false, isReset: false });
    listeners.add(heard);
    return () => void listeners.delete(heard);
  };
  const get = async () => {
    came();
    return record;
  };
  const ports = { calls: { ...CALLS, get }, liveCalls: { ...silentPorts.liveCalls, follow } };
  await withServer(ports, async (server) => {
    const url = (behind: number): string => `/api/v1/calls/abc?behind=${behind}`;
    const entries = async (behind: number): Promise<number> => {
      const { body } = await server.inject({ url: url(behind), headers: AUTHORIZED });
      return (JSON.parse(body) as ShownCall).story.length;
    };
    assert.equal(await entries(0), 1, "there is more already");
    for (const next of [2, 3]) {
      const wasRead = asked();
      const answer = entries(next - 1);
      await wasRead;
      record = upTo(next);
      assert.equal(listeners.size, 1);
      for (const listener of listeners) listener();
      assert.equal(await answer, next);
    }
    const wasRead = asked();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`GET ${url(3)} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
    await wasRead;
    assert.equal(listeners.size, 1);
    socket.destroy();
    while (listeners.size > 0) await new Promise((resolve) => setImmediate(resolve));
    record = { ...upTo(3), result: "completed" };
    assert.equal(await entries(3), 3, "it is over");
    assert.equal(listeners.size, 0);
  });
});

test("a company file arrives as the text that was sent, whatever its type is called", async () => {
  const texts: string[] = [];
  const apply: ApiPorts["apply"] = async (text, file) => {
    texts.push(`${file}: ${text}`);
    return { type: "applied", answer: { version: 1, changes: [], warnings: [] } };
  };
  await withServer({ apply }, async (server) => {
    for (const type of [
      "application/yaml",
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
    ]) {
      const headers = { ...AUTHORIZED, "content-type": type };
      const response = await server.inject({
        url: "/api/v1/company?file=a.yaml",
        method: "PUT",
        headers,
        payload: '{"é": 1}',
      });
      assert.equal(response.statusCode, 200, type);
    }
    assert.deepEqual(texts, Array(4).fill('a.yaml: {"é": 1}'));
    const empty = await server.inject({ url: "/api/v1/company", method: "PUT", headers: AUTHORIZED });
    assert.equal(empty.statusCode, 400);
  });
});

test("a company file over 32 MiB is refused, one of 32 MiB is not", () =>
  withServer(
    { apply: async (text) => ({ type: "failed", sentence: `${text.length} arrived` }) },
    async (server) => {
      const headers = { ...AUTHORIZED, "content-type": "application/yaml" };
      const put = (bytes: number) =>
        server.inject({ url: "/api/v1/company", method: "PUT", headers, payload: "x".repeat(bytes) });
      assert.equal((await put(32 * 1024 * 1024 + 1)).statusCode, 413);
      assert.equal((await put(32 * 1024 * 1024)).json().detail, "33554432 arrived");
    },
  ));

test("what goes wrong inside is told to the log and not to the client", async () => {
  const failures: string[] = [];
  const ports: Partial<ApiPorts> = {
    registrations: { load: () => Promise.reject(new Error("secret path /srv/x")) },
    failed: (route, error) => void failures.push(`${route}: ${String(error)}`),
  };
  await withServer(ports, async (server) => {
    const response = await server.inject({ url: "/api/v1/registrations", headers: AUTHORIZED });
    assert.equal(response.statusCode, 500);
    assert.ok(!response.body.includes("/srv/x"));
    assert.deepEqual(failures, ["GET /api/v1/registrations: Error: secret path /srv/x"]);
  });
});

test("an unknown address is answered with 404 and no page", () =>
  withServer({}, async (server) => {
    const response = await server.inject({ url: "/nothing/here?x=<script>", method: "POST" });
    assert.equal(response.statusCode, 404);
    assert.equal(response.json().detail, "There is no POST /nothing/here.");
  }));

test("a stop does not wait for a client that keeps its connection open", () =>
  withServer({}, async (server) => {
    const { port } = server;
    const closed = new Promise<void>((resolve) => {
      const request = httpRequest(
        { port, path: "/health", headers: { connection: "keep-alive" } },
        (response) => {
          response.resume();
          response.once("end", () => void server.close().then(() => resolve()));
        },
      );
      request.once("error", () => {});
      request.end();
    });
    await closed;
  }));

test("metrics are grouped by name, with one type line each; what is no name is left out", () => {
  const counters = { 'b_total{kind="y"}': 2, a_total: 1, 'b_total{kind="x"}': 3, "not valid": 1 };
  assert.equal(
    metricsText({ counters: { ...counters }, gauges: { g: 0.5 } }),
    '# TYPE a_total counter\na_total 1\n# TYPE b_total counter\nb_total{kind="x"} 3\nb_total{kind="y"} 2\n' +
      "# TYPE g gauge\ng 0.5\n",
  );
});

test("I14: over the limit a request is answered 429 with Retry-After; the right token goes by the others' limits", () =>
  withServer({}, async (server) => {
    const answers = async (count: number, headers: Record<string, string>, url = "/api/v1/calls") => {
      const statuses = new Map<number, number>();
      for (let at = 0; at < count; at++) {
        const response = await server.inject({ url, headers });
        statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1);
        if (response.statusCode !== 429) continue;
        assert.match(String(response.headers["retry-after"]), /^[1-9][0-9]?$/);
        assert.equal(response.headers["content-type"], "application/problem+json");
        assert.match(response.json().detail, /come again in \d+ s\./);
      }
      return Object.fromEntries(statuses);
    };
    assert.deepEqual(await answers(15, { authorization: "Bearer wrong" }), { 401: 10, 429: 5 });
    assert.deepEqual(await answers(601, {}), { 401: 600, 429: 1 });
    assert.deepEqual(await answers(1, {}, "/api/v1/nothing"), { 429: 1 });
    assert.deepEqual(await answers(301, AUTHORIZED), { 200: 300, 429: 1 });
    assert.deepEqual(await answers(1000, {}, "/health"), { 200: 1000 }, "health is never refused");
  }));

test("X10: what is no request of ours is answered 4xx in problem details, closed and counted, whatever it is", () =>
  withServer({}, async (server) => {
    const field = `Authorization: Bearer ${TOKEN}\r\n`;
    const body = "Content-Length: 2000000000\r\n";
    const inputs = [
      [404, `POST /%zz HTTP/1.1\r\nHost: localhost\r\n${body}\r\nx`],
      [400, `POST /%zz HTTP/1.1\r\nHost: localhost\r\n${field}${body}\r\nx`],
      [421, `PUT /api/v1/company HTTP/1.1\r\nHost: evil.example\r\n${body}\r\nx`],
      [401, `PUT /api/v1/company HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\n${body}\r\nx`],
      [417, `PUT /api/v1/company HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\n${field}${body}\r\nx`],
      [417, `GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\n${body}\r\nx`],
      [400, `GET /health HTTP/1.1\r\n\r\n`],
      [400, "nonsense\r\n\r\n"],
      [431, `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`],
    ] as const;
    for (const [status, octets] of inputs) {
      const answer = await exchange(server.port, octets);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), octets.slice(0, 60));
      assert.match(answer, /\r\nconnection: close\r\n/i, octets.slice(0, 60));
      assert.match(answer, /\r\ncontent-type: application\/problem\+json\r\n/i);
      assert.deepEqual(Object.keys(JSON.parse(answer.split("\r\n\r\n")[1] ?? "") as object), [
        "type",
        "code",
        "title",
        "status",
        "detail",
        "requestId",
      ]);
    }
    for (let at = 0; at < 600; at++) await server.inject({ url: "/api/%zz" });
    for (const [status, octets] of inputs) {
      const isTrusted = octets.includes(field);
      const answer = await exchange(server.port, octets);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${isTrusted ? status : 429} `), octets.slice(0, 60));
    }
  }));

test("X11: one request at a time: what is sent ahead is left unread, and the first answer is the last", async () => {
  let asked = 0;
  const status: ApiPorts["status"] = async () => {
    asked += 1;
    return { ready: true, reason: "", counters: {}, gauges: {} };
  };
  await withServer({ status }, async (server) => {
    const get = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const count of [2, 100]) {
      const answer = await exchange(server.port, get.repeat(count));
      assert.equal(answer.match(/HTTP\/1.1 200/g)?.length, 1);
      assert.match(answer, /\r\nconnection: close\r\n/i);
    }
    assert.equal(asked, 2);
  });
});

test("X11: however often /ready and /metrics are asked, the calls' side is asked 20 times a second", async () => {
  let now = 0;
  let asked = 0;
  const status: ApiPorts["status"] = async () => {
    asked += 1;
    return { ready: true, reason: "", counters: { asked }, gauges: {} };
  };
  await withServer({ status, monotonicMs: () => now }, async (server) => {
    for (let at = 0; at < 100; at++) await server.inject({ url: at % 2 === 0 ? "/metrics" : "/ready" });
    assert.equal(asked, 20);
    now = 1000;
    assert.match(
      (await server.inject({ url: "/metrics" })).body,
      /asked 21\n/,
      "no value is older than a second",
    );
  });
});

test("X10: a body is refused by its announced length, and where none is taken", () =>
  withServer({ monotonicMs: hurrying() }, async (server) => {
    const put = (url: string, method: "GET" | "PUT" | "POST", bytes: number) =>
      server.inject({ url, method, headers: AUTHORIZED, payload: "x".repeat(bytes) });
    for (const [response, status] of [
      [await put("/api/v1/company", "PUT", 32 * 1024 * 1024 + 1), 413],
      [await put("/health", "GET", 1), 413],
      [await put("/nothing", "POST", 1), 404],
    ] as const) {
      assert.equal(response.statusCode, status);
      assert.equal(response.headers.connection, "close");
      assert.equal(response.headers["content-type"], "application/problem+json");
    }
  }));

test("a certificate that was read again is in the audit log, one that could not be is not", async () => {
  const noted: unknown[] = [];
  const note: ApiPorts["note"] = async (what, by) => void noted.push([what, by.name]);
  for (const [answer, status] of [
    [{ ok: true, value: "It is read." }, 200],
    [{ ok: false, error: "There is none." }, 409],
  ] as const)
    await withServer({ note, reload: async () => answer }, async (server) => {
      const asked = await server.inject({ method: "POST", url: "/api/v1/reload", headers: AUTHORIZED });
      assert.equal(asked.statusCode, status, asked.body);
    });
  assert.deepEqual(noted, [["certificateRead", "api-token"]]);
});

test("N9, X3: phones and bans are listed, bans lifted by name and all; 503 while the calls' side is silent", async () => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const asked: unknown[] = [];
  const ban = {
    kind: "slowed",
    what: "215",
    since: 1,
    until: 2,
    why: "guesses",
    code: "x",
    args: {},
  } as const;
  const access: ApiPorts["access"] = async (lift) => {
    asked.push(lift);
    return {
      registered: 0,
      bans: [ban],
      trunks: [],
      lifted: lift === undefined || lift.what === "nobody" ? 0 : 1,
    };
  };
  const phone = { extension: "215", name: "Desk", contacts: [], lastFailure: undefined };
  const noted: unknown[] = [];
  const note: ApiPorts["note"] = async (what, by, about) => void noted.push([what, by.name, about]);
  await withServer({ access, note, phoneStatus: async () => [phone] }, async (server) => {
    const get = async (url: string): Promise<unknown> =>
      (await server.inject({ url: `/api/v1/${url}`, headers })).json();
    assert.deepEqual(await get("phones/status"), {
      phones: [{ extension: "215", name: "Desk", contacts: [] }],
    });
    assert.deepEqual(await get("trunks/status"), { trunks: [] });
    assert.deepEqual(await get("bans"), { bans: [ban] });
    const lift = (url: string) => server.inject({ method: "DELETE", url: `/api/v1/${url}`, headers });
    assert.deepEqual((await lift("bans")).json(), { lifted: 1 });
    assert.deepEqual((await lift("bans/2001:db8:1::%2F48")).json(), { lifted: 1 });
    assert.equal((await lift("bans/nobody")).statusCode, 404);
    assert.deepEqual(asked.slice(2), [{ what: undefined }, { what: "2001:db8:1::/48" }, { what: "nobody" }]);
    assert.deepEqual(noted, [
      ["bansLifted", "api-token", undefined],
      ["bansLifted", "api-token", "2001:db8:1::/48"],
    ]);
  });
  await withServer({}, async (server) => {
    for (const url of ["/api/v1/bans", "/api/v1/phones/status"])
      assert.equal((await server.inject({ url, headers })).statusCode, 503, url);
  });
});
