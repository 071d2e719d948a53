import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import type { Alert } from "../model/alert.ts";
import { RefusedDestinations } from "./refused-destinations.ts";

function entry(parts: Partial<TraceEntry> = {}): TraceEntry {
  const args = {
    refused: "satellite",
    why: "+881612345678 is a satellite phone (+881), which is never called.",
  };
  const step = { step: "1.1.1", type: "variableDestination", label: "Variable destination" } as const;
  return { ...step, code: "ring.refused", text: "", args, ...parts };
}

test("X9: a destination of a webhook that the guard refuses is told, of each step and reason once in ten minutes", () => {
  const clock = new VirtualClock();
  const alerts: Alert[] = [];
  const refused = new RefusedDestinations(clock, (alert) => void alerts.push(alert));
  refused.saw("main", [entry()]);
  refused.saw("main", [entry()]);
  assert.deepEqual(alerts, [
    {
      code: "destinationRefused",
      args: { plan: "main", step: "1.1.1", refused: "satellite" },
      sentence:
        'A webhook sent a call of the plan "main" where none may go (step 1.1.1): +881612345678 is a satellite phone (+881), which is never called.',
    },
  ]);
  refused.saw("main", [entry({ args: { refused: "country", why: "x" } })]);
  refused.saw("night", [entry()]);
  assert.equal(alerts.length, 3);
  clock.advance(10 * 60_000);
  refused.saw("main", [entry()]);
  assert.equal(alerts.length, 4);
});

test("what is no number, what a fixed destination says, and what is decided otherwise is none", () => {
  const alerts: Alert[] = [];
  const refused = new RefusedDestinations(new VirtualClock(), (alert) => void alerts.push(alert));
  refused.saw("main", [
    entry({ args: { refused: "notANumber", why: "x" } }),
    entry({ type: "fixedDestination" }),
    entry({ code: "ring.nothingReturned" }),
  ]);
  assert.deepEqual(alerts, []);
});
