import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { mermaid, next } from "../../fsm/table.ts";
import { type OfferAnswerEvent, type OfferAnswerState, offerAnswer } from "./offer-answer.fsm.ts";

test("the diagram beside the table is the table's own", () => {
  const golden = new URL("./offer-answer.mmd", import.meta.url);
  const printed = mermaid(offerAnswer, "stable");
  // Printed anew with `--test-update-snapshots`, Node's own flag for goldens.
  if (process.execArgv.includes("--test-update-snapshots")) writeFileSync(golden, printed);
  assert.equal(readFileSync(golden, "utf8"), printed);
});

function run(events: readonly OfferAnswerEvent[]): readonly string[] {
  let state: OfferAnswerState = "stable";
  return events.map((event) => {
    const cell = next(offerAnswer, state, event);
    if (cell === "ignore") return `${state}: -`;
    state = cell.to;
    return `${state}: ${cell.do.join(" ")}`;
  });
}

test("one offer at a time: ours, theirs, and both at once (RFC 3261 §14.1, §14.2)", () => {
  assert.deepEqual(run(["sendOffer", "receiveOffer", "sendOffer", "settled", "receiveOffer"]), [
    "localOffer: send",
    "localOffer: refuseGlare",
    "localOffer: reportBusy",
    "stable: ",
    "remoteOffer: deliver",
  ]);
  assert.deepEqual(run(["receiveOffer", "receiveOffer", "sendOffer", "settled", "settled", "sendOffer"]), [
    "remoteOffer: deliver",
    "remoteOffer: refuseOverlap",
    "remoteOffer: reportBusy",
    "stable: ",
    "stable: -",
    "localOffer: send",
  ]);
});
