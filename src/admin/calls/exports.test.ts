import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { callRecord } from "../../../test/support/call-record.ts";
import { CSV_HEAD, csvLine } from "./csv.ts";
import { htmlOf } from "./html.ts";

const HOSTILE = [
  "<script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "' onmouseover='alert(1)",
  "</pre></details><iframe src=//evil.example>",
  "&lt;b&gt; &amp; \u0000\u0007",
] as const;

describe("a call as a page of HTML", () => {
  test("I8: shows what callers wrote as text: there is no element and no attribute of theirs", () => {
    for (const text of HOSTILE) {
      const record = callRecord("abc", 1000, {
        callerName: text,
        caller: text,
        called: text,
        origin: text,
        reason: text,
        plan: text,
        story: [
          { atMs: 1, type: "received", source: text, origin: text, from: text, to: text },
          { atMs: 2, type: "note", leg: undefined, text },
        ],
        sip: [{ atMs: 0, leg: text, direction: "in", peer: text, text: `INVITE ${text}\r\nFrom: ${text}` }],
      });
      const plain = htmlOf(callRecord("abc", 1000, { ...record, ...CLEAN }), "Europe/Amsterdam");
      const page = htmlOf(record, "Europe/Amsterdam");
      const tags = (html: string): string[] => html.match(/<[^>]*>/g) ?? [];
      assert.deepEqual(tags(page), tags(plain), text);
      assert.equal(page.includes("\u0000"), false);
    }
  });

  test("has every sentence and message, in the order of their numbers, needs nothing and runs nothing", () => {
    const record = callRecord("abc", 1000, {
      story: [
        { atMs: 5, seq: 3, type: "asked", webhook: "CRM", url: "http://crm.example/" },
        {
          atMs: 5,
          seq: 1,
          type: "received",
          source: "udp:192.0.2.1:5060",
          origin: "trunk",
          from: "a",
          to: "b",
        },
      ],
      sip: [
        {
          atMs: 5,
          seq: 2,
          leg: "A",
          direction: "out",
          peer: "udp:192.0.2.1:5060",
          text: "SIP/2.0 100 Trying",
        },
      ],
    });
    const page = htmlOf(record, "UTC");
    const places = ["A call came in", "SIP/2.0 100 Trying", "Webhook &quot;CRM&quot; is asked"].map((one) =>
      page.indexOf(one),
    );
    assert.ok(
      places.every((place) => place > 0),
      page,
    );
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    assert.doesNotMatch(page, /<script|<link|<img|src=|href=|@import|url\(/);
    assert.match(page, /default-src 'none'/);
  });
});

const CLEAN = {
  callerName: "x",
  caller: "x",
  called: "x",
  origin: "x",
  reason: "x",
  plan: "x",
  story: [
    { atMs: 1, type: "received", source: "x", origin: "x", from: "x", to: "x" },
    { atMs: 2, type: "note", leg: undefined, text: "x" },
  ],
  sip: [{ atMs: 0, leg: "x", direction: "in", peer: "x", text: "INVITE x\r\nFrom: x" }],
} as const;

describe("calls as CSV", () => {
  test("have a line each, quoted as RFC 4180 says", () => {
    const call = callRecord("abc", 0, { callerName: 'Jansen, "Jan"\r\nX', reason: "fine", plan: undefined });
    const line = csvLine(call);
    assert.ok(line.startsWith("abc,1970-01-01T00:00:00.000Z,1970-01-01T00:00:02.000Z,"), line);
    assert.ok(line.includes('"Jansen, ""Jan""\r\nX"'), line);
    assert.ok(line.endsWith("\r\n"));
    assert.equal(CSV_HEAD.trim().split(",").length, 15);
  });

  test("give no spreadsheet a formula that a caller wrote, and leave numbers as they are", () => {
    for (const callerName of ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1"]) {
      assert.ok(csvLine(callRecord("abc", 0, { callerName })).includes(`'${callerName}`), callerName);
    }
    assert.ok(csvLine(callRecord("abc", 0, { caller: "+31612345678" })).includes(",+31612345678,"));
  });
});
