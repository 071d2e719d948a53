import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../lib/api-error.ts";
import { newerIn } from "./newer.ts";

const stale = (current: object | undefined, changedBy = "jan") =>
  new ApiError(412, { code: "stale", current, changedBy, changedAt: 5 });

test("a newer version is told of by its number, with who published it", () => {
  assert.deepEqual(newerIn(stale({ version: 6 })), { version: 6, by: "jan", at: 5 });
  assert.deepEqual(newerIn(stale({ version: 6 }, "")), { version: 6, by: undefined, at: 5 });
});

test("a draft that was changed meanwhile, another refusal and a server that is not reached are none", () => {
  assert.equal(newerIn(stale({ revision: 3, basedOn: 1, document: {} })), undefined);
  assert.equal(newerIn(stale(undefined)), undefined);
  assert.equal(newerIn(new ApiError(409, { current: { version: 6 } })), undefined);
  assert.equal(newerIn(new Error("not reached")), undefined);
});
