import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Happening, SipTrace, StoryEvent } from "./call-record.ts";
import { type Span, spans } from "./spans.ts";
import { stepPath } from "./step-path.ts";
import { type Entry, timeline } from "./timeline.ts";

const LEGS = ["A", "B1", "B2"] as const;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom(...LEGS).map((leg): Happening => ({ type: "soundBegins", leg, sound: { kind: "hold" } })),
  fc.constantFrom(...LEGS).map((leg): Happening => ({ type: "soundEnds", leg, by: "key" })),
  fc
    .record({
      leg: fc.constantFrom(...LEGS),
      what: fc.constantFrom("ringing", "earlyMedia", "refused", "cancelled"),
    })
    .map((one): Happening => ({ type: "legEvent", status: undefined, detail: "", ...one })),
  fc.constantFrom(...LEGS).map((leg): Happening => ({ type: "answered", leg, target: "x" })),
  fc
    .record({ leg: fc.constantFrom(...LEGS), code: fc.constantFrom("note.hold", "note.mediaChanged") })
    .map((one): Happening => ({ type: "note", text: "", ...one })),
  fc.constantFrom(...LEGS).map((leg): Happening => ({ type: "key", leg, way: "event" })),
);
const ENDED: Happening = { type: "ended", by: "caller", status: undefined, reason: "" };

/** A record as calls make them: one number and one time after the other, messages in between. */
const record = fc
  .tuple(
    fc.array(fc.oneof(happening, fc.constant("message" as const)), { maxLength: 60 }),
    fc.array(happening, { maxLength: 5 }),
    fc.array(fc.nat(3), { minLength: 70, maxLength: 70 }),
  )
  .map(([during, after, gaps]) => {
    const story: StoryEvent[] = [];
    const sip: SipTrace[] = [];
    let atMs = 0;
    for (const [index, one] of [...during, ENDED, ...after].entries()) {
      atMs += gaps[index] ?? 0;
      const moment = { atMs, seq: index + 1 };
      if (one === "message") sip.push({ ...moment, leg: "A", direction: "in", peer: "udp:x", text: "" });
      else story.push({ ...moment, ...one });
    }
    return { story, sip };
  });

test("entries come by number, whichever list they are in, and none is missing", () => {
  fc.assert(
    fc.property(record, ({ story, sip }) => {
      const entries = timeline({ story: story.toReversed(), sip: sip.toReversed() });
      assert.deepEqual(
        entries.map(({ seq }) => seq),
        Array.from({ length: story.length + sip.length }, (_, index) => index + 1),
      );
    }),
  );
});

test("records made before there were numbers are put in the same order by their times", () => {
  const at = (atMs: number, text: string): StoryEvent => ({ atMs, type: "note", leg: undefined, text });
  const message = (atMs: number, direction: "in" | "out"): SipTrace => {
    return { atMs, leg: "A", direction, peer: "", text: "" };
  };
  const entries = timeline({
    story: [at(0, "one"), at(0, "two"), at(5, "three")],
    sip: [message(0, "in"), message(0, "out"), message(4, "in"), message(7, "out")],
  });
  const shown = entries.map((one) =>
    one.type === "sip" ? one.direction : one.type === "note" ? one.text : "",
  );
  assert.deepEqual(shown, ["in", "one", "two", "out", "in", "three", "out"]);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

test("spans of one kind and leg never overlap, and when the call has ended every one has", () => {
  fc.assert(
    fc.property(record, (made) => {
      const found = spans(made);
      const byLeg = Map.groupBy(found, ({ kind, leg }) => `${kind} ${leg}`);
      for (const these of byLeg.values()) {
        let free = 0;
        for (const { fromSeq, toSeq, fromMs, toMs } of these) {
          assert.ok(toSeq !== undefined && toMs !== undefined, "it has ended");
          assert.ok(free <= fromSeq && fromSeq < toSeq && fromMs <= toMs, JSON.stringify(these));
          free = toSeq;
        }
      }
      const began = made.story.filter(({ type }) => type === "soundBegins");
      const ended = made.story.find(({ type }) => type === "ended");
      const heard = found.filter(({ kind }) => kind === "heard");
      assert.equal(heard.length, began.filter(({ seq = 0 }) => seq < (ended?.seq ?? 0)).length);
    }),
  );
});

test("a call with a code, ringing, talk and a hold, in spans", () => {
  const says: readonly Happening[] = [
    { type: "soundBegins", leg: "A", sound: { kind: "message", name: "code", durationMs: 2000 } },
    { type: "key", leg: "A", way: "event" },
    { type: "soundEnds", leg: "A", by: "key" },
    { type: "legEvent", leg: "B1", what: "ringing", status: 180, detail: "" },
    { type: "legEvent", leg: "B1", what: "earlyMedia", status: 183, detail: "" },
    { type: "soundBegins", leg: "A", sound: { kind: "ringback" } },
    { type: "soundEnds", leg: "A", by: "replaced" },
    { type: "answered", leg: "B1", target: "phone 215" },
    { type: "note", leg: "B1", code: "note.hold", text: "" },
    { type: "note", leg: "B1", code: "note.mediaChanged", text: "" },
    { type: "note", leg: "A", code: "note.hold", text: "" },
    ENDED,
  ];
  const story = says.map((one, index): StoryEvent => ({ atMs: 10 * index, seq: index + 1, ...one }));
  const shown = (found: readonly Span[]) =>
    found.map(({ kind, leg, fromMs, toMs }) => `${kind} ${leg} ${fromMs}-${toMs ?? ""}`);
  assert.deepEqual(shown(spans({ story, sip: [] })), [
    "heard A 0-20",
    "ringing B1 30-70",
    "heard A 50-60",
    "talk B1 70-110",
    "hold B1 80-90",
    "hold A 100-110",
  ]);
  // As far as it is known while the call is up.
  assert.deepEqual(shown(spans({ story: story.slice(0, 9), sip: [] })).slice(-2), [
    "talk B1 70-",
    "hold B1 80-",
  ]);
});

test("a call that was cut off has no span without an end, and one that is up has", () => {
  fc.assert(
    fc.property(record, ({ story, sip }) => {
      const cut = { story: story.filter(({ type }) => type !== "ended"), sip };
      const last = timeline(cut).at(-1);
      for (const span of spans({ ...cut, result: "failed" })) {
        assert.ok(span.toSeq !== undefined && span.toMs !== undefined && span.fromMs <= span.toMs);
        assert.ok(span.toSeq <= (last?.seq ?? 0));
      }
      assert.deepEqual(spans({ ...cut, result: "ongoing" }), spans(cut));
    }),
  );
});

test("the path names each step once for each time that it was come to, with the plan it is in", () => {
  const step = (number: string, plan?: string): Happening => ({
    type: "step",
    entry: { step: number, type: "x", label: "", text: "", ...(plan === undefined ? {} : { plan }) },
  });
  const says = [
    { type: "plan", plan: "main", planId: "p1", version: 3 } as const,
    step(""),
    step("1"),
    step("1"),
    step("2"),
    step("1", "night"),
    step("1"),
  ];
  const story = says.map((one, index): StoryEvent => ({ atMs: index, seq: index + 1, ...one }));
  assert.deepEqual(
    stepPath({ story }).map(({ plan, planId, version, step: at }) => [plan, planId, version, at]),
    [
      ["main", "p1", 3, "1"],
      ["main", "p1", 3, "2"],
      ["night", undefined, undefined, "1"],
      ["main", "p1", 3, "1"],
    ],
  );
});

test("an entry says what it is", () => {
  const entries: readonly Entry[] = timeline({
    story: [{ atMs: 1, seq: 2, type: "key", leg: "A", way: "info" }],
    sip: [{ atMs: 1, seq: 1, leg: "A", direction: "in", peer: "udp:x", text: "INFO" }],
  });
  assert.deepEqual(
    entries.map(({ type }) => type),
    ["sip", "key"],
  );
});
