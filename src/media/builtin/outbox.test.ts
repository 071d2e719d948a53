import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "./outbox.ts";

test("messages of one turn go over in one piece, in their order; those of the next turn follow", async () => {
  const posted: (readonly number[])[] = [];
  const outbox = new Outbox<number>((messages) => void posted.push(messages));
  outbox.put(1);
  outbox.put(2);
  assert.deepEqual(posted, []);
  await Promise.resolve();
  outbox.put(3);
  await Promise.resolve();
  assert.deepEqual(posted, [[1, 2], [3]]);
});

test("flushed early, nothing goes over twice", async () => {
  const posted: (readonly number[])[] = [];
  const outbox = new Outbox<number>((messages) => void posted.push(messages));
  outbox.put(1);
  outbox.flush();
  outbox.flush();
  await Promise.resolve();
  assert.deepEqual(posted, [[1]]);
});
