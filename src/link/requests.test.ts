import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { Turns } from "../admin/turns.ts";
import { Requests } from "./requests.ts";

test("each question gets its own answer; one without an answer ends by time, and a late answer is dropped", async () => {
  const clock = new VirtualClock();
  const requests = new Requests<string>(clock, 1000);
  const asked: number[] = [];
  const [one, two] = [
    requests.ask((request) => asked.push(request)),
    requests.ask((request) => asked.push(request)),
  ];
  requests.answer(asked[1] ?? 0, "two");
  assert.equal(await two, "two");
  clock.advance(1000);
  assert.equal(await one, undefined);
  requests.answer(asked[0] ?? 0, "late");
  requests.answer(99, "nobody asked");
  assert.equal(clock.pending, 0);
});

test("turns are taken in order, and a failure keeps nobody from theirs", async () => {
  const turns = new Turns();
  const done: string[] = [];
  const first = turns.take(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push("first");
  });
  const second = turns.take(() => Promise.reject(new Error("no")));
  const third = turns.take(async () => done.push("third"));
  await assert.rejects(second, /no/);
  await Promise.all([first, third, turns.last]);
  assert.deepEqual(done, ["first", "third"]);
});
