import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StreamFramer } from "./framer.ts";
import { defaultLimits, parseMessage } from "./parser.ts";
import type { ParseFault } from "./refusal.ts";
import { serialize } from "./serializer.ts";

const FIELDS = [
  "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx",
  "Max-Forwards: 70",
  "From: <sip:ann@hook.example>;tag=1",
  "To: <sip:bob@hook.example>",
  "Call-ID: c@hook.example",
  "CSeq: 1 INVITE",
];

function request(extra: readonly string[] = [], body = "", method = "INVITE"): Buffer {
  const fields = FIELDS.map((field) => field.replace("INVITE", method));
  return Buffer.from([`${method} sip:bob@hook.example SIP/2.0`, ...fields, ...extra, "", body].join("\r\n"));
}

function faultOf(bytes: Buffer): ParseFault | undefined {
  const parsed = parseMessage(bytes);
  return parsed.ok ? undefined : parsed.fault;
}

/** Repeats a header field. */
function times(count: number, field: string): string[] {
  return new Array<string>(count).fill(field);
}

test("a request and its views", () => {
  const parsed = parseMessage(request(["Content-Length: 5"], "hello!"));
  assert.ok(parsed.ok && parsed.message.kind === "request");
  const { message } = parsed;
  assert.equal(message.method, "INVITE");
  assert.equal(message.uri, "sip:bob@hook.example");
  assert.equal(message.via.branch, "z9hG4bKx");
  assert.equal(message.from.tag, "1");
  assert.equal(message.to.tag, undefined);
  assert.equal(message.callId, "c@hook.example");
  assert.deepEqual(message.cseq, { number: 1, method: "INVITE" });
  assert.equal(message.body.toString(), "hello");
  assert.equal(message.headers.size, 7);
});

test("A7: each limit takes n and refuses n + 1", () => {
  const lines = defaultLimits.maxHeaderLines - FIELDS.length;
  const via = "Via: SIP/2.0/UDP h;branch=z9hG4bKy, SIP/2.0/UDP i;branch=z9hG4bKz";
  const bodyRoom = defaultLimits.maxBytes - request(["Content-Length: 00000"]).length;
  const limits = { ...defaultLimits, maxBodyBytes: 100 };
  const table: readonly [name: string, status: number, n: Buffer, more: Buffer][] = [
    ["header lines", 513, request(times(lines, "X: y")), request(times(lines + 1, "X: y"))],
    ["Via values", 513, request([...times(34, via), "v: SIP/2.0/UDP j"]), request(times(35, via))],
    [
      "Route values",
      513,
      request(times(10, "Route: <sip:a>, <sip:b>")),
      request([...times(10, "Route: <sip:a>, <sip:b>"), "Route: <sip:c>"]),
    ],
    [
      "Contact values",
      513,
      request(times(50, "m: <sip:a@b>, <sip:c@d>")),
      request([...times(50, "m: <sip:a@b>, <sip:c@d>"), "Contact: <sip:e@f>"]),
    ],
    [
      "octets",
      513,
      request([`Content-Length: ${bodyRoom}`], "x".repeat(bodyRoom)),
      request([`Content-Length: ${bodyRoom}`], "x".repeat(bodyRoom + 1)),
    ],
  ];
  for (const [name, status, n, more] of table) {
    assert.equal(faultOf(n)?.reason, undefined, name);
    const fault = faultOf(more);
    assert.equal(fault?.status, status, name);
    assert.ok(
      fault.echo !== undefined && fault.topVia?.branch === "z9hG4bKx",
      `${name}: the answer can be made`,
    );
  }
  assert.equal(parseMessage(request(["Content-Length: 100"], "x".repeat(100)), limits).ok, true);
  const tooLong = parseMessage(request(["Content-Length: 101"], "x".repeat(101)), limits);
  assert.equal(tooLong.ok ? undefined : tooLong.fault.status, 413);
});

test("A7, S7: a registrar's answer names all contacts of an account, far more than a request may have", () => {
  const contacts = (count: number): Buffer => {
    const all = times(count, "<sip:a@b>").join(", ");
    return Buffer.from(["SIP/2.0 200 OK", ...FIELDS, `Contact: ${all}`, "", ""].join("\r\n"));
  };
  const { maxAnsweredContacts } = defaultLimits;
  const read = parseMessage(contacts(maxAnsweredContacts));
  assert.equal(read.ok && read.message.headers.list("contact").length, maxAnsweredContacts);
  assert.match(faultOf(contacts(maxAnsweredContacts + 1))?.reason ?? "", /Contact values/);
});

test("a fault carries what a stateless answer needs, and no more", () => {
  const fault = faultOf(
    request(["v: SIP/2.0/TCP second", "Subject: x", "Content-Length: -1", "t: <sip:eve@hook.example>"]),
  );
  assert.deepEqual(fault?.echo, [
    ["Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx"],
    ["From", "<sip:ann@hook.example>;tag=1"],
    ["To", "<sip:bob@hook.example>"],
    ["Call-ID", "c@hook.example"],
    ["CSeq", "1 INVITE"],
    ["Via", "SIP/2.0/TCP second"],
  ]);
  assert.equal(fault.method, "INVITE");
  assert.equal(fault.topVia?.host, "192.0.2.1");
});

test("what a fault echoes cannot add a line", () => {
  const fault = faultOf(request(["Subject: x"]).subarray(0, -2));
  assert.equal(fault?.status, 400);
  const smuggled = faultOf(Buffer.from(request().toString().replace("tag=1", "tag=1\nX: y\r\0z")));
  const from = smuggled?.echo?.find(([name]) => name === "From")?.[1];
  assert.equal(from, "<sip:ann@hook.example>;tag=1 X: y z");
});

test("garbage is met with silence", () => {
  for (const text of [
    "",
    "\r\n",
    "\r\n\r\n",
    "\0\0\0\0",
    "hello",
    "hello\r\n\r\n",
    "INVITE",
    "SIP/2.0",
    "SIP/2.0 200 OK\r\n\r\n",
    " INVITE sip:a SIP/2.0\r\n\r\n",
  ]) {
    const fault = faultOf(Buffer.from(text));
    assert.ok(fault !== undefined, JSON.stringify(text));
    assert.equal(fault.status, undefined, JSON.stringify(text));
    assert.equal(fault.echo, undefined);
  }
});

test("of all header fields the octets stay, invalid UTF-8 included", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 60 }),
      (values, body) => {
        const fields = values.map((value) =>
          Buffer.concat([
            Buffer.from("X-Any:\t "),
            Buffer.from(value.map((octet) => (octet === 10 || octet === 13 ? 32 : octet))),
            Buffer.from("\r\n"),
          ]),
        );
        const head = Buffer.from(
          `${["INVITE sip:b@h SIP/2.0", ...FIELDS, `Content-Length : ${body.length}`].join("\r\n")}\r\n`,
        );
        const whole = Buffer.concat([head, ...fields, Buffer.from("\r\n"), body]);
        const parsed = parseMessage(whole);
        assert.ok(parsed.ok);
        assert.ok(serialize(parsed.message).equals(whole));
      },
    ),
  );
});

test("the parser and the framer never throw, and what is parsed survives a round trip", () => {
  const words = fc.constantFrom(
    "INVITE ",
    "sip:a@b",
    " SIP/2.0",
    "\r\n",
    "\r\n\r\n",
    "Via: SIP/2.0/UDP h;branch=z9hG4bKq",
    "From: ",
    "To:",
    "i: x",
    "CSeq: 1 INVITE",
    "Contact: ",
    "<sip:a@b>",
    '"',
    "\\",
    ";",
    ",",
    "<",
    ">",
    "%",
    "l: 3",
    "\t",
    "\0",
    "é",
    "SIP/2.0 200 OK",
    "__proto__",
  );
  const chunks = fc.oneof(
    { weight: 3, arbitrary: words.map((word) => Buffer.from(word)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((octets) => Buffer.from(octets)) },
  );
  const seeds = fc
    .tuple(fc.boolean(), fc.array(chunks, { maxLength: 60 }))
    .map(([real, parts]) => Buffer.concat(real ? [request().subarray(0, -2), ...parts] : parts));
  fc.assert(
    fc.property(seeds, fc.nat(), (bytes, where) => {
      const framer = new StreamFramer();
      const cut = where % (bytes.length + 1);
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        framer.push(part);
        while (framer.next() !== undefined);
      }
      const parsed = parseMessage(bytes);
      if (!parsed.ok) return;
      const again = parseMessage(serialize(parsed.message));
      assert.ok(again.ok);
      assert.deepEqual([...again.message.headers.entries()], [...parsed.message.headers.entries()]);
      assert.ok(again.message.body.equals(parsed.message.body));
    }),
    { numRuns: 2000 },
  );
});
