import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, StreamFramer } from "./framer.ts";
import { defaultLimits } from "./limits.ts";

function message(callId: string, fields: readonly string[], body = ""): Buffer {
  const head = [
    "MESSAGE sip:bob@hook.example SIP/2.0",
    "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx",
    "From: <sip:ann@hook.example>;tag=1",
    "To: <sip:bob@hook.example>",
    `Call-ID: ${callId}`,
    "CSeq: 1 MESSAGE",
    ...fields,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function drain(framer: StreamFramer): Frame[] {
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
  return frames;
}

function feed(chunks: readonly Buffer[], limits = defaultLimits): Frame[] {
  const framer = new StreamFramer(limits);
  return chunks.flatMap((chunk) => {
    framer.push(chunk);
    return drain(framer);
  });
}

/** Frames in short: the Call-ID of a message, `ping`, or the status of a fault. */
function short(frames: readonly Frame[]): string[] {
  return frames.map((frame) => {
    if (frame.kind === "keepAlive") return "ping";
    if (frame.kind === "fault") return `fault ${frame.fault.status ?? "silent"}`;
    return /Call-ID: (\S+)/.exec(frame.bytes.toString())?.[1] ?? "?";
  });
}

const CRLF = Buffer.from("\r\n");
const one = message("one", ["Content-Length: 4"], "a\r\nb");
const two = message("two", ["l\t:\r\n 3"], "é!");
const none = message("none", []);

test("several messages and keep-alives in one stream, cut at every octet and octet by octet", () => {
  const stream = Buffer.concat([CRLF, CRLF, one, two, CRLF, none, CRLF, CRLF, CRLF, one]);
  const expected = ["ping", "one", "two", "none", "ping", "one"];
  const whole = feed([stream]);
  assert.deepEqual(short(whole), expected);
  for (let at = 1; at < stream.length; at++) {
    assert.deepEqual(short(feed([stream.subarray(0, at), stream.subarray(at)])), expected, `cut at ${at}`);
  }
  const octets = feed([...stream].map((octet) => Buffer.from([octet])));
  assert.deepEqual(octets, whole);
});

test("a message comes out when its last octet is there, not before", () => {
  const framer = new StreamFramer();
  framer.push(one.subarray(0, -1));
  assert.equal(framer.next(), undefined);
  assert.ok(framer.midMessage);
  framer.push(one.subarray(-1));
  assert.deepEqual(drain(framer), [{ kind: "message", bytes: one }]);
  assert.ok(!framer.midMessage);
});

test("where the boundary is lost the stream ends, with an answer where there is one to make", () => {
  for (const [fields, status] of [
    [["Content-Length: -1"], 400],
    [["Content-Length: x"], 400],
    [["Content-Length: 1", "l: 1"], 400],
    [["Content-Length: 4294967296"], 400],
    [["Content-Length: 65537"], 413],
    [["Content-Length: 65500"], 513],
  ] as const) {
    const frames = feed([message("bad", fields), one]);
    assert.deepEqual(short(frames), [`fault ${status}`], fields.join());
    const [frame] = frames;
    assert.ok(
      frame?.kind === "fault" &&
        frame.fault.echo?.some(([name, value]) => name === "Call-ID" && value === "bad"),
    );
  }
});

test("A7: a message of the most octets passes, one more is refused, and a head without end too", () => {
  const limits = { ...defaultLimits, maxBytes: 1000 };
  const head = message("big", ["Content-Length: 000"]).length;
  const fit = message("big", [`Content-Length: ${1000 - head}`], "x".repeat(1000 - head));
  assert.equal(fit.length, 1000);
  assert.deepEqual(short(feed([fit], limits)), ["big"]);
  assert.deepEqual(
    short(feed([message("big", [`Content-Length: ${1001 - head}`], "x".repeat(1001 - head))], limits)),
    ["fault 513"],
  );
  const endless = Buffer.from(`${message("big", []).subarray(0, -2).toString()}Subject: ${"x".repeat(1000)}`);
  assert.deepEqual(short(feed([endless], limits)), ["fault 513"]);
  assert.deepEqual(short(feed([Buffer.alloc(5000, "x")], limits)), ["fault silent"]);
});

test("what is held is bounded however long the stream is", () => {
  const framer = new StreamFramer();
  let messages = 0;
  for (let round = 0; round < 2000; round++) {
    framer.push(Buffer.concat([one, one.subarray(0, 100)]));
    messages += drain(framer).length;
    framer.push(one.subarray(100));
    messages += drain(framer).length;
  }
  assert.equal(messages, 4000);
  assert.ok(framer.capacity <= 4096, `${framer.capacity} octets held`);
});

test("giving up says what to answer, once, and only if something was waiting", () => {
  const framer = new StreamFramer();
  assert.equal(framer.giveUp("It took too long."), undefined);
  framer.push(message("late", ["Content-Length: 9999"]));
  assert.deepEqual(drain(framer), []);
  const frame = framer.giveUp("It took too long.");
  assert.ok(frame?.kind === "fault");
  assert.equal(frame.fault.status, 400);
  assert.equal(frame.fault.reason, "It took too long.");
  assert.equal(framer.giveUp("It took too long."), undefined);
});

test("S12: a NUL behind an empty line, or alone between messages, is passed over; inside a message it stays", () => {
  const nul = Buffer.from([0]);
  assert.deepEqual(short(feed([CRLF, nul, one, nul, CRLF, CRLF, nul, nul, two])), ["one", "ping", "two"]);
  assert.deepEqual(short(feed([Buffer.concat([CRLF, nul, CRLF, nul, one])])), ["ping", "one"]);
  const inside = message("inside", ["Content-Length: 3"], "a\0b");
  assert.deepEqual(feed([inside, nul]), [{ kind: "message", bytes: inside }]);
});
