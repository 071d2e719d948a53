import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { buildRequest, buildResponse } from "../../message/build.ts";
import type { SipRequest, SipResponse } from "../../message/message.ts";
import type { Flow } from "../../transport/transport.ts";
import { computeHa1, parseAuthorization } from "./digest.ts";
import { type ClientCredentials, createDigestClient } from "./digest-client.ts";
import { createDigestServer } from "./digest-server.ts";

const URI = "sip:+31201234567@provider.example";
const credentials: ClientCredentials = { username: 'tr"unk', password: "secret" };

function request(headers: readonly (readonly [string, string])[] = []): SipRequest {
  return buildRequest({
    method: "INVITE",
    uri: URI,
    headers: [
      ["From", "<sip:a@b>;tag=f"],
      ["To", `<${URI}>`],
      ["Call-ID", "c"],
      ["CSeq", "1 INVITE"],
      ...headers,
    ],
  });
}

function challenge(status: 401 | 407, ...values: readonly string[]): SipResponse {
  const name = status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
  return buildResponse(request(), status, undefined, {
    headers: values.map((value) => [name, value] as const),
  });
}

function flow(host: string): Flow {
  const local = { host: "192.0.2.1", port: 5060 };
  return {
    transport: "udp",
    reliable: false,
    local,
    remote: { host, port: 5060 },
    sentBy: "192.0.2.1",
    open: true,
  };
}

function digest(nonce: string, extra = ""): string {
  return `Digest realm="provider", nonce="${nonce}", qop="auth", algorithm=MD5${extra}`;
}

test("our client satisfies our server: MD5 and SHA-256, 401 and 407, counts going on", () => {
  for (const status of [401, 407] as const) {
    for (const agent of ["phone", "baresip v1.0.0"]) {
      const clock = new VirtualClock();
      const server = createDigestServer({ realm: 'r"ealm', clock, ids: seededIds() });
      const client = createDigestClient(credentials, seededIds(2));
      const address = "192.0.2.15";
      const check = (headers: readonly (readonly [string, string])[]): string =>
        server.check(request(headers), {
          status,
          address,
          lookupHa1: (username, algorithm) => computeHa1(algorithm, username, 'r"ealm', "secret"),
        }).kind;
      const asked = server.challenge(status, request([["User-Agent", agent]]), { address, stale: false });
      const response = buildResponse(request(), status, undefined, { headers: asked });
      const answer = client.begin().answer({ method: "INVITE", uri: URI, response });
      assert.ok(answer.ok);
      assert.equal(answer.value.length, 1);
      assert.match(answer.value[0]?.[1] ?? "", agent === "phone" ? /algorithm=SHA-256/ : /algorithm=MD5/);
      assert.equal(check(answer.value), "ok");
      assert.equal(check(answer.value), "challenge");
      for (let i = 0; i < 20; i += 1) assert.equal(check(client.prepare("INVITE", URI)), "ok");
    }
  }
});

test("what the peer named comes back: opaque, algorithm only if named, RFC 2069 without count", () => {
  const answer = createDigestClient(credentials, seededIds())
    .begin()
    .answer({
      method: "INVITE",
      uri: URI,
      response: challenge(401, 'Digest realm="p", nonce="n", opaque="o\\"p"'),
    });
  assert.ok(answer.ok);
  const value = answer.value[0]?.[1] ?? "";
  assert.match(value, /opaque="o\\"p"/);
  assert.doesNotMatch(value, /algorithm|qop|nc=|cnonce/);
  assert.ok(parseAuthorization(value).ok);
});

test("registrar and proxy ask one after the other: both are answered, in one request", () => {
  const run = createDigestClient(credentials, seededIds()).begin();
  assert.ok(run.answer({ method: "INVITE", uri: URI, response: challenge(407, digest("1")) }).ok);
  const second = run.answer({ method: "INVITE", uri: URI, response: challenge(401, digest("2")) });
  assert.ok(second.ok);
  assert.deepEqual(
    second.value.map(([name]) => name),
    ["Authorization", "Proxy-Authorization"],
  );
});

test("B7: a peer that changes its nonce for ever gets two answers, then none", () => {
  const run = createDigestClient(credentials, seededIds()).begin();
  const outcomes = Array.from(
    { length: 100 },
    (_, i) =>
      run.answer({ method: "INVITE", uri: URI, response: challenge(401, digest(`${i}`, ", stale=true")) }).ok,
  );
  assert.deepEqual(outcomes.slice(0, 3), [true, true, false]);
  assert.equal(outcomes.filter(Boolean).length, 2);
});

test("the same realm asking again without stale means a wrong password: no second answer", () => {
  const client = createDigestClient(credentials, seededIds());
  const run = client.begin();
  assert.ok(run.answer({ method: "INVITE", uri: URI, response: challenge(401, digest("1")) }).ok);
  const again = run.answer({ method: "INVITE", uri: URI, response: challenge(401, digest("2")) });
  assert.equal(again.ok ? "" : again.error.text, "The peer refuses the user name or the password.");
  // A nonce kept from an earlier request may be too old for a server that does not say stale.
  assert.ok(client.begin().answer({ method: "INVITE", uri: URI, response: challenge(401, digest("3")) }).ok);
});

const unanswered: readonly (readonly [
  what: string,
  response: SipResponse,
  way?: readonly [string, string],
])[] = [
  ["another address", challenge(401, digest("1")), ["203.0.113.1", "203.0.113.2"]],
  ["another realm than configured", challenge(401, digest("1").replace("provider", "evil"))],
  ["no challenge header", challenge(401)],
  [
    "the challenge of the other status",
    buildResponse(request(), 401, undefined, { headers: [["Proxy-Authenticate", digest("1")]] }),
  ],
  ["auth-int only", challenge(401, 'Digest realm="provider", nonce="n", qop="auth-int"')],
  ["-sess only", challenge(401, 'Digest realm="provider", nonce="n", algorithm=MD5-sess')],
  ["another scheme", challenge(401, 'Basic realm="provider"')],
  ["unreadable", challenge(401, 'Digest realm="provider')],
  ["403", buildResponse(request(), 403, undefined, { headers: [["WWW-Authenticate", digest("1")]] })],
];

for (const [what, response, way] of unanswered) {
  test(`B7: not answered: ${what}`, () => {
    const client = createDigestClient({ ...credentials, realm: "provider" }, seededIds());
    const flows = way === undefined ? undefined : { sentTo: flow(way[0]), cameFrom: flow(way[1]) };
    const answer = client.begin().answer({ method: "INVITE", uri: URI, response, way: flows });
    assert.equal(answer.ok, false);
    assert.deepEqual(client.prepare("INVITE", URI), []);
  });
}

test("realms that a peer invents do not pile up", () => {
  const client = createDigestClient(credentials, seededIds());
  for (let i = 0; i < 100; i += 1) {
    const values = Array.from({ length: 20 }, (_, k) => `Digest realm="${i}-${k}", nonce="n"`);
    client.begin().answer({ method: "INVITE", uri: URI, response: challenge(401, ...values) });
  }
  const prepared = client.prepare("INVITE", URI);
  assert.equal(prepared.length, 4);
  assert.match(prepared[0]?.[1] ?? "", /realm="99-3"/, "for who reads only one: the newest");
});
