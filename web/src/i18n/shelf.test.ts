import assert from "node:assert/strict";
import { test } from "node:test";
import { shelfOf } from "./shelf.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a file that cannot be had is asked for again by who wants it next, after a rest, and then is there for good", async () => {
  let at = 0;
  let asked = 0;
  let isBroken = true;
  let told = 0;
  const shelf = shelfOf(
    async () => {
      asked += 1;
      if (isBroken) throw new Error("the line broke");
      return { default: "Nederlands" };
    },
    () => at,
  );
  shelf.subscribe(() => {
    told += 1;
  });
  shelf.want();
  shelf.want();
  await turn();
  assert.deepEqual([asked, shelf.get(), told], [1, undefined, 0]);
  isBroken = false;
  at += 4_999;
  shelf.want();
  assert.equal(asked, 1, "not at every turn");
  at += 1;
  shelf.want();
  await turn();
  assert.deepEqual([asked, shelf.get(), told], [2, "Nederlands", 1]);
  at += 60_000;
  shelf.want();
  assert.equal(asked, 2);
});
