import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import type { Job } from "../model/job.ts";
import { Jobs } from "./jobs.ts";

function scene() {
  const told: Job[] = [];
  const clock = { now: 1_000 };
  const jobs = new Jobs({ ids: seededIds(), wall: () => clock.now, tell: (job) => void told.push(job) });
  return { told, clock, jobs };
}

test("a job is told at its beginning, at most four times a second, and at its end with the last word", () => {
  const { told, clock, jobs } = scene();
  const job = jobs.begin({ kind: "applyFile", about: "c.yaml", by: "anna" });
  for (let done = 0; done < 100; done += 1) {
    clock.now += 10;
    job.progress(`message ${done}`, { done, of: 100 });
  }
  job.end("done", "Applied.");
  job.progress("too late");
  job.end("failed", "too late");
  assert.equal(told.length, 1 + 4 + 1);
  assert.deepEqual(
    told.map(({ state, done }) => `${state} ${done}`),
    ["running 0", "running 24", "running 49", "running 74", "running 99", "done 100"],
  );
  const [only] = jobs.list();
  assert.deepEqual(
    [only?.sentence, only?.startedAt, only?.endedAt, only?.by],
    ["Applied.", 1_000, 2_000, "anna"],
  );
  assert.equal(jobs.get(only?.id ?? ""), only);
});

test("what it looks like between two events can be asked; 200 are kept, and none that runs goes", () => {
  const { jobs } = scene();
  const running = jobs.begin({ kind: "convertSound", about: "long.wav", by: "anna" });
  running.progress("half way", { done: 1, of: 2 });
  assert.deepEqual(
    jobs.list().map(({ sentence, done, of }) => [sentence, done, of]),
    [["half way", 1, 2]],
  );
  for (let count = 0; count < 300; count += 1)
    jobs.begin({ kind: "applyFile", about: `${count}`, by: "x" }).end("failed", "");
  const list = jobs.list();
  assert.equal(list.length, 200);
  assert.deepEqual([list[0]?.about, list.at(-1)?.about], ["299", "long.wav"]);
});
