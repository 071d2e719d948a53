import assert from "node:assert/strict";
import { test } from "node:test";
import { withStop } from "./sentence.ts";

test("a stop is put where no sentence ends", () => {
  assert.equal(withStop("no port is free"), "no port is free.");
  assert.equal(withStop("No port is free."), "No port is free.");
  assert.equal(withStop("Really?"), "Really?");
  assert.equal(withStop("Stop!"), "Stop!");
  assert.equal(withStop(""), ".");
});
