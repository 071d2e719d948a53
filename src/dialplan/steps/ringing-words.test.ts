import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallerIdForwarding } from "../command.ts";
import { ringingWords } from "./ringing-words.ts";

test("N4: what the phone shows is said as a person would, with a name and without, and who answered of a group", () => {
  const says = (callerName: string, callerIdForwarding: CallerIdForwarding): string =>
    ringingWords["ring.rings"]({
      who: "215",
      targets: "215",
      ringSeconds: 20,
      callerName,
      callerIdForwarding,
    });
  assert.equal(says("", "called"), "Rings 215 for 20 s, showing the called number without a name.");
  assert.equal(says("Jan", "called"), 'Rings 215 for 20 s, showing "Jan" and the called number.');
  assert.equal(says("", "caller"), "Rings 215 for 20 s, without a name.");
  assert.equal(says("", "suppressed"), "Rings 215 for 20 s, as an anonymous caller.");
  const answered = ringingWords["ring.answered"]({ who: "216 (Sales)", status: 200, ringSeconds: 20 });
  assert.equal(answered, "216 (Sales) answered: connected.");
});
