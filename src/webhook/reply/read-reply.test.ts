import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ReadReply, readReply } from "./read-reply.ts";

type Row = readonly [name: string, body: string | Uint8Array, expected: Partial<ReadReply>, status?: number];

function read(body: string | Uint8Array, status = 200): ReadReply {
  return readReply({ status, body: Buffer.from(body) });
}

function table(rows: readonly Row[]): void {
  for (const [name, body, expected, status] of rows) {
    test(name, () => {
      const got = read(body, status);
      const compared = Object.fromEntries(
        Object.keys(expected).map((key) => [key, got[key as keyof ReadReply]]),
      );
      assert.deepEqual(compared, expected);
      assert.ok(got.reason.endsWith("."), got.reason);
    });
  }
}

const ACK = { verdict: "ack", destination: undefined, callerName: undefined, warnings: [] } as const;
const twice = (key: string): string[] => [`The reply has \`${key}\` more than once; the first one counts.`];
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

describe("the reply table of webhook.md: success", () => {
  table([
    ["status=ACK", "status=ACK", ACK],
    ["status=ACK CRLF", "status=ACK\r\n", ACK],
    ["Status=ack", "Status=ack", ACK],
    [
      "external destination",
      "status=ACK&destination=%2B31502102544",
      { ...ACK, destination: "+31502102544" },
    ],
    ["internal destination", "status=ACK&destination=215", { ...ACK, destination: "215" }],
    ["name first", "callername=X&status=ACK", { ...ACK, callerName: "X" }],
    ["name last", "status=ACK&callername=X", { ...ACK, callerName: "X" }],
    [
      "raw spaces",
      "status=ACK&callername=Jan Jansen VoIPGRID",
      { ...ACK, callerName: "Jan Jansen VoIPGRID" },
    ],
    [
      "form-encoded space, name and destination",
      "status=ACK&callername=Jansen+Co&destination=215",
      { ...ACK, callerName: "Jansen Co", destination: "215" },
    ],
    [
      "raw plus",
      "status=ACK&destination=+31502102544",
      {
        verdict: "ack",
        destination: "+31502102544",
        warnings: [
          "The reply has `destination=+31502102544`; a `+` must be sent as `%2B`. Correct would be: `destination=%2B31502102544`.",
        ],
      },
    ],
    ["JSON", '{"status":"ACK","destination":"215"}', { ...ACK, destination: "215" }],
    ["JSON behind blanks that are no ASCII", '\u00a0\u3000{"status":"ACK"}\u2028\n', ACK],
    [
      "typographic quotes around a destination",
      "status=ACK&destination=\u201c215\u201d",
      { verdict: "ack", destination: "215" },
    ],
    [
      "encoded quotes around a destination",
      "status=ACK&destination=%22215%22",
      { verdict: "ack", destination: "215" },
    ],
    [
      "quotes in a JSON string",
      '{"status":"ACK","destination":"\\"215\\""}',
      { verdict: "ack", destination: "215" },
    ],
    [
      "encoded quotes around a name",
      "status=ACK&callername=%22Jan%22",
      { verdict: "ack", callerName: "Jan" },
    ],
    [
      "typographic quotes that are a name's own",
      "status=ACK&callername=\u201cJan\u201d",
      { verdict: "ack", callerName: "\u201cJan\u201d" },
    ],
    [
      "quotes that are a name's own",
      "status=ACK&callername=%22De Hoek%22 Bar",
      { verdict: "ack", callerName: '"De Hoek" Bar' },
    ],
    [
      "a comment with a colon behind the line",
      "status=ACK&destination=215\n<!-- cache status: hit, value: 5 -->",
      { verdict: "ack", destination: "215" },
    ],
  ]);
});

test("a second reading behind the line is none that is read over", () => {
  for (const rest of [
    "status: NAK",
    "destination: 216",
    "- value: 216",
    '{"destination": "216"}',
    "the status: nak came",
    "destination=216",
  ]) {
    const body = Buffer.from(`status=ACK&destination=215\n${rest}`);
    assert.equal(readReply({ status: 200, body }).verdict, "error", rest);
  }
});

describe("the reply table of webhook.md: not good", () => {
  const nak = { verdict: "nak", destination: undefined, callerName: undefined } as const;
  table([
    ["status=NAK", "status=NAK", nak],
    [
      "NAK with what the failed branch may use",
      "status=nak&destination=215&callername=X",
      {
        verdict: "nak",
        destination: "215",
        callerName: "X",
        reason: 'The receiver answered NAK: the input is not good (destination 215, name "X").',
      },
    ],
    [
      "404 with NAK and a destination",
      "status=NAK&destination=%2B31502102544",
      { ...nak, destination: "+31502102544" },
      404,
    ],
    ["NAK with an HTML comment behind it", "status=NAK\n<!-- cache status: hit -->", nak],
    ["400 with NAK", "status=NAK", nak, 400],
    ["404 with NAK", "status=NAK", nak, 404],
    ["403 with NAK in JSON", '{"STATUS":"nak"}', nak, 403],
  ]);
});

describe("the reply table of webhook.md: failed", () => {
  const failed = (reason: string): Partial<ReadReply> => ({ ...ACK, verdict: "error", reason });
  const err = failed("The receiver answered ERR: something went wrong there.");
  const empty = (status: number): Partial<ReadReply> =>
    failed(`The receiver answered HTTP ${status} with an empty body; at least a \`status\` is needed.`);
  table([
    ["status=ERR", "status=ERR", err],
    ["400 with ERR", "status=ERR", err, 400],
    ["500 with ACK", "status=ACK", failed("The receiver failed with HTTP 500."), 500],
    ["503 with NAK", "status=NAK", failed("The receiver failed with HTTP 503."), 503],
    ["599, no body", "", failed("The receiver failed with HTTP 599."), 599],
    ["429 with NAK", "status=NAK", failed("The receiver answered HTTP 429: too many requests."), 429],
    [
      "304 with ACK",
      "status=ACK",
      failed("The receiver answered HTTP 304; only HTTP 200 can be a success."),
      304,
    ],
    [
      "404 with ACK",
      "status=ACK",
      failed("The reply says status=ACK, but it came with HTTP 404; a success must come with HTTP 200."),
      404,
    ],
    ["404 with a page", "<h1>Not found</h1>", { verdict: "error", failure: "errorStatus" }, 404],
    ["404 without body", "", { verdict: "error", failure: "errorStatus" }, 404],
    ["403 with an unknown status", "status=maybe", { verdict: "error", failure: "errorStatus" }, 403],
    ["empty body", "", empty(200)],
    ["204", "", empty(204), 204],
    ["only white space", " \r\n\t ", empty(200)],
    [
      "no status",
      "destination=215",
      failed("The reply has no `status`, which must be ACK, NAK or ERR; it begins with `destination=215`."),
    ],
    ["empty status", "status=&destination=215", { verdict: "error", failure: "noStatus" }],
    [
      "just the word",
      "NAK",
      failed("The reply has no `status`, which must be ACK, NAK or ERR. Correct would be: `status=NAK`."),
    ],
    [
      "with a colon",
      "status: ERR",
      failed(
        "Between the parts of the reply stands a colon (`status: ERR`); they must be joined with `&` and have `=` " +
          "behind the key. Correct would be: `status=ERR`.",
      ),
    ],
    ["unknown status", "status=MAYBE", failed('The reply\'s status is "MAYBE"; it must be ACK, NAK or ERR.')],
    [
      "another word for ACK",
      "status=OK",
      failed('The reply\'s status is "OK"; it must be ACK, NAK or ERR. Correct would be: `status=ACK`.'),
    ],
    [
      "another word for NAK in JSON",
      '{"status":"denied"}',
      failed('The reply\'s status is "denied"; it must be ACK, NAK or ERR. Correct would be: `status=NAK`.'),
    ],
    [
      "lines instead of &",
      "status=ACK\ndestination=215",
      failed(
        "Between the parts of the reply stands a line end (`status=ACK destination=`); they must be joined with `&` and " +
          "have `=` behind the key. Correct would be: `status=ACK&destination=215`.",
      ),
    ],
    [
      "HTML",
      "<!DOCTYPE html><html><body>Hello</body></html>",
      failed("The reply is a web page (HTML or XML) instead of a line with a `status`."),
    ],
    [
      "HTML after a BOM and lines",
      "\ufeff\r\n  <html>status=ACK</html>",
      { verdict: "error", failure: "html" },
    ],
    ["XML", '<?xml version="1.0"?><reply status="ACK"/>', { verdict: "error", failure: "html" }],
    ["JSON without status", '{"destination":"215"}', { verdict: "error", failure: "noStatus" }],
  ]);

  test("broken JSON says so", () => {
    const got = read('{"status":"ACK"');
    assert.equal(got.verdict, "error");
    assert.match(got.reason, /^The reply begins like JSON but is not valid JSON \(/);
  });

  test("a compressed body is refused, not unpacked", () => {
    const got = readReply({ status: 200, contentEncoding: "gzip", body: Buffer.from("status=ACK") });
    assert.equal(got.verdict, "error");
    assert.equal(got.reason, "The reply is compressed (gzip), although it was asked for uncompressed.");
    assert.equal(
      readReply({ status: 200, contentEncoding: "identity", body: Buffer.from("status=ACK") }).verdict,
      "ack",
    );
  });

  test("every 5xx and 3xx fails whatever the body says", () => {
    for (const body of ["status=ACK", "status=NAK", "status=ERR", "", "<html>"]) {
      for (const status of [...range(300, 308), ...range(500, 599), 429]) {
        assert.equal(read(body, status).verdict, "error", `${status} ${body}`);
      }
    }
  });

  test("every 4xx but 429 follows its body, and ACK is no success there", () => {
    for (const status of range(400, 499).filter((one) => one !== 429)) {
      assert.equal(read("status=NAK", status).verdict, "nak");
      assert.equal(read("status=ERR", status).verdict, "error");
      assert.equal(read("status=ACK", status).verdict, "error");
    }
  });

  test("every 2xx with ACK is a success", () => {
    for (const status of range(200, 299)) assert.equal(read("status=ACK", status).verdict, "ack");
  });
});

describe("decoding", () => {
  table([
    [
      "keys in any case",
      "STATUS=ACK&CallerName=X&DESTINATION=215",
      { ...ACK, callerName: "X", destination: "215" },
    ],
    [
      "white space around keys and values",
      " status = ACK & destination = 215 ",
      { ...ACK, destination: "215" },
    ],
    ["percent-encoded key and value", "%73tatus=%41CK", ACK],
    ["BOM", "\ufeffstatus=ACK", ACK],
    ["BOM and white space", "\ufeff \r\n status=ACK \r\n", ACK],
    ["unknown keys", "foo=bar&status=ACK&baz&=&&x==y", ACK],
    ["W1: first status wins", "status=ACK&status=NAK", { ...ACK, warnings: twice("status") }],
    [
      "W1: first destination wins",
      "status=ACK&destination=215&destination=216&destination=217",
      { ...ACK, destination: "215", warnings: twice("destination") },
    ],
    [
      "W1: first destination wins, though empty",
      "status=ACK&destination=&destination=216",
      { ...ACK, warnings: twice("destination") },
    ],
    ["alias value", "status=ACK&value=215", { ...ACK, destination: "215" }],
    [
      "destination goes before its alias",
      "value=1&status=ACK&destination=215",
      { ...ACK, destination: "215" },
    ],
    ["decoded exactly once", "status=ACK&callername=100%2525", { ...ACK, callerName: "100%25" }],
    [
      "an encoded plus is not decoded again",
      "status=ACK&callername=A%252BB",
      { ...ACK, callerName: "A%2BB" },
    ],
    [
      "a lone percent sign stands for itself",
      "status=ACK&callername=100% sure%zz%4",
      { ...ACK, callerName: "100% sure%zz%4" },
    ],
    ["equals sign in a value", "status=ACK&callername=a=b", { ...ACK, callerName: "a=b" }],
    ["encoded ampersand", "status=ACK&callername=a%26status%3DNAK", { ...ACK, callerName: "a&status=NAK" }],
    ["UTF-8, percent-encoded", "status=ACK&callername=Zo%C3%AB", { ...ACK, callerName: "Zoë" }],
    ["UTF-8, raw", "status=ACK&callername=Zoë 日本 🎉", { ...ACK, callerName: "Zoë 日本 🎉" }],
    ["Latin-1, percent-encoded", "status=ACK&callername=Zo%EB", { ...ACK, callerName: "Zoë" }],
    ["Latin-1, raw", latin1("status=ACK&callername=Zoë"), { ...ACK, callerName: "Zoë" }],
    ["Latin-1 ending in 0xA0", latin1("status=ACK&callername=\xe0\xa0"), { ...ACK, callerName: "à" }],
    ["Latin-1 in JSON", latin1('{"status":"ACK","callername":"Zoë"}'), { ...ACK, callerName: "Zoë" }],
    ["windows quotes", latin1("status=ACK&callername=\x93A\x94"), { ...ACK, callerName: "“A”" }],
    [
      "spaces around a number",
      "status=ACK&destination=%2031502102544+",
      { ...ACK, destination: "31502102544" },
    ],
    [
      "a URI is handed on to be refused",
      "status=ACK&destination=sip:a@b",
      { ...ACK, destination: "sip:a@b" },
    ],
    ["empty name is no name", "status=ACK&callername=", ACK],
    ["name of control characters is no name", "status=ACK&callername=%0D%0A%00", ACK],
    [
      "no header can be injected",
      "status=ACK&callername=X%0D%0AP-Asserted-Identity:%20%3Csip:a@b%3E",
      { ...ACK, callerName: "X P-Asserted-Identity: <sip:a@b>" },
    ],
    [
      "64 characters and no more",
      `status=ACK&callername=${"é".repeat(70)}`,
      {
        verdict: "ack",
        callerName: "é".repeat(64),
        warnings: ["The callername is longer than 64 characters and was cut."],
      },
    ],
    [
      "64 characters of two units each",
      `status=ACK&callername=${"🎉".repeat(64)}`,
      { ...ACK, callerName: "🎉".repeat(64) },
    ],
  ]);
});

describe("JSON", () => {
  table([
    ["white space and BOM before", '\ufeff\n {"status" : "ACK"}\n', ACK],
    ["a number", '{"status":"ACK","destination":31502102544}', { ...ACK, destination: "31502102544" }],
    ["null is not there", '{"status":"ACK","destination":null,"callername":null}', ACK],
    [
      "W1: first of duplicates wins",
      '{"status":"ACK","status":"NAK"}',
      { ...ACK, warnings: twice("status") },
    ],
    [
      "W1: first of duplicates in other case wins",
      '{"Status":"ACK","status":"NAK"}',
      { ...ACK, warnings: twice("status") },
    ],
    [
      "W6: a number as it is written",
      '{"status":"ACK","destination":4930901820.0}',
      { ...ACK, destination: "4930901820.0" },
    ],
    [
      "W6: a number with an exponent",
      '{"status":"ACK","destination": 3.15021e+10 }',
      { ...ACK, destination: "3.15021e+10" },
    ],
    ["escaped key", '{"\\u0073tatus":"ACK"}', ACK],
    ["nested keys are others' keys", '{"a":{"status":"NAK"},"b":[{"status":"NAK"}],"status":"ACK"}', ACK],
    [
      "braces and quotes in strings",
      '{"a":"}\\"{,","status":"ACK","callername":"a\\"b"}',
      { ...ACK, callerName: 'a"b' },
    ],
    [
      "plus needs no repair",
      '{"status":"ACK","destination":"+31502102544"}',
      { ...ACK, destination: "+31502102544" },
    ],
    ["alias value", '{"status":"ACK","value":"215"}', { ...ACK, destination: "215" }],
    ["not form-decoded", '{"status":"ACK","callername":"A+B%20C"}', { ...ACK, callerName: "A+B%20C" }],
    ["__proto__ and constructor", '{"__proto__":{"status":"NAK"},"constructor":1,"status":"ACK"}', ACK],
    [
      "an object where text belongs",
      '{"status":"ACK","destination":{"number":"215"},"destination":"216"}',
      {
        ...ACK,
        warnings: [
          "The reply's `destination` must be text in JSON; it was passed over.",
          ...twice("destination"),
        ],
      },
    ],
  ]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
