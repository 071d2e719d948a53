import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import i18next from "i18next";
import { timeline } from "../../../../src/model/timeline.ts";
import { actors } from "./actors.ts";
import type { Row } from "./row.ts";
import { rowsOf } from "./rows.ts";
import type { ShownCall } from "./shown-call.ts";
import { storyRows } from "./story-rows.ts";

// A call of the demo company: a wrong code, the right one, and phone 215 answers.
const file = path.join(import.meta.dirname, "code-call.json");
const call = JSON.parse(readFileSync(file, "utf8")) as ShownCall;

const keyOf = ({ said }: Row): string =>
  "key" in said ? said.key : "said" in said ? said.said.text : said.event.type;
const labels = (rows: readonly Row[]): readonly string[] =>
  rows.map(
    (row) =>
      `${keyOf(row)} | ${row.arrow === undefined ? "" : `${row.arrow.from} ${row.arrow.label} ${row.arrow.to}`}`,
  );

test("the rows of a call say what happened, each beside the message that it was", () => {
  assert.deepEqual(
    labels(rowsOf(call, "important")).map((label) => label.replace(/\d+(\.\d+)? ms/, "N ms")),
    [
      "cameIn | A INVITE us",
      "asksForCode | ",
      "answeredToAsk | us 200 OK A",
      "plays | ",
      "typedHash | A ••••# us",
      "asked | us GET /vip webhook VIP code",
      "wrongCode | webhook VIP code 200 · N ms us",
      "asksForCode | ",
      "plays | ",
      "typedHash | A ••••# us",
      "asked | us GET /vip webhook VIP code",
      "rightCode.name | webhook VIP code 200 · N ms us",
      "successBranch | ",
      'Takes the name that the webhook returned: the name is "VIP". | ',
      "ring | us INVITE B1",
      "ringing | B1 180 Ringing us",
      "answers | B1 200 OK us",
      "callerHungUp | A BYE us",
      "told.called | us BYE B1",
    ],
  );
});

test("what a webhook took is written as the language has it", async () => {
  const slow: ShownCall = {
    ...call,
    story: call.story.map((event) => (event.type === "replied" ? { ...event, elapsedMs: 1234 } : event)),
  };
  const replied = (): readonly string[] =>
    labels(rowsOf(slow, "important")).filter((label) => label.startsWith("wrongCode"));
  assert.deepEqual(replied(), ["wrongCode | webhook VIP code 200 · 1.2 s us"]);
  await i18next.init({ lng: "nl", resources: {} });
  try {
    assert.deepEqual(replied(), ["wrongCode | webhook VIP code 200 · 1,2 s us"]);
  } finally {
    await i18next.changeLanguage("en");
  }
});

test("below our answer stands the sound that it settles on, where its SDP is there", () => {
  const below = (sdp: string): unknown =>
    rowsOf(
      {
        ...call,
        sip: call.sip.map((sip) =>
          sip.direction === "out" && sip.text.includes("200 OK") ? { ...sip, text: sip.text + sdp } : sip,
        ),
      },
      "important",
    ).find((row) => keyOf(row) === "answeredToAsk")?.more;
  const session = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
  const dynamic = `${session}m=audio 30000 RTP/AVP 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n`;
  assert.deepEqual(below(`${session}m=audio 30000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n`), {
    key: "soundKeys",
    values: { codec: "G.711 A-law" },
  });
  assert.deepEqual(below(`${session}m=audio 30000 RTP/AVP 9\r\n`), {
    key: "sound",
    values: { codec: "G.722" },
  });
  assert.deepEqual(below(dynamic), { key: "soundKeys", values: { codec: "opus" } });
  assert.equal(below(`${session}m=audio nothing of the kind`), undefined);
  assert.equal(below(""), undefined);
});

test("every message has its row in the view of all, and no row stands for what another one does", () => {
  const rows = rowsOf(call, "every");
  const covered = rows.flatMap(({ covers }) => covers);
  assert.equal(new Set(covered).size, covered.length);
  for (const { seq } of call.sip) assert.ok(covered.includes(seq ?? 0), `message ${seq} has no row`);
});

test("the lifelines are the caller, we, the webhook and the phone with its name", () => {
  assert.deepEqual(
    actors(call).map(({ key, name, detail }) => [key, name, detail]),
    [
      ["A", "+31612345678", ""],
      ["us", "Switchhook", ""],
      ["webhook VIP code", "VIP code", ""],
      ["B1", "215", "Reception"],
    ],
  );
});

test("any part of a record, in whatever state, gives rows in their order", () => {
  const all = timeline(call);
  fc.assert(
    fc.property(
      fc.subarray([...all]),
      fc.constantFrom("important" as const, "every" as const),
      (kept, view) => {
        const seqs = new Set(kept.map(({ seq }) => seq));
        const part: ShownCall = {
          ...call,
          result: "ongoing",
          story: call.story.filter(({ seq }) => seqs.has(seq ?? 0)),
          sip: call.sip.filter(({ seq }) => seqs.has(seq ?? 0)),
        };
        const rows = rowsOf(part, view);
        for (const [index, row] of rows.entries())
          assert.ok(index === 0 || row.seq >= (rows[index - 1]?.seq ?? 0));
        assert.ok(storyRows(part).length <= part.story.length);
      },
    ),
    { numRuns: 200 },
  );
});
