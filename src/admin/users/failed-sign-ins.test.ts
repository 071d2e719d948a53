import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEntry } from "../../model/audit.ts";
import { FailedSignIns } from "./failed-sign-ins.ts";

function triesOf(entries: readonly AuditEntry[]): number {
  const tries = entries.flatMap(({ details = [] }) => details.filter(({ name }) => name === "tries"));
  return tries.reduce((sum, { after }) => sum + Number(after), 0);
}

test("I11: guessing from thousands of addresses all day is a few hundred entries, and no try is lost from the count", () => {
  const failures = new FailedSignIns();
  const entries: AuditEntry[] = [];
  let tries = 0;
  for (let minute = 0; minute < 1440; minute += 1) {
    const now = minute * 60_000;
    for (let nth = 0; nth < 300; nth += 1) {
      const address = `192.0.2.${nth % 250}`;
      const entry = failures.take(
        { user: nth % 2 === 0 ? "Anna" : undefined, address, way: "password" },
        now,
        now,
      );
      if (entry !== undefined) entries.push(entry);
      tries += 1;
    }
    entries.push(...failures.due(now + 59_999, now + 59_999));
  }
  assert.ok(entries.length <= 60 + 24 * 20 + 1, String(entries.length));
  // What is not told yet is told when guessing ends.
  for (let hour = 1; hour < 4; hour += 1)
    entries.push(...failures.due(86_400_000 + hour * 3_600_000, 86_400_000 + hour * 3_600_000));
  assert.equal(triesOf(entries), tries);
});

test("I11: the first try of a user from an address is told at once, those after it as a number, another user by itself", () => {
  const failures = new FailedSignIns();
  const anna = { user: "Anna", address: "192.0.2.7", way: "password" } as const;
  assert.deepEqual(failures.take(anna, 5, 0), {
    at: 5,
    by: "",
    what: "signInFailed",
    version: undefined,
    changes: [],
    from: "192.0.2.7",
    about: "Anna",
    details: [
      { name: "way", after: "password" },
      { name: "tries", after: "1" },
    ],
  });
  assert.equal(failures.take(anna, 6, 1), undefined);
  assert.equal(failures.take(anna, 7, 2), undefined);
  assert.equal(failures.take({ ...anna, user: "Bert" }, 8, 3)?.about, "Bert");
  assert.deepEqual(
    failures.due(9, 4).map(({ about, at }) => [about, at]),
    [["Anna", 9]],
  );
  assert.deepEqual(failures.due(10, 5), []);
  assert.equal(failures.take(anna, 11, 6)?.about, "Anna", "a new minute");
});
