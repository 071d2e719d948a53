// Requests as rooms other than webhook/ make them: methods, bodies, headers both ways. Faults of servers are held in
// webhook/faults.test.ts, addresses and redirects of a GET beside their interceptors.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemClock } from "../runtime/clock.ts";
import { createHttpClient, type HttpClient, type HttpClientOptions } from "./client.ts";
import { dnsResolver } from "./dns-resolver.ts";
import { type HttpMethod, type HttpRequest, headerOf } from "./request.ts";

interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Handler = (request: Received, response: ServerResponse) => void;

interface Receiver {
  readonly origin: string;
  readonly received: readonly Received[];
  readonly connections: number;
  close(): Promise<void>;
}

async function receiver(handle: Handler): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, target: url, headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(one);
      handle(one, response);
    });
  });
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get connections() {
      return connections;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const fine: Handler = (_request, response) => response.end("fine");

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  return createHttpClient({
    clock: systemClock,
    allowedNetworks: () => ["127.0.0.0/8"],
    dns: dnsResolver({ clock: systemClock, systemLookup: undefined }),
    ...options,
  });
}

function request(origin: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const base = { target: "/", headers: [], secretHeaders: [], followRedirects: true, timeoutMs: 5_000 };
  return { origin, ...base, ...more };
}

const JSON_BODY = { type: "application/json", octets: new TextEncoder().encode('{"name":"Zoë"}') };

/** A receiver and a client for one test. */
async function withReceiver(
  handle: Handler,
  use: (server: Receiver, http: HttpClient) => Promise<void>,
): Promise<void> {
  const server = await receiver(handle);
  const http = client();
  try {
    await use(server, http);
  } finally {
    await http.close();
    await server.close();
  }
}

describe("a request", () => {
  test("carries its method, headers and body, and gives the reply with its headers", () =>
    withReceiver(
      (_request, response) =>
        response
          .writeHead(201, [
            ["ETag", '"7"'],
            ["Set-Cookie", "a=1"],
            ["Set-Cookie", "b=2"],
          ])
          .end("made"),
      async (server, http) => {
        const outcome = await http.send(
          request(server.origin, {
            target: "/things?x=1",
            method: "POST",
            headers: ["user-agent", "Switchhook/1.2.3"],
            secretHeaders: ["authorization", "Bearer s3cret"],
            body: JSON_BODY,
          }),
        );
        assert.ok(outcome.ok);
        const { status, body, hops } = outcome.value;
        assert.deepEqual([status, Buffer.from(body).toString(), hops], [201, "made", []]);
        assert.equal(headerOf(outcome.value, "etag"), '"7"');
        assert.deepEqual(outcome.value.headers["set-cookie"], ["a=1", "b=2"]);
        assert.equal(headerOf(outcome.value, "set-cookie"), "a=1");
        assert.equal(headerOf(outcome.value, "location"), undefined);
        const [got] = server.received;
        assert.ok(got);
        assert.deepEqual([got.method, got.target, got.body], ["POST", "/things?x=1", '{"name":"Zoë"}']);
        assert.equal(got.headers["content-type"], "application/json");
        assert.equal(got.headers["content-length"], String(JSON_BODY.octets.length));
        assert.equal(got.headers["user-agent"], "Switchhook/1.2.3");
        assert.equal(got.headers["authorization"], "Bearer s3cret");
      },
    ));

  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] satisfies HttpMethod[]) {
    test(`${method} without a body`, () =>
      withReceiver(fine, async (server, http) => {
        const outcome = await http.send(request(server.origin, { method }));
        assert.ok(outcome.ok, JSON.stringify(outcome));
        assert.equal(Buffer.from(outcome.value.body).toString(), method === "HEAD" ? "" : "fine");
        assert.equal(server.received[0]?.method, method);
        assert.equal(server.received[0]?.headers["content-type"], undefined);
      }));
  }

  test("may ask for a larger reply than 64 KiB, and gets no larger one than it asked for", () =>
    withReceiver(
      (_request, response) => response.end("x".repeat(100_000)),
      async (server, http) => {
        const plain = await http.send(request(server.origin));
        assert.deepEqual(plain, { ok: false, error: { code: "bodyTooLarge", limit: 65_536 } });
        const larger = await http.send(request(server.origin, { maxReplyBytes: 100_000 }));
        assert.equal(larger.ok && larger.value.body.length, 100_000);
        const less = await http.send(request(server.origin, { maxReplyBytes: 99_999 }));
        assert.deepEqual(less, { ok: false, error: { code: "bodyTooLarge", limit: 99_999 } });
      },
    ));

  test("with a header that cannot be written fails, and nothing is sent", () =>
    withReceiver(fine, async (server, http) => {
      const outcome = await http.send(request(server.origin, { headers: ["x-name", "a\r\nx-other: b"] }));
      assert.equal(!outcome.ok && outcome.error.code, "badHeader");
      assert.equal(server.received.length, 0);
    }));

  test("to an address that is not listed is not sent, whatever its method", () =>
    withReceiver(fine, async (server) => {
      const http = client({ allowedNetworks: () => [] });
      const outcome = await http.send(request(server.origin, { method: "POST", body: JSON_BODY }));
      assert.equal(!outcome.ok && outcome.error.code, "addressNotListed");
      assert.equal(server.received.length, 0);
      await http.close();
    }));

  test("is answered once the client is closed: it is stopping", () =>
    withReceiver(fine, async (server, http) => {
      await http.close();
      const outcome = await http.send(request(server.origin));
      assert.deepEqual(outcome, { ok: false, error: { code: "stopping" } });
    }));
});

describe("a redirect of a request with a body (RFC 9110 §15.4)", () => {
  const cases: readonly (readonly [status: number, method: HttpMethod, follows: string])[] = [
    [301, "POST", "GET "],
    [302, "POST", "GET "],
    [303, "POST", "GET "],
    [307, "POST", 'POST {"name":"Zoë"}'],
    [308, "POST", 'POST {"name":"Zoë"}'],
    [302, "PUT", 'PUT {"name":"Zoë"}'],
    [303, "PUT", "GET "],
    [303, "HEAD", "HEAD "],
  ];
  for (const [status, method, follows] of cases) {
    test(`${status} of ${method}`, () =>
      withReceiver(
        ({ target }, response) => {
          if (target === "/") response.writeHead(status, { location: "/there" }).end();
          else response.end("fine");
        },
        async (server, http) => {
          const body = method === "HEAD" ? undefined : JSON_BODY;
          const outcome = await http.send(request(server.origin, { method, body }));
          assert.ok(outcome.ok, JSON.stringify(outcome));
          assert.deepEqual(outcome.value.hops, [`${server.origin}/there`]);
          const hop = server.received[1];
          assert.equal(`${hop?.method} ${hop?.body}`, follows);
          assert.equal(hop?.headers["content-type"], hop?.body === "" ? undefined : "application/json");
        },
      ));
  }

  test("to another origin keeps the body and loses the secret headers", () =>
    withReceiver(fine, async (other, http) => {
      const server = await receiver((_request, response) => {
        response.writeHead(307, { location: `${other.origin}/there` }).end();
      });
      const outcome = await http.send(
        request(server.origin, {
          method: "POST",
          body: JSON_BODY,
          secretHeaders: ["authorization", "Bearer s3cret"],
        }),
      );
      assert.equal(outcome.ok, true);
      assert.equal(server.received[0]?.headers["authorization"], "Bearer s3cret");
      assert.equal(other.received[0]?.headers["authorization"], undefined);
      assert.equal(other.received[0]?.body, '{"name":"Zoë"}');
      await server.close();
    }));
});

describe("a kept connection that is closed under a request (RFC 9112 §9.3.1)", () => {
  const cases: readonly (readonly [what: string, more: Partial<HttpRequest>, again: boolean])[] = [
    ["a PUT is sent again", { method: "PUT", body: JSON_BODY }, true],
    ["a POST is not", { method: "POST", body: JSON_BODY }, false],
    ["a PATCH is not", { method: "PATCH", body: JSON_BODY }, false],
    ["a POST that may be repeated is", { method: "POST", body: JSON_BODY, repeatable: true }, true],
    ["a GET that may not is not", { repeatable: false }, false],
  ];
  for (const [what, more, again] of cases) {
    test(what, async () => {
      let resent = 0;
      const server = await receiver((one, response) => {
        const broken = one.target === "/second" && server.received.length === 2;
        if (broken) response.destroy();
        else response.end("fine");
      });
      const http = client({
        onResent: () => {
          resent += 1;
        },
      });
      assert.equal((await http.send(request(server.origin))).ok, true);
      await nextTurn(); // then undici takes the connection for free
      const outcome = await http.send(request(server.origin, { target: "/second", ...more }));
      assert.equal(outcome.ok || outcome.error.code, again ? true : "closedEarly");
      assert.deepEqual([server.received.length, resent], again ? [3, 1] : [2, 0]);
      assert.equal(server.connections, again ? 2 : 1);
      assert.equal(server.received.at(-1)?.body, more.body === undefined ? "" : '{"name":"Zoë"}');
      await http.close();
      await server.close();
    });
  }
});
