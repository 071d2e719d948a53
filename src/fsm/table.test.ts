import assert from "node:assert/strict";
import { test } from "node:test";
import { mermaid, next, type Table } from "./table.ts";

const door: Table<"Open" | "Closed", "push" | "lock", "creak" | "click"> = {
  Open: { push: { to: "Closed", do: ["creak", "click"] }, lock: "ignore" },
  Closed: { push: { to: "Open", do: [] }, lock: "ignore" },
};

test("next gives the cell", () => {
  assert.deepEqual(next(door, "Open", "push"), { to: "Closed", do: ["creak", "click"] });
  assert.equal(next(door, "Open", "lock"), "ignore");
});

test("mermaid prints one line a transition, with its actions, and none for what is ignored", () => {
  assert.equal(
    mermaid(door, "Closed"),
    "stateDiagram-v2\n  [*] --> Closed\n  Open --> Closed: push / creak, click\n  Closed --> Open: push\n",
  );
});
