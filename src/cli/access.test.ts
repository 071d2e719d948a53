import assert from "node:assert/strict";
import { test } from "node:test";
import { phoneLines } from "./access.ts";

const phone = { extension: "201", name: "Anna", contacts: [] };
const contact = {
  uri: "sip:201@192.0.2.1",
  source: "udp:192.0.2.1:5060",
  since: 2_000,
  until: 9_000,
  device: "x",
  reachable: true,
};
const failureAt = (at: number) => ({ at, address: "192.0.2.9", reason: "The password is wrong." });

test("N9: a failed login of before the registration is told as such, one after it is the last", () => {
  const last = (at: number, contacts = [contact]) =>
    phoneLines({ ...phone, contacts, lastFailure: failureAt(at) }).at(-1);
  assert.match(
    last(1_000) ?? "",
    /^ {4}last failed login before that .* from 192\.0\.2\.9: The password is wrong\.$/,
  );
  assert.match(last(3_000) ?? "", /^ {4}last failed login \d/);
  assert.match(last(1_000, []) ?? "", /^ {4}last failed login \d/);
});
