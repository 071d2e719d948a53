import assert from "node:assert/strict";
import { test } from "node:test";
import { e164 } from "../../test/support/e164.ts";
import { replied } from "../../test/support/walk.ts";
import { FACTS, hook, last, name, phone, planOf, rang, walk } from "../../test/support/walk-scene.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import type { Caller } from "./call-facts.ts";
import type { Outcome } from "./outcome.ts";

// What those who are rung, and webhooks, are told of the caller.

const NAMES: readonly (readonly [
  name: string,
  steps: readonly unknown[],
  returned: string | undefined,
  callerName: string,
  expected: string,
])[] = [
  ["none of the steps: the caller's own name", [], undefined, "Jan", "Jan"],
  ["a returned name without a step changes nothing", [], "CRM name", "Jan", "Jan"],
  ["the returned name", [name("webhook")], "CRM name", "Jan", "CRM name"],
  ["the returned name is cleaned again", [name("webhook")], "a\r\nb", "Jan", "ab"],
  ["no name returned: unchanged", [name("webhook")], undefined, "Jan", "Jan"],
  ["webhook, then prepend", [name("webhook"), name("prepend", "VIP ")], "CRM name", "Jan", "VIP CRM name"],
  ["prepend twice", [name("prepend", "B "), name("prepend", "A ")], undefined, "Jan", "A B Jan"],
  ["prepend on an empty name is the text alone", [name("prepend", "VIP ")], undefined, "", "VIP"],
  ["replace", [name("replace", "Shop")], "x", "Jan", "Shop"],
  ["prepend, then the webhook's", [name("prepend", "VIP "), name("webhook")], "CRM name", "Jan", "CRM name"],
  ["at most 64 characters", [name("prepend", "x".repeat(60))], undefined, "abcdef", `${"x".repeat(60)}abcd`],
];
for (const [title, steps, returned, callerName, expected] of NAMES) {
  test(`caller name: ${title}`, () => {
    const turns = walk(planOf([hook("CRM", [...steps, phone("215")])]), [replied({ callerName: returned })], {
      ...FACTS,
      callerName: cleanDisplayName(callerName),
    });
    const { command } = last(turns);
    assert.equal(command.type === "ring" && command.callerName, expected);
  });
}

test("the values of a request: numbers as understood, the caller's own name", () => {
  const plan = planOf([hook("CRM", [name("replace", "Shop"), hook("called", [])])]);
  const callers: readonly (readonly [Caller, string])[] = [
    [{ kind: "external", number: e164("+31201234567") }, "+31201234567"],
    [{ kind: "internal", extension: "216" }, "216"],
    [{ kind: "other", id: cleanDisplayName("1200") }, "1200"],
    [{ kind: "anonymous" }, ""],
  ];
  for (const [caller, callerid] of callers) {
    const turns = walk(plan, [replied({})], { ...FACTS, caller });
    for (const { command } of turns) {
      assert.ok(command.type === "request");
      assert.deepEqual(command.values, {
        did: "+31501234567",
        callerid,
        callername: "Jan",
        code: "",
        callid: "call-1",
      });
    }
  }
});

test("caller ID forwarding: everything under the webhook, the nearest one, unless a step has its own", () => {
  const forwarding = (steps: readonly unknown[], outcomes: readonly Outcome[]): unknown => {
    const { command } = last(walk(planOf(steps), outcomes));
    return command.type === "ring" && command.callerIdForwarding;
  };
  const outside = { type: "fixedDestination", number: "+31201234567" };
  assert.equal(forwarding([phone("215")], []), "caller");
  assert.equal(forwarding([hook("private", [phone("215")])], [replied({})]), "suppressed");
  assert.equal(
    forwarding([hook("private", [], [phone("215")])], [replied({ verdict: "nak" })]),
    "suppressed",
  );
  assert.equal(
    forwarding([hook("private", [phone("215"), outside])], [replied({}), rang("timeout")]),
    "suppressed",
  );
  assert.equal(
    forwarding([hook("private", [hook("called", [outside])])], [replied({}), replied({})]),
    "called",
  );
  assert.equal(
    forwarding([hook("private", [{ ...outside, callerIdForwarding: "caller" }])], [replied({})]),
    "caller",
  );
  const returned = { type: "variableDestination", callerIdForwarding: "called" };
  for (const destination of ["215", "+31201234567"])
    assert.equal(forwarding([hook("private", [returned])], [replied({ destination })]), "called");
  assert.equal(
    forwarding([hook("private", [{ type: "variableDestination" }])], [replied({ destination: "215" })]),
    "suppressed",
  );
});
