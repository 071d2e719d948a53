import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { buildRequest, buildResponse } from "../../message/build.ts";
import type { SipRequest } from "../../message/message.ts";
import type { Flow } from "../../transport/transport.ts";
import { createAuthenticator } from "./authenticator.ts";
import { createCredentialsGuard, type Slowed } from "./credentials-guard.ts";
import { computeHa1 } from "./digest.ts";
import { createDigestClient } from "./digest-client.ts";
import { createDigestServer } from "./digest-server.ts";

const URI = "sip:+31201234567@pbx.example";

function invite(headers: readonly (readonly [string, string])[] = []): SipRequest {
  return buildRequest({
    method: "INVITE",
    uri: URI,
    headers: [
      ["From", "<sip:215@pbx.example>;tag=f"],
      ["To", `<${URI}>`],
      ["Call-ID", "c"],
      ["CSeq", "1 INVITE"],
      ...headers,
    ],
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

function setup() {
  const clock = new VirtualClock();
  const slowed: Slowed[] = [];
  const proved: string[] = [];
  const authenticator = createAuthenticator({
    digest: createDigestServer({ realm: "pbx.example", clock, ids: seededIds() }),
    guard: createCredentialsGuard({ clock, onSlowed: (what) => slowed.push(what) }),
    lookupHa1: (username, algorithm) =>
      username === "215" ? computeHa1(algorithm, username, "pbx.example", "secret") : undefined,
    onProvedReturnPath: (address) => proved.push(address),
  });
  /** A call from a phone that answers the first challenge. */
  const call = (username: string, password: string, host = "198.51.100.7") => {
    const first = authenticator.authenticate(invite(), flow(host), 407);
    assert.ok(first.kind === "refused");
    assert.deepEqual([first.status, first.cause, first.username], [407, "missing", undefined]);
    const response = buildResponse(invite(), 407, undefined, { headers: first.headers });
    const answer = createDigestClient({ username, password }, seededIds(3))
      .begin()
      .answer({ method: "INVITE", uri: URI, response });
    assert.ok(answer.ok);
    return authenticator.authenticate(invite(answer.value), flow(host), 407);
  };
  return { authenticator, call, slowed, proved };
}

test("a phone that knows its password calls out", () => {
  const { call, proved } = setup();
  assert.deepEqual(call("215", "secret"), { kind: "ok", username: "215" });
  assert.deepEqual(proved, ["198.51.100.7"]);
});

test("the answer on the wire is the same for a wrong password and a missing phone, the sentence for the record is not", () => {
  const wrong = setup().call("215", "no");
  const missing = setup().call("999", "no");
  assert.ok(wrong.kind === "refused" && missing.kind === "refused");
  assert.deepEqual([wrong.status, wrong.headers], [missing.status, missing.headers]);
  assert.deepEqual([wrong.cause, missing.cause], ["wrongCredentials", "wrongCredentials"]);
  assert.match(wrong.why.text, /password for "215" is wrong/);
  assert.match(missing.why.text, /There is no phone "999"/);
});

test("X3: guesses beyond the pace get 503 and when to come again, without a challenge; whoever watches is told once", () => {
  const { call, slowed } = setup();
  const outcomes = Array.from({ length: 30 }, () => call("999", "no"));
  const statuses = outcomes.map((outcome) => outcome.kind === "refused" && outcome.status);
  assert.deepEqual([...new Set(statuses)], [407, 503]);
  const last = outcomes.at(-1);
  assert.ok(last?.kind === "refused" && last.waitMs === undefined);
  assert.match(last.headers.map((field) => field.join(": ")).join(), /^Retry-After: [1-6]?\d$/);
  assert.deepEqual(
    slowed.map(({ scope, what }) => [scope, what]),
    [
      ["account", "999"],
      ["source", "198.51.100.7"],
    ],
  );
  assert.equal(call("215", "secret", "203.0.113.9").kind, "ok");
  assert.equal(call("215", "secret").kind, "ok", "the same address as the guesser's");
});

test("a stale nonce is told so; credentials for another URI or that cannot be read get 400", () => {
  const { authenticator } = setup();
  const at = (value: string) =>
    authenticator.authenticate(invite([["Proxy-Authorization", value]]), flow("192.0.2.5"), 407);
  const digest = `Digest username="215", realm="pbx.example", nonce="old", uri="${URI}", response="${"0".repeat(32)}"`;
  const stale = at(digest);
  assert.ok(stale.kind === "refused" && stale.status === 407 && stale.cause === "staleNonce");
  assert.ok(stale.headers.every(([, value]) => value.includes("stale=TRUE")));
  const broken = at('Digest username="');
  assert.deepEqual(broken.kind === "refused" && [broken.status, broken.headers], [400, []]);
});
