// Over 5 s: receivers that stall are waited for.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Behaviour, reply, startFaultServer } from "../../test/fakes/fault-server.ts";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { fixedNames, testClient, VALUES, webhookAt } from "../../test/fakes/webhook-client.ts";
import { MAX_IN_FLIGHT, MAX_ORIGINS } from "../http/connections.ts";

const ack = reply("status=ACK&destination=215&callername=Jansen+Co");

describe("a request", () => {
  test("carries the URL, the headers and the call's id, and its reply comes back understood", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const url = `${server.origin}/route?did={did}&callerid={callerid}&callername={callername}`;
    const result = await client.ask(webhookAt(url), VALUES);
    const { elapsedMs, timings, ...rest } = result;
    assert.deepEqual(Object.keys(timings ?? {}), ["connectMs", "firstByteMs", "bodyMs"]);
    assert.ok(elapsedMs >= 0 && elapsedMs < 5_000);
    const target = "/route?did=%2B31501234567&callerid=%2B31612345678&callername=Jan%20Jansen";
    assert.deepEqual(rest, {
      verdict: "ack",
      destination: "215",
      callerName: "Jansen Co",
      failure: undefined,
      args: { destination: "215", callerName: "Jansen Co" },
      reason: 'The receiver answered ACK, destination 215, name "Jansen Co".',
      warnings: [],
      status: 200,
      url: server.origin + target,
      excerpt: "status=ACK&destination=215&callername=Jansen+Co",
    });
    const [request] = server.requests;
    assert.equal(request?.method, "GET");
    assert.equal(request.target, target);
    assert.equal(request.headers.get("host"), `127.0.0.1:${server.port}`);
    assert.equal(request.headers.get("user-agent"), "Switchhook/1.2.3");
    assert.equal(
      request.headers.get("accept"),
      "application/x-www-form-urlencoded, application/json;q=0.9, text/plain;q=0.8, */*;q=0.1",
    );
    assert.equal(request.headers.get("accept-encoding"), "identity");
    assert.equal(request.headers.get("x-call-id"), VALUES.callid);
    assert.match(
      request.headers.get("traceparent") ?? "",
      /^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/,
    );
    assert.equal(request.headers.has("authorization"), false);
    assert.equal(client.logged(), "");
    await client.close();
    await server.close();
  });

  test("has a trace of its own where the call's id is no trace id", async () => {
    const server = await startFaultServer(ack);
    const client = testClient({ ids: seededIds(1) });
    for (const callid of ["call-7", "call-7"])
      await client.ask(webhookAt(`${server.origin}/`), { ...VALUES, callid });
    const traces = server.requests.map((request) => request.headers.get("traceparent") ?? "");
    assert.equal(new Set(traces).size, 2);
    for (const trace of traces) assert.match(trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await client.close();
    await server.close();
  });

  test("a call id cannot inject a header", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const result = await client.ask(webhookAt(`${server.origin}/`), { ...VALUES, callid: "a\r\nX-Evil: 1" });
    assert.equal(result.verdict, "ack");
    assert.equal(server.requests[0]?.headers.get("x-call-id"), "aX-Evil:1");
    assert.equal(server.requests[0]?.headers.has("x-evil"), false);
    await client.close();
    await server.close();
  });

  test("user and password of the URL become an Authorization header and are shown nowhere", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const result = await client.ask(webhookAt(`http://crm:s3cr%65t@127.0.0.1:${server.port}/x`), VALUES);
    const expected = `Basic ${Buffer.from("crm:s3cret").toString("base64")}`;
    assert.equal(server.requests[0]?.headers.get("authorization"), expected);
    assert.equal(result.url, `${server.origin}/x`);
    await client.close();
    await server.close();
  });

  test("a URL that cannot be used is a result like any other", async () => {
    const client = testClient();
    const result = await client.ask(webhookAt("ftp://crm.example/{nonsense}"), VALUES);
    assert.equal(result.verdict, "error");
    assert.match(result.reason, /^The webhook's URL cannot be used: /);
    await client.close();
  });

  test("hostile values arrive as they are, and change nothing else of the request (D11)", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const webhook = webhookAt(`${server.origin}/a/{callername}/b?x=1&callerid={callerid}&did={did}&end=1`);
    const hostile = fc.oneof(
      fc.constantFrom(
        "&end=2",
        "#x",
        "?y=2",
        "%2e%2e/",
        "../..",
        "+31",
        "a b",
        "a\r\nX-Evil: 1",
        "é日🎉",
        "\0",
        "%00",
        "=&=",
      ),
      fc.string({ unit: "binary", maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (callername, callerid, did) => {
        await client.ask(webhook, { ...VALUES, callername: `n${callername}`, callerid, did });
        const got = new URL(server.requests.at(-1)?.target ?? "", server.origin);
        assert.equal(got.pathname.split("/").length, 4);
        assert.equal(decodeURIComponent(got.pathname.split("/")[2] ?? ""), `n${callername}`);
        assert.deepEqual(
          [...got.searchParams],
          [
            ["x", "1"],
            ["callerid", callerid],
            ["did", did],
            ["end", "1"],
          ],
        );
      }),
      { numRuns: 500 },
    );
    await client.close();
    await server.close();
  });
});

describe("a code that the caller typed", () => {
  test("is masked in the URL, the reason, the warnings, the excerpt and the log", async () => {
    const server = await startFaultServer(reply("status=73915&echo=73915"));
    const client = testClient();
    const result = await client.ask(webhookAt(`${server.origin}/vip?code={code}`), {
      ...VALUES,
      code: "73915",
    });
    assert.equal(server.requests[0]?.target, "/vip?code=73915");
    assert.equal(result.url, `${server.origin}/vip?code=***`);
    assert.equal(JSON.stringify(result).includes("73915"), false, JSON.stringify(result));
    assert.notEqual(client.logged(), "");
    assert.equal(client.logged().includes("73915"), false);
    await client.close();
    await server.close();
  });

  test("is masked where a redirect repeats it, too", async () => {
    const server = await startFaultServer((socket, request) =>
      request.target.startsWith("/vip")
        ? reply("", 302, ["Location: /73915?code=73915"])(socket, request)
        : reply("status=ACK")(socket, request),
    );
    const client = testClient();
    const result = await client.ask(webhookAt(`${server.origin}/vip?code={code}`), {
      ...VALUES,
      code: "73915",
    });
    assert.equal(result.verdict, "ack");
    assert.deepEqual(result.warnings, [`The receiver redirected to ${server.origin}/***.`]);
    await client.close();
    await server.close();
  });
});

describe("connections", () => {
  test("are kept alive and used again", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    for (let i = 0; i < 50; i += 1) {
      const { timings } = await client.ask(webhookAt(`${server.origin}/`), VALUES);
      // Making the connection belongs to the first request on it.
      assert.equal(timings?.connectMs !== undefined, i === 0);
      assert.ok(timings?.firstByteMs !== undefined);
      await connectionFree();
    }
    assert.equal(server.requests.length, 50);
    assert.equal(server.connections, 1);
    await client.close();
    await server.close();
  });

  test("one that the server closed just as we sent is replaced once, at once", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const webhook = webhookAt(`${server.origin}/`);
    assert.equal((await client.ask(webhook, VALUES)).verdict, "ack");
    await connectionFree();
    // The second request on the kept connection is met by its end, without a byte of a reply.
    server.behave((socket, request) => (request.connection === 1 ? socket.destroy() : ack(socket, request)));
    const result = await client.ask(webhook, VALUES);
    assert.equal(result.verdict, "ack");
    assert.equal(server.connections, 2);
    assert.equal(client.counters.get("webhook_resent_on_fresh_connection"), 1);
    await client.close();
    await server.close();
  });

  test("a server that always closes sees a request twice at most, a fresh connection's request once", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const webhook = webhookAt(`${server.origin}/`);
    await client.ask(webhook, VALUES);
    await connectionFree();
    server.behave((socket) => socket.destroy());
    const kept = await client.ask(webhook, VALUES);
    assert.equal(kept.verdict, "error");
    assert.equal(server.requests.length, 3);
    const fresh = await client.ask(webhook, VALUES);
    assert.equal(fresh.reason, `127.0.0.1:${server.port} closed the connection without a reply.`);
    assert.equal(server.requests.length, 4);
    await client.close();
    await server.close();
  });

  test("a reply that had begun is never asked for again", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const webhook = webhookAt(`${server.origin}/`);
    await client.ask(webhook, VALUES);
    await connectionFree();
    server.behave((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Le"));
    const result = await client.ask(webhook, VALUES);
    assert.equal(
      result.reason,
      `127.0.0.1:${server.port} closed the connection before the reply was complete.`,
    );
    assert.equal(server.requests.length, 2);
    await client.close();
    await server.close();
  });

  test("the 101st request in flight to one receiver fails at once, others are not disturbed (D2)", async () => {
    const hanging = await startFaultServer(() => {});
    const healthy = await startFaultServer(ack);
    const client = testClient();
    const webhook = webhookAt(`${hanging.origin}/`, 1_500);
    let over = 0;
    const waiting = Array.from({ length: MAX_IN_FLIGHT }, () =>
      client.ask(webhook, VALUES).finally(() => {
        over += 1;
      }),
    );
    const refused = await client.ask(webhook, VALUES);
    assert.equal(
      refused.reason,
      `100 requests to 127.0.0.1:${hanging.port} are already waiting for a reply; no more are sent until some are answered.`,
    );
    assert.equal(over, 0, "the others still wait");
    assert.equal((await client.ask(webhookAt(`${healthy.origin}/`), VALUES)).verdict, "ack");
    for (const result of await Promise.all(waiting)) assert.equal(result.verdict, "error");
    assert.ok(hanging.connections <= MAX_IN_FLIGHT);
    // Given up, they hold no place any more.
    hanging.behave(ack);
    assert.equal((await client.ask(webhook, VALUES)).verdict, "ack");
    await client.close();
    await hanging.close();
    await healthy.close();
  });

  test("origins are bounded: an idle one makes room, and when none is idle the next fails at once", async () => {
    const server = await startFaultServer(ack);
    const names = Object.fromEntries(range(MAX_ORIGINS + 20).map((i) => [`host${i}.example`, ["127.0.0.1"]]));
    const client = testClient({ dns: fixedNames(names) });
    const ask = (i: number) =>
      client.ask(webhookAt(`http://host${i}.example:${server.port}/`, 2_000), VALUES);
    for (const i of range(MAX_ORIGINS + 10)) assert.equal((await ask(i)).verdict, "ack", String(i));
    assert.ok(server.open <= MAX_ORIGINS + 1, String(server.open));
    server.behave(() => {});
    const waiting = range(MAX_ORIGINS).map(ask);
    const refused = await ask(MAX_ORIGINS + 5);
    assert.equal(
      refused.reason,
      "Webhooks are already talking to 256 different servers, which is the limit.",
    );
    await client.close();
    for (const result of await Promise.all(waiting)) assert.equal(result.verdict, "error");
    await server.close();
  });

  test("closing breaks off what is in flight, with a reason, and refuses what comes later", async () => {
    const server = await startFaultServer(() => {});
    const client = testClient();
    const waiting = client.ask(webhookAt(`${server.origin}/`), VALUES);
    await until(() => server.requests.length === 1);
    await client.close();
    assert.equal((await waiting).reason, "Switchhook is stopping.");
    assert.equal(
      (await client.ask(webhookAt(`${server.origin}/`), VALUES)).reason,
      "Switchhook is stopping.",
    );
    await until(() => server.open === 0);
    await server.close();
  });
});

describe("the list of allowed networks", () => {
  test("is the one in force: a kept connection does not outlive the permission to make it", async () => {
    const server = await startFaultServer(ack);
    let allowed: readonly string[] = ["127.0.0.0/8"];
    const client = testClient({ allowedNetworks: () => allowed });
    const webhook = webhookAt(`${server.origin}/`);
    assert.equal((await client.ask(webhook, VALUES)).verdict, "ack");
    allowed = ["10.0.0.0/8"];
    const refused = await client.ask(webhook, VALUES);
    assert.equal(
      refused.reason,
      `127.0.0.1:${server.port} is at 127.0.0.1, which is a loopback address (127.0.0.0/8). If that is intended, add its network to security.webhookAllowedNetworks.`,
    );
    await until(() => server.open === 0);
    allowed = ["127.0.0.0/8"];
    assert.equal((await client.ask(webhook, VALUES)).verdict, "ack");
    assert.equal(server.connections, 2);
    await client.close();
    await server.close();
  });

  test("a new snapshot with the same list leaves connections alone", async () => {
    const server = await startFaultServer(ack);
    const client = testClient({ allowedNetworks: () => ["127.0.0.0/8"] });
    for (let i = 0; i < 5; i += 1) {
      await client.ask(webhookAt(`${server.origin}/`), VALUES);
      await connectionFree();
    }
    assert.equal(server.connections, 1);
    await client.close();
    await server.close();
  });

  test("a request in flight when the list changes is left to finish", async () => {
    const held: (() => void)[] = [];
    const hold: Behaviour = (socket, request) => held.push(() => ack(socket, request));
    const server = await startFaultServer(hold);
    let allowed: readonly string[] = ["127.0.0.0/8"];
    const client = testClient({ allowedNetworks: () => allowed });
    const first = client.ask(webhookAt(`${server.origin}/`), VALUES);
    await until(() => held.length === 1);
    allowed = [];
    assert.equal((await client.ask(webhookAt(`${server.origin}/`), VALUES)).verdict, "error");
    held[0]?.();
    assert.equal((await first).verdict, "ack");
    await until(() => server.open === 0);
    await client.close();
    await server.close();
  });
});

/** undici takes a connection for free one turn of the event loop after the end of its reply. */
async function connectionFree(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Waits for the thing, five seconds at most. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds()) {
    assert.ok(performance.now() < end, "it did not happen within 5 s");
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
