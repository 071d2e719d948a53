import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type Cell, mermaid, next } from "../fsm/table.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./call.fsm.ts";

test("the diagram beside the table is the table's own", () => {
  const golden = new URL("./call.mmd", import.meta.url);
  const printed = mermaid(callTable, "routing");
  // Printed anew with `--test-update-snapshots`, Node's own flag for goldens.
  if (process.execArgv.includes("--test-update-snapshots")) writeFileSync(golden, printed);
  assert.equal(readFileSync(golden, "utf8"), printed);
});

test("whatever happens in whatever order, a call is recorded once and then nothing is done any more", () => {
  const events: readonly CallEvent[] = [
    "callerAnswered",
    "calleeAnswered",
    "planEnded",
    "callerGone",
    "calleeGone",
    "broken",
  ];
  for (let number = 0; number < events.length ** 4; number++) {
    let state: CallState = "routing";
    let recorded = 0;
    for (let digit = 0, rest = number; digit < 4; digit++, rest = Math.floor(rest / events.length)) {
      const cell: Cell<CallState, CallAction> = next(
        callTable,
        state,
        events[rest % events.length] as CallEvent,
      );
      if (cell === "ignore") continue;
      const before: CallState = state;
      state = cell.to;
      recorded += cell.do.filter((action) => action === "record").length;
      assert.equal(state === "ended", cell.do.includes("record"), `${before} ${cell.do.join(" ")}`);
    }
    assert.equal(recorded, state === "ended" ? 1 : 0);
  }
});

test("who hangs up is not hung up; who is left is", () => {
  assert.deepEqual(callTable.connected.callerGone, { to: "ended", do: ["hangUpCallee", "record"] });
  assert.deepEqual(callTable.connected.calleeGone, { to: "ended", do: ["hangUpCaller", "record"] });
});
