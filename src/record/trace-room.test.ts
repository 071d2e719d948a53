import assert from "node:assert/strict";
import { test } from "node:test";
import { TraceRoom } from "./trace-room.ts";

test("what was taken is nobody else's until it is cleared, however much it is", () => {
  const room = new TraceRoom();
  const sizes = [10, 200_000, 100_000, 300_000, ...Array.from({ length: 40 }, () => 150_000)];
  const taken = sizes.map((size) => room.take(size));
  for (const [index, octets] of taken.entries()) octets.fill(index);
  assert.deepEqual(
    taken.map(({ length }) => length),
    sizes,
  );
  for (const [index, octets] of taken.entries()) assert.ok(octets.every((octet) => octet === index));
});

test("the memory is used again once it is cleared", () => {
  const room = new TraceRoom();
  const first = [room.take(200_000), room.take(200_000)];
  room.clear();
  const second = [room.take(100_000), room.take(200_000)];
  assert.deepEqual(
    second.map(({ buffer }) => first.findIndex((one) => one.buffer === buffer)),
    [0, 1],
  );
});
