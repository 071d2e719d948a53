import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { RegisterOutcome } from "../sip/index.ts";
import { FailedLogins } from "./access.ts";
import { nearestPhone } from "./login-words.ts";

const phones = new Map(
  ["201", "202", "300"].map((extension) => [extension, {}]),
) as unknown as Snapshot["phones"];
type Refused = Extract<RegisterOutcome, { kind: "refused" }>;
const HERE = "192.0.2.1";

function refused(cause: Refused["cause"], extension = "201", address = HERE): Refused {
  return {
    kind: "refused",
    status: 401,
    cause,
    extension,
    address,
    why: { code: "x", args: {}, text: `${cause}.` },
  };
}

test("N9: that a password was wrong is not hidden by attempts of the same place that were not looked at", () => {
  const logins = new FailedLogins(new VirtualClock());
  const reason = (): string | undefined => logins.of("201")?.reason;
  assert.equal(logins.note(refused("missing"), phones), false);
  assert.equal(reason(), undefined, "a first step is no failure");
  assert.equal(logins.note(refused("wrongCredentials"), phones), true);
  assert.equal(logins.note(refused("blocked"), phones), false);
  assert.equal(reason(), "wrongCredentials.");
  logins.note(refused("blocked", "201", "192.0.2.9"), phones);
  assert.equal(reason(), "blocked.", "another place");
});

test("N9: after a login that succeeded, a later failure is shown whatever it is", () => {
  const logins = new FailedLogins(new VirtualClock());
  logins.note(refused("wrongCredentials"), phones);
  logins.note({ kind: "registered", extension: "201", address: HERE, bindings: 1 }, phones);
  assert.equal(logins.of("201")?.reason, "wrongCredentials.");
  logins.note(refused("blocked"), phones);
  assert.deepEqual(logins.of("201"), {
    at: logins.of("201")?.at,
    address: HERE,
    reason: "blocked.",
    code: "x",
    args: {},
    cause: "blocked",
  });
});

for (const [name, cause, meant] of [
  ["203", "wrongCredentials", "Did you mean 201 or 202?"],
  ["2002", "wrongCredentials", "Did you mean 202?"],
  ["bert", "wrongCredentials", ""],
  ["201", "wrongCredentials", ""],
  ["210", "blocked", ""],
] as const) {
  test(`N9: a login as ${name} (${cause}): ${meant === "" ? "nothing is meant" : meant}`, () =>
    assert.equal(nearestPhone(refused(cause, name), phones)?.text ?? "", meant));
}
