import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOfDays } from "./fewer-days.ts";

test("fewer days than calls are kept for are asked about, by whomever those were chosen; more or the same are not", () => {
  const server = { chosen: undefined, inForce: 365 };
  const company = { chosen: 90, inForce: 90 };
  assert.equal(askedOfDays(30, server), "fewer");
  assert.equal(askedOfDays(365, server), undefined);
  assert.equal(askedOfDays(undefined, server), undefined);
  assert.equal(askedOfDays(89, company), "fewer");
  assert.equal(askedOfDays(90, company), undefined);
  assert.equal(askedOfDays(undefined, company), "server");
  assert.equal(askedOfDays(400, { chosen: undefined, inForce: undefined }), "fewer");
});
