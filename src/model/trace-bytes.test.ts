import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TraceEntry } from "../dialplan/trace.ts";
import type { SipTrace, StoryEvent } from "./call-record.ts";
import { legEnded, note as noted } from "./story-words.ts";
import { decodeTrace, encodeTrace } from "./trace-bytes.ts";

const message: fc.Arbitrary<SipTrace> = fc.record(
  {
    atMs: fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
    leg: fc.stringMatching(/^[A-Z][0-9]{0,2}$/),
    direction: fc.constantFrom("in", "out"),
    peer: fc.stringMatching(/^(udp|tcp|tls):[0-9a-f.:[\]]{1,30}$/),
    text: fc.string({ unit: "grapheme", maxLength: 300 }),
  },
  { noNullPrototype: true },
);
const note = fc
  .string({ unit: "grapheme" })
  .map((text): StoryEvent => ({ atMs: 1, type: "note", leg: "A", text }));
const piece = fc.record(
  { story: fc.array(note), sip: fc.array(message, { maxLength: 20 }) },
  { noNullPrototype: true },
);

test("what is encoded is decoded the same, also from several pieces in a row", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 3 }), (pieces) => {
      const decoded = decodeTrace(Buffer.concat(pieces.map(encodeTrace)));
      assert.deepEqual(
        decoded.story,
        pieces.flatMap(({ story }) => story),
      );
      assert.deepEqual(
        decoded.sip,
        pieces.flatMap(({ sip }) => sip),
      );
    }),
  );
});

test("octets at hand are stored as they are, the text is not asked for", () => {
  const sip: SipTrace = {
    atMs: 1,
    leg: "A",
    direction: "in",
    peer: "udp:x",
    octets: Buffer.from("INVITE"),
    get text(): string {
      throw new Error("the text was made");
    },
  };
  assert.equal(decodeTrace(encodeTrace({ story: [], sip: [sip] })).sip[0]?.text, "INVITE");
});

test("a peer with spaces or line breaks cannot change where octets begin", () => {
  const sip: SipTrace[] = [{ atMs: 1, leg: "A\n", direction: "in", peer: "udp:x 9\n\n", text: "INVITE" }];
  const [decoded] = decodeTrace(encodeTrace({ story: [], sip })).sip;
  assert.deepEqual(decoded, { atMs: 1, leg: "_A_", direction: "in", peer: "_udp:x_9__", text: "INVITE" });
});

test("damaged bytes never throw", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeTrace(bytes)));
  const whole = encodeTrace({
    story: [],
    sip: [{ atMs: 1, leg: "A", direction: "in", peer: "udp:x", text: "abc" }],
  });
  for (let cut = 0; cut < whole.length; cut++) {
    assert.deepEqual(decodeTrace(whole.subarray(0, cut)), { story: [], sip: [] });
  }
});

test("a decision of the plan is stored as code and arguments, and read back with its sentence", () => {
  const entry = (code: string, args: Record<string, string | number>) => ({
    atMs: 1,
    type: "step" as const,
    entry: { step: "1", type: "webhook", label: "Webhook", code, args } as TraceEntry,
  });
  const old = {
    atMs: 0,
    type: "step" as const,
    entry: { step: "1", type: "phone", label: "Phone 215", text: "As it was said." },
  };
  const story: StoryEvent[] = [
    old,
    entry("webhook.asks", { webhook: "CRM" }),
    entry("webhook.unheardOf", { a: 1 }),
    entry("ring.rings", {}),
  ];
  const texts = decodeTrace(encodeTrace({ story, sip: [] })).story.map((event) =>
    event.type === "step" ? event.entry.text : "",
  );
  assert.deepEqual(texts.slice(0, 3), ["As it was said.", 'Asks the webhook "CRM".', "(webhook.unheardOf)"]);
  assert.equal(typeof texts[3], "string", "arguments that are missing break nothing");
});

test("what the network, the sound and the boards said is kept with its words: a code that there is no more breaks no record", () => {
  const why = { code: "flow.unheardOf", args: {}, text: "as it was said" };
  const ended = legEnded({ leg: "B1", what: "failed", status: 503 }, why);
  const story: StoryEvent[] = [
    { atMs: 1, ...noted("B1", "note.notRung", { why }) },
    { atMs: 2, ...ended },
  ];
  const texts = decodeTrace(encodeTrace({ story, sip: [] })).story.map((event) =>
    event.type === "note" ? event.text : event.type === "legEvent" ? event.detail : "",
  );
  assert.deepEqual(texts, ["as it was said", "as it was said"]);
});
