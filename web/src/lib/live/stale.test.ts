import assert from "node:assert/strict";
import { test } from "node:test";
import { staleBy } from "./stale.ts";

const keysOf = (...given: Parameters<typeof staleBy>): readonly string[] =>
  staleBy(...given).map(({ key }) => key.join("/"));

test("a call makes its own page, the lists and the overview stale; an entry more in it not the overview", () => {
  const data = { call: { id: "a1" } };
  assert.deepEqual(keysOf({ topic: "call.ended", data }), ["calls", "call/a1", "trunk/status", "home"]);
  assert.deepEqual(keysOf({ topic: "call.updated", data }), ["calls", "call/a1"]);
});

test("a trunk that changed and a login that failed make stale how trunks and phones are", () => {
  assert.deepEqual(keysOf({ topic: "trunk.changed", data: { name: "Carrier" } }), ["trunk/status", "home"]);
  assert.deepEqual(keysOf({ topic: "phone.refused", data: {} }), ["phone/status", "home"]);
});

test("a change makes stale what it changed, and all where it says so or nothing of use", () => {
  const data = { version: 3, whole: false, changes: [{ kind: "webhook", id: "x" }] };
  assert.deepEqual(keysOf({ topic: "config.changed", data }), ["webhook", "trash", "audit", "home"]);
  for (const whole of [{ whole: true, changes: [] }, undefined, "nonsense"]) {
    const keys = keysOf({ topic: "config.changed", data: whole });
    assert.ok(keys.includes("plan") && keys.includes("settings"), JSON.stringify(whole));
  }
  assert.deepEqual(keysOf({ topic: "reset", data: {} }), [""]);
});

test("other settings arrive in the session too, which says the country and the time zone", () => {
  const changes = [
    { kind: "settings", id: "x" },
    { kind: "phone", id: "y" },
  ];
  const keys = keysOf({ topic: "config.changed", data: { version: 4, whole: false, changes } });
  assert.deepEqual(keys, ["phone", "settings", "session", "trash", "audit", "home"]);
});
