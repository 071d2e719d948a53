import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../lib/result.ts";
import {
  parseContentLength,
  parseCSeq,
  parseExpires,
  parseMaxForwards,
  parseMediaType,
  parseMinSe,
  parseQ,
  parseRAck,
  parseReason,
  parseReplaces,
  parseRetryAfter,
  parseRSeq,
  parseSessionExpires,
  parseTokenWithParams,
} from "./header.ts";
import { noParams, Params } from "./params.ts";

/** Each row: text, and the value as JSON-like data, or undefined where it must be refused. */
function table<T>(
  parse: (text: string) => Result<T, string>,
  rows: readonly (readonly [string, T | undefined])[],
): void {
  for (const [text, expected] of rows) {
    const parsed = parse(text);
    assert.deepEqual(parsed.ok ? parsed.value : undefined, expected, text);
  }
}

test("CSeq", () =>
  table(parseCSeq, [
    ["1 INVITE", { number: 1, method: "INVITE" }],
    ["0009   INVITE", { number: 9, method: "INVITE" }],
    ["4294967295 X", { number: 4_294_967_295, method: "X" }],
    ["4294967296 X", undefined],
    [`${"9".repeat(4000)} X`, undefined],
    ["-1 INVITE", undefined],
    ["1INVITE", undefined],
    ["1", undefined],
    ["1 IN VITE", undefined],
    ["INVITE 1", undefined],
    ["", undefined],
  ]));

test("RAck and RSeq", () => {
  table(parseRAck, [
    ["776656 1 INVITE", { rseq: 776_656, cseq: 1, method: "INVITE" }],
    ["776656 INVITE", undefined],
    ["4294967296 1 INVITE", undefined],
    ["", undefined],
  ]);
  table(parseRSeq, [
    ["1", 1],
    ["0", undefined],
    ["x", undefined],
  ]);
});

test("numbers", () => {
  table(parseMaxForwards, [
    ["0", 0],
    ["0068", 68],
    ["255", 255],
    ["256", undefined],
    ["-1", undefined],
    ["", undefined],
  ]);
  table(parseContentLength, [
    ["0", 0],
    ["4294967295", 4_294_967_295],
    ["4294967296", undefined],
    ["-999", undefined],
    ["1e3", undefined],
    ["+1", undefined],
  ]);
  table(parseExpires, [
    ["3600", 3600],
    ["9".repeat(100), 4_294_967_295],
    ["9".repeat(400), 4_294_967_295],
    ["1.5", undefined],
    ["", undefined],
  ]);
  table(parseRetryAfter, [
    ["18000;duration=3600", 18_000],
    ["120 (I'm in a meeting)", 120],
    ["949302838503028349304023988", 4_294_967_295],
    ["soon", undefined],
  ]);
  table(parseQ, [
    ["0.7", 0.7],
    ["1.000", 1],
    ["0", 0],
    ["1.1", undefined],
    ["0.1234", undefined],
    [".5", undefined],
  ]);
});

test("Session-Expires and Min-SE", () => {
  table(parseSessionExpires, [
    ["1800", { seconds: 1800, refresher: undefined }],
    ["90 ; Refresher=UAS", { seconds: 90, refresher: "uas" }],
    ["90;refresher=proxy", undefined],
    ["90 x", undefined],
    ["", undefined],
  ]);
  table(parseMinSe, [
    ["90", 90],
    ["90;x=1", 90],
    ["x", undefined],
  ]);
});

test("Reason", () =>
  table(parseReason, [
    [
      'SIP ;cause=200 ;text="Call completed \\"elsewhere\\""',
      { protocol: "sip", cause: 200, text: 'Call completed "elsewhere"' },
    ],
    ["Q.850;cause=16", { protocol: "q.850", cause: 16, text: undefined }],
    ["SIP;cause=x", { protocol: "sip", cause: undefined, text: undefined }],
    [";cause=1", undefined],
  ]));

test("Replaces", () =>
  table(parseReplaces, [
    [
      "425928@bobster.example.org;to-tag=7743;from-tag=6472",
      { callId: "425928@bobster.example.org", toTag: "7743", fromTag: "6472", earlyOnly: false },
    ],
    ["a;from-tag=2;to-tag=1;early-only", { callId: "a", toTag: "1", fromTag: "2", earlyOnly: true }],
    ["a;to-tag=1", undefined],
    ["a", undefined],
    [";to-tag=1;from-tag=2", undefined],
  ]));

test("media types and tokens with parameters", () => {
  table(parseMediaType, [
    ["Application/SDP", { type: "application/sdp", params: noParams }],
    [
      'multipart/mixed; boundary="a b"',
      { type: "multipart/mixed", params: Params.of([["boundary", '"a b"']]) },
    ],
    ["application", undefined],
    ["application/", undefined],
    ["/sdp", undefined],
    ["application/sdp junk", undefined],
  ]);
  table(parseTokenWithParams, [
    ["Refer;id=93809823", { token: "refer", params: Params.of([["id", "93809823"]]) }],
    ["id", { token: "id", params: noParams }],
    ["", undefined],
    ["a b", undefined],
  ]);
});
