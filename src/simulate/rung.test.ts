import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceArgs } from "../dialplan/trace.ts";
import type { StoryEvent } from "../model/call-record.ts";
import { partiesIn } from "./rung.ts";

const told = (atMs: number, code: string, args: TraceArgs): StoryEvent => ({
  type: "step",
  atMs,
  entry: { step: "1", type: "phone", label: "Phone 215", code, text: "", args },
});

test("each ringing has its own state, with how long it took from when the party began to ring", () => {
  const story = [
    told(100, "ring.rings", { who: "215 (Reception), 216", targets: "215 216", ringSeconds: 20 }),
    told(20_100, "ring.timeout", { who: "215 (Reception), 216", status: 408, ringSeconds: 20 }),
    told(20_100, "ring.rings", { who: "215 (Reception)", targets: "215", ringSeconds: 20 }),
    told(21_000, "ring.forwarded", { by: "215 (Reception)", who: "217", targets: "217", later: "" }),
    told(24_000, "ring.busy", { who: "217", status: 486, ringSeconds: 20 }),
  ];
  assert.deepEqual(partiesIn(story), {
    "215": [{ does: "noAnswer" }, { does: "forwards", to: ["217"], afterMs: 900 }],
    "216": [{ does: "noAnswer" }],
    "217": [{ does: "busy", afterMs: 3000 }],
  });
});

test("what is told when the ring time was just over was done within it", () => {
  const story = [
    told(0, "ring.rings", { who: "215", targets: "215", ringSeconds: 20 }),
    told(20_150, "ring.answered", { who: "215", status: 200, ringSeconds: 20 }),
  ];
  assert.deepEqual(partiesIn(story), { "215": [{ does: "answers", afterMs: 19_999 }] });
});

test("who was not there before the ring time was over is not there again", () => {
  const story = [
    told(0, "ring.rings", { who: "215", targets: "215", ringSeconds: 20 }),
    told(5000, "ring.timeout", { who: "215", status: 408, ringSeconds: 20 }),
  ];
  assert.deepEqual(partiesIn(story), { "215": [{ does: "refuses", status: 408, afterMs: 5000 }] });
});
