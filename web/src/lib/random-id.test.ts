import assert from "node:assert/strict";
import { test } from "node:test";
import { randomId } from "./random-id.ts";

test("where the browser makes no UUID, as over plain HTTP, an id is 128 random bits all the same", () => {
  const getRandomValues = (octets: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(octets);
  const ids = Array.from({ length: 100 }, () => randomId({ getRandomValues }));
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(new Set(ids).size, ids.length);
  assert.match(randomId(), /^[0-9a-f-]{36}$/);
});
