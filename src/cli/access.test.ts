import assert from "node:assert/strict";
import { test } from "node:test";
import { banLine, phoneLines } from "./access.ts";
import { zoneLine, zoneOf } from "./times.ts";

const phone = { extension: "201", name: "Anna", contacts: [] };
const contact = {
  uri: "sip:201@192.0.2.1",
  source: "udp:192.0.2.1:5060",
  since: 2_000,
  until: 9_000,
  device: "x",
  reachable: true,
};
const failureAt = (at: number) => ({
  at,
  address: "192.0.2.9",
  reason: "The password is wrong.",
  code: "x",
  args: {},
});

test("N9: a failed login of before the registration is told as such, one after it is the last", () => {
  const last = (at: number, contacts = [contact]) =>
    phoneLines({ ...phone, contacts, lastFailure: failureAt(at) }, "UTC").at(-1);
  assert.match(
    last(1_000) ?? "",
    /^ {4}last failed login before that .* from 192\.0\.2\.9: The password is wrong\.$/,
  );
  assert.match(last(3_000) ?? "", /^ {4}last failed login \d/);
  assert.match(last(1_000, []) ?? "", /^ {4}last failed login \d/);
});

test("N2: times of a list are those of the company's zone, summer and winter, or UTC", () => {
  const [winter, summer] = [Date.UTC(2026, 0, 31, 23, 30), Date.UTC(2026, 6, 31, 22, 30)];
  const shown = (zone: string, since: number) =>
    phoneLines({ ...phone, contacts: [{ ...contact, since }], lastFailure: undefined }, zone)[1] ?? "";
  assert.match(shown("Europe/Amsterdam", winter), /since 2026-02-01 00:30:00 until/);
  assert.match(shown("Europe/Amsterdam", summer), /since 2026-08-01 00:30:00 until/);
  assert.match(shown("America/St_Johns", winter), /since 2026-01-31 20:00:00 until/);
  assert.match(shown("UTC", summer), /since 2026-07-31 22:30:00 until/);
  assert.equal(zoneOf({ country: "NL", timeZone: "Europe/Amsterdam" }, false), "Europe/Amsterdam");
  assert.equal(zoneOf({ country: "NL", timeZone: "Europe/Amsterdam" }, true), "UTC");
  assert.match(zoneLine("Asia/Kathmandu"), /^Times are those of Asia\/Kathmandu; --utc/);
  assert.match(
    banLine(
      { kind: "slowed", what: "x", since: 0, until: 60_000, why: "y", code: "x", args: {} },
      "Asia/Kathmandu",
    ),
    /05:30:00 until 1970-01-01 05:31:00/,
  );
});
