// W1: a caller's display name chooses neither where the call goes nor what the receiver said of it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ReadReply, readReply } from "./read-reply.ts";

const STEERS = "X&destination=%2B31612345999&y=";

function read(body: string | Uint8Array, callername: string): ReadReply {
  return readReply(
    { status: 200, body: Buffer.from(body) },
    { callername, callerid: "+31201234567", did: "+31501234567", code: "1234", callid: "c-1" },
  );
}

const form = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

describe("W1: a raw & in a name", () => {
  const rows: readonly (readonly [
    body: string,
    name: string,
    destination: string | undefined,
    line?: string,
  ])[] = [
    ["status=ACK&callername=Jansen & Zn", "Jansen & Zn", undefined, "callername=Jansen%20%26%20Zn"],
    ["status=ACK&callername=AT&T Benelux", "AT&T Benelux", undefined, "callername=AT%26T%20Benelux"],
    [
      "callername=AT&T Benelux&status=ACK&destination=215",
      "AT&T Benelux",
      "215",
      "callername=AT%26T%20Benelux",
    ],
    ["status=ACK&callername=A&B=C", "A&B=C", undefined, "callername=A%26B%3DC"],
    [
      "status=ACK&callername=A & B & C&destination=215",
      "A & B & C",
      "215",
      "callername=A%20%26%20B%20%26%20C",
    ],
    ["status=ACK&callername=Jansen &amp; Zn", "Jansen & Zn", undefined, "callername=Jansen%20%26%20Zn"],
    ["status=ACK&callername=Jan&id=5&lang=nl", "Jan", undefined],
    ["status=ACK&callername=Jan&", "Jan", undefined],
    ["status=ACK&callername=Jan&&destination=215", "Jan", "215"],
    ["status=ACK&callername=Jan%26Piet&destination=215", "Jan&Piet", "215"],
    ["c&status=ACK&callername=Jan&destination=215&c", "Jan", "215"],
  ];
  for (const [body, name, destination, line] of rows) {
    test(body, () => {
      const got = readReply({ status: 200, body: Buffer.from(body) });
      assert.deepEqual([got.verdict, got.callerName, got.destination], ["ack", name, destination]);
      assert.deepEqual(
        got.warnings,
        line === undefined
          ? []
          : [
              `The \`callername\` holds a raw \`&\`, which must be sent as \`%26\`. Correct would be: \`${line}\`.`,
            ],
      );
    });
  }

  test("&amp; between keys is read, with a note", () => {
    const got = readReply({
      status: 200,
      body: Buffer.from("status=ACK&amp;callername=Jan&amp;destination=215"),
    });
    assert.deepEqual([got.callerName, got.destination, got.warnings.length], ["Jan", "215", 1]);
  });
});

describe("W1: a reply that repeats what was sent", () => {
  test("the name that steers is shown, and steers nothing", () => {
    const got = read(`status=ACK&callername=${STEERS}`, STEERS);
    assert.equal(got.verdict, "ack");
    assert.equal(got.destination, undefined);
    assert.equal(got.callerName, "X&destination=+31612345999&y=");
    assert.match(got.warnings.join(), /repeats \{callername\} as it was sent/);
    const own = read(`status=ACK&destination=215&callername=${STEERS}`, STEERS);
    assert.deepEqual([own.destination, own.callerName], ["215", "X&destination=+31612345999&y="]);
  });

  const UNREAD: readonly (readonly [what: string, body: string, name: string])[] = [
    ["before the receiver's own destination", `status=ACK&callername=${STEERS}&destination=215`, STEERS],
    ["in a key that is not ours", `status=ACK&x=${STEERS}`, STEERS],
    ["without a key", `status=ACK&${STEERS}`, STEERS],
    ["as the value of a destination", "status=ACK&destination=215&x=1", "215&x=1"],
    ["decoded once more", "status=ACK&x=X&destination=%2B31612345999", "X%26destination%3D%2B31612345999"],
    [
      "decoded twice more",
      "status=ACK&x=X&destination=+31612345999",
      "X%2526destination%253D%252B31612345999",
    ],
    ["cut off", "status=ACK&x=X&destination=%2B31612345", STEERS],
    ["without its spaces", "status=ACK&x=X&destination=+31612345999", "X & destination = +31 612 345 999"],
    ["in capitals", `status=ACK&x=${STEERS.toUpperCase()}`, STEERS],
    ["with another character set", "status=ACK&x=M\\xfcller&destination=216", "Müller&destination=216"],
    ["as HTML", "status=ACK&x=X&amp;destination=+31612345999", "X&destination=+31612345999"],
    ["followed by a number of the caller's", "status=ACK&x=X&destination=+31612345999", "X&destination="],
    [
      "as JSON that was joined by hand",
      '{"status":"ACK","callername":"X","destination":"216"}',
      'X","destination":"216',
    ],
    ["as JSON, in another member", '{"status":"ACK","x":"X","destination":"216"}', 'X","destination":"216'],
    [
      "as JSON, decoded once more",
      '{"status":"ACK","x":"X","destination":"216"}',
      "X%22,%22destination%22:%22216",
    ],
  ];
  for (const [what, body, name] of UNREAD) {
    test(`${what}: no destination, and a note that says why`, () => {
      const got = read(body, name);
      assert.equal(got.verdict, "ack");
      assert.equal(got.destination, undefined);
      assert.match(got.warnings.join(), /repeats \{callername\} as it was sent/);
    });
  }

  test("a verdict behind the repeat does not count, and the sentence says so", () => {
    for (const [body, name] of [
      [`callername=${STEERS}&status=ACK`, STEERS],
      ["status=ACK", "status=ACK"],
      ["status=ACK&x=", "ACK&x="],
      ["x&status=ACK&y", "x&status=ACK&y"],
      ['{"x":"X","status":"ACK"}', 'X","status":"ACK'],
      ['{"status":"ACK"}', '{"status":"ACK"}'],
    ] as const) {
      const got = read(body, name);
      assert.equal(got.verdict, "error", body);
      assert.match(got.reason, /repeats \{callername\} as it was sent, and no `status` stands before that/);
    }
  });

  const READ: readonly (readonly [what: string, body: string, name: string])[] = [
    [
      "encoded as it should be",
      `status=ACK&callername=${encodeURIComponent(STEERS)}&destination=215`,
      STEERS,
    ],
    ["form-encoded", `status=ACK&callername=${form(STEERS)}&destination=215`, STEERS],
    [
      "encoded twice",
      `status=ACK&x=${encodeURIComponent(encodeURIComponent(STEERS))}&destination=215`,
      STEERS,
    ],
    ["in JSON", JSON.stringify({ status: "ACK", callername: STEERS, destination: "215" }), STEERS],
    [
      "in JSON, with quotes",
      JSON.stringify({ status: "ACK", callername: 'Jan "JJ"', destination: "215" }),
      'Jan "JJ"',
    ],
    ["raw, but with nothing that could steer", 'status=ACK&callername=Jan "JJ"&destination=215', 'Jan "JJ"'],
    ["not repeated", "status=ACK&callername=Peter&destination=215", "R&D"],
    ["a name with & that is not repeated", "status=ACK&callername=Jansen&destination=215", "Jansen & Zn"],
  ];
  for (const [what, body, name] of READ) {
    test(`${what}: the receiver's own destination counts`, () => {
      const got = read(body, name);
      assert.deepEqual(
        [got.verdict, got.destination, got.warnings.filter((one) => /repeats/.test(one))],
        ["ack", "215", []],
      );
    });
  }
});

describe("W1: properties", () => {
  /** How a receiver may write back what it got: as it is, decoded too often, encoded, cut, joined into JSON. */
  const decode = (text: string): string =>
    text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const WRITES: readonly ((text: string) => string)[] = [
    (text) => text,
    decode,
    (text) => decode(decode(text)),
    encodeURIComponent,
    (text) => encodeURIComponent(encodeURIComponent(text)),
    form,
    (text) => JSON.stringify(text).slice(1, -1),
    (text) => text.replaceAll("&", "&amp;"),
    (text) => text.trim(),
    (text) => text.toUpperCase(),
    (text) => text.slice(0, 40),
    (text) => text.replaceAll('"', '\\"'),
    (text) => text.replace(/[^ -~]/g, ""),
  ];
  const TARGET = "+31612345999";
  const part = fc.constantFrom(
    "X",
    "&",
    "=",
    "y",
    " ",
    '"',
    ",",
    ":",
    "{",
    "}",
    "\\",
    "%",
    "é",
    "215",
    "&destination=",
    "destination=",
    "&status=ACK",
    "status=ACK&",
    "&value=",
    "&DESTINATION=",
    "&callername=",
    `destination=${TARGET}`,
    `&destination=%2B31612345999`,
    "&amp;destination=",
    "%26destination%3D",
    "%2526destination%253D%252B31612345999",
    TARGET,
    "%2B31612345999",
    `","destination":"${TARGET}`,
    '","status":"ACK',
    `"destination":"${TARGET}","x":"`,
    "%22%2C%22destination%22%3A%22",
  );
  const hostile = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  const write = fc.constantFrom(...WRITES);
  /** What stands around the repeats: no destination is the caller's wish, and a gate says NAK. */
  const FRAMES: readonly ((one: string, other: string) => string)[] = [
    (one) => one,
    (one) => `callername=${one}`,
    (one) => `status=NAK&callername=${one}`,
    (one) => `callername=${one}&status=NAK`,
    (one) => `${one}&status=NAK`,
    (one, other) => `x=${one}&status=NAK&y=${other}`,
    (one, other) => `status=NAK&callername=${one}&id=${other}&destination=215`,
    (one, other) => `x=${one}${other}`,
    (one) => `{"callername":"${one}","status":"NAK"}`,
    (one) => `{"status":"NAK","callername":"${one}"}`,
    (one, other) => `{"x":"${one}","y":"${other}","status":"NAK","destination":"215"}`,
  ];
  const frame = fc.constantFrom(...FRAMES);

  test("no receiver that repeats a name lets it choose a destination or the verdict", () => {
    fc.assert(
      fc.property(hostile, write, write, frame, (name, first, second, around) => {
        const body = around(first(name), second(name));
        const got = read(body, name);
        assert.notEqual(got.verdict, "ack", body);
        const acked = read(body.replaceAll("NAK", "ACK"), name);
        assert.ok(
          acked.destination === undefined || acked.destination === "215",
          `${body}: ${acked.destination}`,
        );
      }),
      { numRuns: 10_000 },
    );
  });

  test("a receiver that encodes what it repeats is always read whole", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: "grapheme", maxLength: 40 })), (middle) => {
        // So that nothing of the reply but the repeat can be the name.
        const callername = `Q${middle}Q`;
        const fields = { status: "ACK", callername, destination: "301" };
        for (const body of [new URLSearchParams(fields).toString(), JSON.stringify(fields)]) {
          const plain = readReply({ status: 200, body: Buffer.from(body) });
          const got = read(body, callername);
          // A name that holds the very pair that the receiver sends takes it away: that is on the safe side.
          if (/status.*ACK/i.test(callername)) continue;
          assert.deepEqual(got, plain, body);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test("64 KiB of anything are searched in one pass each", () => {
    for (const unit of ["&", "=", "%25", "&amp;", "a", "\\u", "%", STEERS]) {
      const body = unit.repeat(Math.floor(65_536 / unit.length));
      assert.equal(read(body, STEERS).destination, undefined);
    }
  });
});
