import assert from "node:assert/strict";
import { test } from "node:test";
import { OctetWriter } from "../lib/octet-writer.ts";
import type { Happening } from "../model/call-record.ts";
import { type EntryRun, eventEntry } from "../model/record-entries.ts";
import type { Entry } from "../model/timeline.ts";
import { decodeTrace, packEntries } from "../model/trace-bytes.ts";
import { writeEntries } from "./entry-json.ts";

function read(runs: readonly EntryRun[]): readonly Entry[] {
  const out = new OctetWriter();
  writeEntries(out, runs);
  return JSON.parse(Buffer.from(out.take()).toString()) as readonly Entry[];
}

function runOf(octets: Uint8Array): EntryRun {
  return { octets, places: [0, octets.length] };
}

test("events of a shape that none has are told and read as they are, and never throw", () => {
  const odd: readonly object[] = [
    { type: "step" },
    { type: "step", entry: null },
    { type: "step", entry: { code: "ring.rings" } },
    { type: "step", entry: { code: 7, args: [] } },
    { type: "note", code: "note.hold", args: null },
    { type: "note", code: "note.hold", args: 5 },
    { type: "note", code: "no such code", args: { who: { code: "nor this" } } },
    { type: "legEvent", code: null },
    { type: "stepping", text: "}" },
    { kind: "none" },
  ];
  const runs = odd.map((event, index) => runOf(eventEntry({ atMs: index, seq: index }, event as Happening)));
  const { story } = decodeTrace(packEntries(runs));
  assert.deepEqual(
    read(runs).map(({ seq }) => seq),
    odd.map((_, index) => index),
  );
  // As JSON has them: without what is undefined.
  assert.deepEqual(JSON.parse(JSON.stringify(story)), read(runs));
});

test("what is no event, and what is cut, is left out; what stands beside it is told", () => {
  const whole = eventEntry({ atMs: 1, seq: 1 }, { type: "plan", plan: "main", planId: "p", version: 1 });
  const step = eventEntry({ atMs: 2, seq: 2 }, { type: "step" } as unknown as Happening);
  const cut = step.slice();
  cut[cut.length - 1] = 0;
  const begin = whole.slice();
  begin[3] = 3;
  for (const bad of [cut, begin])
    assert.deepEqual(
      read([runOf(bad), runOf(whole), runOf(bad)]).map(({ type }) => type),
      ["plan"],
    );
  assert.deepEqual(read([]), []);
  assert.deepEqual(read([runOf(cut)]), []);
});
