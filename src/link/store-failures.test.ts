import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { StoreFailures, type Written } from "./store-failures.ts";

/** `failing`: why what cannot be written; each is tried once a second. Gives what was said, each with its second. */
function saidIn(seconds: number, failing: (second: number) => Partial<Record<Written, string>>): string[] {
  const clock = new VirtualClock();
  const said: string[] = [];
  let second = 0;
  const failures = new StoreFailures(clock, (_level, text) => {
    said.push(`${second}: ${text.split(". ", 1)[0]}`);
  });
  for (; second < seconds; second += 1) {
    const why = failing(second);
    failures.tried("registrations", why.registrations);
    failures.tried("records", why.records);
    clock.advance(1_000);
  }
  return said;
}

test("F2: records that cannot be written are said once a minute, also while registrations can, and the end of it once", () => {
  const said = saidIn(150, (second) => (second >= 5 && second < 130 ? { records: "full" } : {}));
  assert.deepEqual(said, [
    ...[5, 65, 125].map((second) => `${second}: The store cannot write: full`),
    "130: The store can write again.",
  ]);
});

test("F2: one cause for both is said once a minute; two, each once a minute; that it is over when it is for both", () => {
  assert.deepEqual(
    saidIn(70, () => ({ registrations: "full", records: "full" })),
    [0, 60].map((second) => `${second}: The store cannot write: full`),
  );
  const two = saidIn(30, (second) => ({
    ...(second < 20 ? { registrations: "locked" } : {}),
    ...(second < 10 ? { records: "full" } : {}),
  }));
  assert.deepEqual(two, [
    "0: The store cannot write: locked",
    "0: The store cannot write: full",
    "20: The store can write again.",
  ]);
});
