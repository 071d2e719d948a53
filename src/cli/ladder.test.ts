import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord, SipTrace } from "../model/call-record.ts";
import { renderLadder, renderMessages } from "./ladder.ts";

const PEERS: Readonly<Record<string, string>> = { A: "udp:192.0.2.7:5060" };

function message(
  atMs: number,
  leg: string,
  direction: "in" | "out",
  start: string,
  cseq: string,
  sdp = false,
): SipTrace {
  const type = sdp ? "Content-Type: application/sdp\r\n" : "";
  const peer = PEERS[leg] ?? `udp:192.0.2.${20 + Number(leg.slice(1))}:5060`;
  return { atMs, leg, direction, peer, text: `${start}\r\nCSeq: ${cseq}\r\n${type}\r\n` };
}

function record(sip: readonly SipTrace[]): CallRecord {
  return {
    kind: "call",
    attempts: 1,
    id: "c0ffee",
    startedAt: 0,
    answeredAt: undefined,
    endedAt: 0,
    caller: "",
    callerName: "",
    called: "",
    origin: "",
    plan: undefined,
    result: "completed",
    reason: "",
    missed: false,
    answeredBy: undefined,
    story: [],
    sip,
  };
}

const simple = record([
  message(0, "A", "in", "INVITE sip:+31201234567@192.0.2.1 SIP/2.0", "1 INVITE", true),
  message(0.4, "A", "out", "SIP/2.0 100 Trying", "1 INVITE"),
  message(12.6, "B1", "out", "INVITE sip:215@192.0.2.21 SIP/2.0", "1 INVITE", true),
  message(40, "B1", "in", "SIP/2.0 180 Ringing", "1 INVITE"),
  message(40.2, "A", "out", "SIP/2.0 180 Ringing", "1 INVITE"),
  message(67_000, "A", "in", "BYE sip:192.0.2.1 SIP/2.0", "2 BYE"),
  message(67_000.3, "A", "out", "SIP/2.0 200 OK", "2 BYE"),
]);

const forked = record([
  ...simple.sip.slice(0, 3),
  message(13, "B2", "out", "INVITE sip:216@192.0.2.22 SIP/2.0", "1 INVITE", true),
  message(30, "B2", "in", "SIP/2.0 486 Busy Here", "1 INVITE"),
  message(50, "B1", "out", "CANCEL sip:215@192.0.2.21 SIP/2.0", "1 CANCEL"),
]);

const goldens: readonly (readonly [name: string, call: CallRecord, width: number, ascii: boolean])[] = [
  ["one leg, 100 columns", simple, 100, false],
  ["one leg, narrowest, ASCII", simple, 1, true],
  ["two legs, 100 columns", forked, 100, false],
  ["two legs that share a lifeline", forked, 70, true],
];

const GOLDEN: Readonly<Record<string, string>> = {
  "one leg, 100 columns": `
         Caller (A)                             Switchhook                                 B1
     udp:192.0.2.7:5060                                                          udp:192.0.2.21:5060
              │                                      │                                      │
    0.000 s   │── INVITE +31201234567 (SDP) ────────>│                                      │
    0.000 s   │<── 100 Trying ───────────────────────│                                      │
    0.013 s   │                                      │── INVITE sip:215@192.0.2.21 (SDP) ──>│
    0.040 s   │                                      │<── 180 Ringing ──────────────────────│
    0.040 s   │<── 180 Ringing ──────────────────────│                                      │
   67.000 s   │── BYE sip:192.0.2.1 ────────────────>│                                      │
   67.000 s   │<── 200 OK to BYE ────────────────────│                                      │
              │                                      │                                      │
`.slice(1),
  "one leg, narrowest, ASCII": `
         Caller (A)         Switchhook             B1
      udp:192.0.2.7:...                    udp:192.0.2.21...
              |                  |                  |
    0.000 s   |-- INVITE (SDP) ->|                  |
    0.000 s   |<-- 100 Trying ---|                  |
    0.013 s   |                  |-- INVITE 215 --->|
    0.040 s   |                  |<-- 180 Ringing --|
    0.040 s   |<-- 180 Ringing --|                  |
   67.000 s   |-- BYE ---------->|                  |
   67.000 s   |<-- 200 OK -------|                  |
              |                  |                  |
`.slice(1),
  "two legs, 100 columns": `
         Caller (A)                Switchhook                    B1                        B2
     udp:192.0.2.7:5060                                  udp:192.0.2.21:5060     udp:192.0.2.22:5060
              │                         │                         │                         │
    0.000 s   │── INVITE +31201234567 ─>│                         │                         │
    0.000 s   │<── 100 Trying ──────────│                         │                         │
    0.013 s   │                         │── INVITE 215 (SDP) ────>│                         │
    0.013 s   │                         │── INVITE sip:216@192.0.2.22 (SDP) ───────────────>│
    0.030 s   │                         │<── 486 Busy Here ─────────────────────────────────│
    0.050 s   │                         │── CANCEL 215 ──────────>│                         │
              │                         │                         │                         │
`.slice(1),
  "two legs that share a lifeline": `
         Caller (A)              Switchhook               B1 ... B2
     udp:192.0.2.7:5060
              |                       |                       |
    0.000 s   |-- INVITE (SDP) ------>|                       |
    0.000 s   |<-- 100 Trying --------|                       |
    0.013 s   |                       |-- B1: INVITE 215 ---->|
    0.013 s   |                       |-- B2: INVITE 216 ---->|
    0.030 s   |                       |<-- B2: 486 Busy Here -|
    0.050 s   |                       |-- B1: CANCEL 215 ---->|
              |                       |                       |
`.slice(1),
};

for (const [name, call, width, ascii] of goldens) {
  test(`ladder: ${name}`, () => {
    const drawn = renderLadder(call, { width, ascii });
    assert.equal(`${drawn.join("\n")}\n`, GOLDEN[name]);
    for (const line of drawn) assert.ok([...line].length <= Math.max(60, width), line);
  });
}

test("ladder: no messages, no ladder", () => {
  assert.deepEqual(renderLadder(record([]), { width: 80, ascii: false }), []);
});

test("ladder: twenty legs stay within the terminal", () => {
  const legs = Array.from({ length: 20 }, (_, index) =>
    message(
      index,
      `B${index + 1}`,
      "out",
      "INVITE sip:someone-with-a-long-name@phones.example SIP/2.0",
      "1 INVITE",
    ),
  );
  for (const line of renderLadder(record(legs), { width: 80, ascii: false }))
    assert.ok([...line].length <= 80, line);
});

test("ladder and messages: nothing from a stranger reaches the terminal raw", () => {
  const hostile = record([
    {
      atMs: 0,
      leg: "A",
      direction: "in",
      peer: "\u001b[2J",
      text: "\u001b[31m \u0007\u202e\r\nA: \u001b\0\r\n\r\n",
    },
  ]);
  for (const line of [...renderLadder(hostile, { width: 80, ascii: false }), ...renderMessages(hostile)]) {
    assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
  }
});

test("messages: each in full under its own line", () => {
  const sip = [message(12.6, "B1", "out", "CANCEL sip:215@192.0.2.21 SIP/2.0", "1 CANCEL")];
  assert.deepEqual(renderMessages(record(sip)), [
    "--- 0.013 s  leg B1, to udp:192.0.2.21:5060",
    "CANCEL sip:215@192.0.2.21 SIP/2.0",
    "CSeq: 1 CANCEL",
    "",
    "",
  ]);
});
