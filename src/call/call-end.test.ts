import assert from "node:assert/strict";
import { test } from "node:test";
import { statusForCaller } from "../model/plan-end.ts";
import { Tried } from "../model/tried.ts";
import { planEnded, verdictOf } from "./call-end.ts";

test("a caller never hears a challenge, a redirection or a fault of another leg", () => {
  for (let status = 300; status < 700; status++) {
    const told = statusForCaller(status);
    assert.ok(told >= 400 && told < 700);
    assert.ok(![401, 407, 408, 422, 481, 487, 491, 494].includes(told), `${status} to ${told}`);
    assert.ok(told < 500 || told >= 600, `${status} to ${told}`);
  }
});

test("an ending knows what the caller is told, its result, whether it is missed, and its sentence", () => {
  const last = (status: number | undefined, fault?: number) => ({
    step: "215",
    how: "busy",
    status,
    fault: fault === undefined ? undefined : { status: fault, reason: "no port is free" },
    isServed: false,
  });
  const rows = [
    // The plan decides what the caller hears, unless it dialled the destination itself.
    [planEnded(486, "Busy.", last(486), false), 486, "busy"],
    [planEnded(480, "Nobody answered.", last(603), false), 480, "noAnswer"],
    [planEnded(480, "Nobody answered.", last(603), true), 603, "rejected"],
    [planEnded(480, "Nobody answered.", last(482), false), 482, "failed"],
    [planEnded(480, "Nobody answered.", last(undefined, 503), false), 503, "failed"],
  ] as const;
  for (const [ending, status, result] of rows) {
    assert.deepEqual([ending.refusal.status, ending.status, ending.result], [status, status, result]);
    assert.equal(ending.refusal.headers.length, status === 503 ? 1 : 0, "503 says when to come again");
    assert.equal(ending.code, "end.planEnded");
    assert.match(ending.reason, /Last tried: 215; busy\.$/);
    assert.equal(verdictOf(ending, undefined, new Tried()).missed, true);
  }
});
