import assert from "node:assert/strict";
import { test } from "node:test";
import { allOrNone } from "./all-or-none.ts";

test("what is made whole stays", async () => {
  const gone: string[] = [];
  const made = await allOrNone(async (done) => {
    done(async () => gone.push("webhook"));
    return "plan";
  });
  assert.equal(made, "plan");
  assert.deepEqual(gone, []);
});

test("what cannot be finished is taken back, what needs the other one first; the first fault is what is said", async () => {
  const gone: string[] = [];
  const making = allOrNone(async (done) => {
    done(async () => gone.push("webhook"));
    done(async () => {
      gone.push("plan");
      throw new Error("used");
    });
    throw new Error("the number has no plan");
  });
  await assert.rejects(making, /the number has no plan/);
  assert.deepEqual(gone, ["plan", "webhook"]);
});
