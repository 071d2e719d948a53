import assert from "node:assert/strict";
import { test } from "node:test";
import { crossSiteRefusal, type DoorRules, hostRefusal, isPlainHttp } from "./door.ts";

const RULES: DoorRules = {
  boundHost: "192.0.2.5",
  names: ["pbx.example.com"],
  mayBePlain: false,
  proxies: [],
};

function request(headers: Record<string, string>, remoteAddress = "198.51.100.1", method = "POST") {
  return { method, headers, socket: { remoteAddress } } as unknown as Parameters<typeof hostRefusal>[0];
}

test("I6: a Host that is none of ours is refused, however it is written (DNS rebinding)", () => {
  const outcome = (host: string, boundHost = RULES.boundHost) =>
    hostRefusal(request({ host }), { ...RULES, boundHost })?.code ?? "ok";
  for (const host of [
    "192.0.2.5",
    "192.0.2.5:8088",
    "localhost:8088",
    "LocalHost",
    "127.0.0.1",
    "127.8.8.8:1",
    "[::1]:8088",
    "pbx.example.com",
    "PBX.Example.com.:443",
  ])
    assert.equal(outcome(host), "ok", host);
  for (const host of [
    "",
    "evil.example",
    "pbx.example.com.evil.example",
    "evil.pbx.example.com",
    "192.0.2.6",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example#localhost",
    "evil.example@localhost",
    "local host",
    "[::1",
    "[::2]",
    "0.0.0.0",
    "localhost:999999",
  ])
    assert.equal(outcome(host), "wrongHost", host);
  // Listening everywhere, behind a NAT we do not know our addresses; an address cannot be rebound.
  assert.equal(outcome("203.0.113.9:8088", "0.0.0.0"), "ok");
  assert.equal(outcome("[2001:db8::1]:8088", "::"), "ok");
  assert.equal(outcome("evil.example", "0.0.0.0"), "wrongHost");
});

test("I6: an origin is ours when it is the Host, or a name that was told", () => {
  const type = { "content-type": "application/json" };
  const outcome = (headers: Record<string, string>, isByCookie = true, method = "POST") =>
    crossSiteRefusal(request({ ...type, ...headers }, undefined, method), RULES, isByCookie)?.code ?? "ok";
  const host = "192.0.2.5:8088";
  assert.equal(outcome({ host, origin: "http://192.0.2.5:8088" }), "ok");
  assert.equal(
    outcome({ host: "127.0.0.1:8088", origin: "https://pbx.example.com" }),
    "ok",
    "behind a proxy",
  );
  for (const origin of [
    "null",
    "",
    "http://192.0.2.5",
    "http://192.0.2.5:8089",
    "http://evil.example",
    "https://pbx.example.com.evil.example",
    "file://",
    "chrome-extension://192.0.2.5:8088",
  ])
    assert.equal(outcome({ host, origin }), "crossSite", origin);
  assert.equal(outcome({ host }), "crossSite", "a cookie whose sender does not say where it is");
  assert.equal(outcome({ host }, false), "ok", "a program at an open route");
  assert.equal(outcome({ host, "sec-fetch-site": "cross-site" }, false), "crossSite");
  for (const method of ["PUT", "PATCH", "DELETE"])
    assert.equal(outcome({ host, "sec-fetch-site": "same-site" }, true, method), "crossSite", method);
  assert.equal(outcome({ host, "sec-fetch-site": "cross-site" }, true, "GET"), "ok");
});

test("signing in over plain HTTP is told by the page's address, without one by the peer's", () => {
  const plain = (headers: Record<string, string>, from?: string) => isPlainHttp(request(headers, from));
  assert.equal(plain({ origin: "http://192.0.2.5:8088" }), true);
  assert.equal(plain({ origin: "https://192.0.2.5" }), false);
  assert.equal(plain({ origin: "http://localhost:8088" }, "127.0.0.1"), false);
  assert.equal(plain({ origin: "http://127.0.0.1.evil.example" }, "127.0.0.1"), true);
  assert.equal(plain({}), true);
  assert.equal(plain({}, "::ffff:127.0.0.1"), false);
  assert.equal(plain({}, "::1"), false);
});
