import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../lib/api-error.ts";
import { addEach } from "./add-each.ts";

const taken = new ApiError(409, { code: "taken", detail: 'Number "+31501234507" is there already.' });
const away = new ApiError(0, { title: "The server was not reached." });
const NUMBERS = ["+31501234501", "+31501234502", "+31501234503"];

test("one that is there already is passed over, and the rest is added", async () => {
  const added: string[] = [];
  const result = await addEach(NUMBERS, (number) => {
    if (number === NUMBERS[1]) return Promise.reject(taken);
    added.push(number);
    return Promise.resolve();
  });
  assert.deepEqual(result, { added: 2, there: 1, left: [], error: undefined });
  assert.deepEqual(added, [NUMBERS[0], NUMBERS[2]]);
});

test("another refusal ends it: what was added is told, what is left can be tried again", async () => {
  const result = await addEach(NUMBERS, (number) =>
    number === NUMBERS[1] ? Promise.reject(away) : Promise.resolve(),
  );
  assert.deepEqual(result, { added: 1, there: 0, left: NUMBERS.slice(1), error: away });
});
