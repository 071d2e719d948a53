import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Certificates, makeCertificates } from "../../../test/fakes/certificates.ts";
import { type Behaviour, reply, startFaultServer } from "../../../test/fakes/fault-server.ts";
import { testClient, VALUES, webhookAt } from "../../../test/fakes/webhook-client.ts";

let certificates: Certificates;
before(() => {
  certificates = makeCertificates();
});

const to = (location: string, status = 302): Behaviour => reply("", status, [`Location: ${location}`]);
const ack = reply("status=ACK");

/** /1 leads to /2 and so on; the last one acknowledges. */
function chain(length: number, status: number): Behaviour {
  return (socket, request) => {
    const hop = Number(request.target.slice(1));
    (hop < length ? to(`/${hop + 1}`, status) : ack)(socket, request);
  };
}

describe("redirects (D7)", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`${status}: three are followed, a fourth is not`, async () => {
      const server = await startFaultServer(chain(3, status));
      const client = testClient();
      const webhook = webhookAt(`${server.origin}/0`);
      const followed = await client.ask(webhook, VALUES);
      assert.equal(followed.verdict, "ack");
      assert.deepEqual(followed.warnings, [`The receiver redirected to ${server.origin}/3.`]);
      assert.deepEqual(
        server.requests.map(({ method, target }) => `${method} ${target}`),
        ["GET /0", "GET /1", "GET /2", "GET /3"],
      );
      server.behave(chain(4, status));
      const refused = await client.ask(webhook, VALUES);
      assert.equal(refused.reason, "The receiver redirected more than 3 times.");
      assert.equal(server.requests.length, 8);
      await client.close();
      await server.close();
    });
  }

  test("300, 304, 305 and 306 are no redirects", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    for (const status of [300, 304, 305, 306]) {
      server.behave(to("/elsewhere", status));
      const result = await client.ask(webhookAt(`${server.origin}/`), VALUES);
      assert.equal(result.reason, `The receiver answered HTTP ${status}; only HTTP 200 can be a success.`);
    }
    assert.equal(server.requests.length, 4);
    await client.close();
    await server.close();
  });

  test("none is followed where the webhook says so", async () => {
    const server = await startFaultServer(chain(1, 307));
    const client = testClient();
    const result = await client.ask({ ...webhookAt(`${server.origin}/0`), followRedirects: false }, VALUES);
    assert.equal(result.verdict, "error");
    assert.equal(
      result.reason,
      "The receiver redirected (HTTP 307), and this webhook follows no redirects (`followRedirects: false`).",
    );
    assert.equal(server.requests.length, 1);
    await client.close();
    await server.close();
  });

  test("a Location may be relative, without scheme, or whole", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    const host = `127.0.0.1:${server.port}`;
    const places = [
      ["b?x=1", "/a/b?x=1"],
      ["/c", "/c"],
      ["?y", "/a/start?y"],
      [`//${host}/d`, "/d"],
      [`http://${host}`, "/"],
      ["../e/./f", "/e/f"],
    ] as const;
    for (const [location, target] of places) {
      server.behave((socket, request) =>
        (request.target === "/a/start" ? to(location) : ack)(socket, request),
      );
      assert.equal(
        (await client.ask(webhookAt(`${server.origin}/a/start`), VALUES)).verdict,
        "ack",
        location,
      );
      assert.equal(server.requests.at(-1)?.target, target);
    }
    await client.close();
    await server.close();
  });

  test("a Location that leads to no http or https address is not followed", async () => {
    const server = await startFaultServer(ack);
    const client = testClient();
    for (const location of [
      "ftp://127.0.0.1/",
      "file:///etc/passwd",
      "javascript:1",
      "http://",
      "http://[::1",
      "tel:+31",
    ]) {
      server.behave(to(location));
      const result = await client.ask(webhookAt(`${server.origin}/`), VALUES);
      assert.equal(
        result.reason,
        `The receiver redirected to ${location}, which is not an http or https address.`,
      );
    }
    await client.close();
    await server.close();
  });

  test("never from https to http, but from http to https", async () => {
    const plain = await startFaultServer(ack);
    const secure = await startFaultServer(to(`${plain.origin}/`), { tls: certificates.good });
    const client = testClient({ trustedCertificates: [certificates.ca] });
    const refused = await client.ask(webhookAt(`${secure.origin}/`), VALUES);
    const expected = `The receiver redirected from https to unencrypted http at 127.0.0.1:${plain.port}; that is not followed.`;
    assert.equal(refused.reason, expected);
    assert.equal(plain.requests.length, 0);
    secure.behave(ack);
    plain.behave(to(`${secure.origin}/up`));
    assert.equal((await client.ask(webhookAt(`${plain.origin}/`), VALUES)).verdict, "ack");
    // Up and down again.
    secure.behave(to(`${plain.origin}/down`));
    assert.equal((await client.ask(webhookAt(`${plain.origin}/`), VALUES)).reason, expected);
    await client.close();
    await plain.close();
    await secure.close();
  });

  test("another origin gets no Authorization, also not after a hop back", async () => {
    const first = await startFaultServer(ack);
    const second = await startFaultServer(to(`${first.origin}/back`));
    first.behave((socket, request) => {
      const next = request.target === "/start" ? to("/same") : to(`${second.origin}/other`);
      (request.target === "/back" ? ack : next)(socket, request);
    });
    const client = testClient();
    const webhook = webhookAt(`http://user:s3cret@127.0.0.1:${first.port}/start`);
    const result = await client.ask(webhook, VALUES);
    assert.equal(result.verdict, "ack", result.reason);
    const secret = first.requests.map(({ target, headers }) => [target, headers.has("authorization")]);
    assert.deepEqual(secret, [
      ["/start", true],
      ["/same", true],
      ["/back", false],
    ]);
    assert.equal(second.requests.length, 1);
    assert.equal(second.requests[0]?.headers.has("authorization"), false);
    assert.equal(second.requests[0]?.headers.get("x-call-id"), VALUES.callid);
    await client.close();
    await first.close();
    await second.close();
  });

  test("a user and password in a Location are not used", async () => {
    const server = await startFaultServer(ack);
    server.behave((socket, request) =>
      (request.target === "/" ? to(`http://a:b@127.0.0.1:${server.port}/x`) : ack)(socket, request),
    );
    const client = testClient();
    const result = await client.ask(webhookAt(`${server.origin}/`), VALUES);
    assert.equal(result.verdict, "ack");
    assert.equal(server.requests[1]?.headers.has("authorization"), false);
    assert.deepEqual(result.warnings, [`The receiver redirected to ${server.origin}/x.`]);
    await client.close();
    await server.close();
  });
});
