// What receivers of the field write, by the kinds of docs/field-reports.md; each row is one reply.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { correctedLine } from "./judgement.ts";
import { capturedReply, pastedReply } from "./pasted.ts";
import { type ReadReply, readReply } from "./read-reply.ts";

interface Expected {
  readonly verdict: ReadReply["verdict"];
  /** Of the failure, or of one of the notes; "": there is nothing to be said. */
  readonly code: string;
  readonly destination?: string;
  readonly name?: string;
  readonly corrected?: string | undefined;
  readonly says?: RegExp;
}

type Row = readonly [body: string | Uint8Array, expected: Expected];

function read(body: string | Uint8Array): ReadReply {
  return readReply({ status: 200, body: Buffer.from(body) });
}

function kind(id: string, what: string, rows: readonly Row[]): void {
  describe(`${id}: ${what}`, () => {
    for (const [body, expected] of rows) {
      test(`${id}: ${JSON.stringify(typeof body === "string" ? body : Buffer.from(body).toString("latin1"))}`, () => {
        const got = read(body);
        const codes = [got.failure, ...got.notes.map(({ code }) => code)].filter((one) => one !== undefined);
        assert.equal(got.verdict, expected.verdict, `${got.reason} ${got.warnings.join(" ")}`);
        if (expected.code === "") assert.deepEqual(codes, []);
        else assert.ok(codes.includes(expected.code), `${codes.join()}: ${got.reason}`);
        if (got.verdict === "ack") {
          assert.deepEqual([got.destination, got.callerName], [expected.destination, expected.name]);
        }
        if ("corrected" in expected) assert.equal(correctedLine(got), expected.corrected);
        if (expected.says !== undefined) assert.match([got.reason, ...got.warnings].join(" "), expected.says);
      });
    }
  });
}

const ACK = { verdict: "ack", destination: "215" } as const;
const LINE = "status=ACK&destination=215";
const failed = (code: string, corrected?: string): Expected => ({ verdict: "error", code, corrected });
const utf16 = (text: string, big = false): Uint8Array => {
  const octets = Buffer.from(text, "utf16le");
  return big ? octets.swap16() : octets;
};

kind("W2", "is read where it is certain what was meant", [
  ["\ufeff\ufeff\r\n\ufeffstatus=ACK&destination=215\ufeff", { ...ACK, code: "" }],
  [Buffer.from("\ufeffstatus=ACK&destination=215", "utf8"), { ...ACK, code: "" }],
  [`\u00ef\u00bb\u00bf${LINE}`, { ...ACK, code: "" }],
  [`status=ACK&\ufeffdestination=215`, { ...ACK, code: "" }],
  [utf16(LINE), { ...ACK, code: "utf16" }],
  [utf16(`\ufeff${LINE}\r\n`), { ...ACK, code: "utf16" }],
  [utf16(`\ufeff${LINE}`, true), { ...ACK, code: "utf16" }],
  [utf16('{"status":"NAK"}', true), { verdict: "nak", code: "utf16" }],
  [JSON.stringify(LINE), { ...ACK, code: "jsonString", corrected: LINE }],
  [JSON.stringify(JSON.stringify({ status: "ACK", destination: "215" })), { ...ACK, code: "jsonString" }],
  [JSON.stringify(JSON.stringify(LINE)), { ...ACK, code: "quotedBody" }],
  ['[{"status":"NAK"}]', { verdict: "nak", code: "listOfOne" }],
  ['["status=ACK&destination=215"]', { ...ACK, code: "listOfOne" }],
  ["'status=NAK'", { verdict: "nak", code: "quotedBody" }],
  ["`status=ACK&destination=215`", { ...ACK, code: "quotedBody" }],
  ['status="NAK"', { verdict: "nak", code: "quotedValue" }],
  ["status=\u201cACK\u201d&destination='215'", { ...ACK, code: "quotedValue" }],
  ['status=ACK&callername="Jan"', { verdict: "ack", name: "Jan", code: "quotedValue" }],
  ["status=\u2066ACK\u2069&destination=215", { ...ACK, code: "invisibleCharacters" }],
  [Buffer.concat([utf16(`\ufeff${LINE}`), Buffer.from("\n")]), { ...ACK, code: "utf16", corrected: LINE }],
  [`b'${LINE}'`, { ...ACK, code: "quotedBody", corrected: LINE }],
  ['b"status=NAK"', { verdict: "nak", code: "quotedBody" }],
  ["status=ACK&\u00a0destination\u00a0=215", { ...ACK, code: "" }],
]);

kind("W2", "fails with what stands there, and no verdict is advised that it does not hold", [
  ['{"data":{"status":"NAK"}}', failed("wrapped", "status=NAK")],
  ['{"result":{"reply":{"status":"ACK","destination":"215"}}}', failed("wrapped", LINE)],
  [
    '{"statusCode":200,"body":"{\\"status\\":\\"ACK\\",\\"destination\\":\\"215\\"}"}',
    failed("wrapped", LINE),
  ],
  ['[{"status":"ACK"},{"status":"NAK"}]', failed("jsonList")],
  ["[]", failed("jsonList")],
  [
    "\nNotice: Undefined index: code in /srv/pin.php on line 9\nstatus=NAK",
    failed("programsNotice", "status=NAK"),
  ],
  [
    "PHP Warning:  mysqli_connect(): (HY000/2002) in /srv/a.php on line 3\nstatus=ACK&destination=215",
    failed("programsNotice", LINE),
  ],
  [
    "status=ACK<br />\n<b>Deprecated</b>:  strlen(): x in <b>/srv/a.php</b> on line <b>2</b><br />",
    failed("programsNotice", "status=ACK"),
  ],
  ["Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'code'", failed("programsNotice")],
  ['<?= "status=ACK" ?>', failed("programsSource")],
  ["status=ACK|destination=215", failed("otherSeparators", LINE)],
  ["status=ACK\tdestination=215", failed("otherSeparators", LINE)],
  ["status=ACK, destination=215", failed("otherSeparators", LINE)],
  ["status=ACK destination=215", failed("otherSeparators", LINE)],
  ["?status=ACK&destination=215", failed("otherSeparators", LINE)],
  ["destination=215;status=NAK", failed("otherSeparators", "status=NAK")],
  ["Status: ACK\r\nDestination: 215\r\n", failed("otherSeparators", LINE)],
  ["status=ACK&destination=215;callername=Jan", failed("otherSeparators", `${LINE}&callername=Jan`)],
  ["status=ACK0", failed("unknownStatus", "status=ACK")],
  ["status=NAK.", failed("unknownStatus", "status=NAK")],
  ["status=ACK<br>", failed("unknownStatus", "status=ACK")],
  ["{status: 'NAK'}", { ...failed("badJson", "status=NAK"), says: /single quotes/ }],
  ['{"status":"ACK","destination":"215",}', { ...failed("badJson", LINE), says: /comma stands before/ }],
  [
    '{"status":"ACK","destination":+31502102544}',
    { ...failed("badJson", "status=ACK&destination=%2B31502102544"), says: /a `\+` stands without quotes/ },
  ],
  [
    '{"status":"ACK","destination":0502102544}',
    { ...failed("badJson", "status=ACK&destination=0502102544"), says: /begins with 0/ },
  ],
  ['{"status":"ACK","destination":None}', { ...failed("badJson", "status=ACK"), says: /None/ }],
  [
    '{"status":"ACK"}\n{"status":"ACK"}',
    { ...failed("badJson", "status=ACK"), says: /more than one object/ },
  ],
  [
    '{"status":"ACK"}<!-- 12 ms -->',
    { ...failed("badJson", "status=ACK"), says: /text behind its end: `<!-- 12 ms -->`/ },
  ],
  ['{"status":"ACK"', { ...failed("badJson", "status=ACK"), says: /ends before its closing brace/ }],
  ["{“status”:“ACK”}", { ...failed("badJson"), says: /typographic quotes/ }],
  ['{"status"=>"NAK"}', { ...failed("badJson", "status=NAK"), says: /array of PHP/ }],
  [Buffer.from([0x1f, 0x8b, 8, 0, 0]), { ...failed("compressedBody"), says: /gzip/ }],
  [Buffer.from([0x78, 0x9c, 1, 2]), { ...failed("compressedBody"), says: /deflate/ }],
  ["result=NAK", failed("nearKey", "status=NAK")],
  ["stauts=ACK", failed("nearKey", "status=ACK")],
  ["(NAK)", failed("noStatus", "status=NAK")],
  ["good", failed("noStatus", undefined)],
  ["null", failed("noStatus", undefined)],
  ["status=ACK and status=NAK", failed("otherSeparators", undefined)],
  ["status%3DACK%26destination%3D215", failed("otherSeparators", LINE)],
  ["status%253DACK", failed("otherSeparators", "status=ACK")],
  ["status%3DNAK%26callername%3DACK", failed("otherSeparators", "status=NAK")],
  ["status%3DACK%26destination%3DNAK", failed("noStatus", undefined)],
  ["b'status=ACK\\xc3'", failed("noStatus", "status=ACK")],
  ["status=\u0410\u0421\u041a", { ...failed("unknownStatus", undefined), says: /U\+0410, U\+0421, U\+041A/ }],
]);

kind("W1", "a name that was written for HTML", [
  [
    "status=ACK&callername=J&ouml;rg O&#039;Brien &amp; Co&destination=215",
    {
      ...ACK,
      name: "Jörg O'Brien & Co",
      code: "htmlName",
      corrected: "status=ACK&destination=215&callername=J%C3%B6rg%20O%27Brien%20%26%20Co",
    },
  ],
  [
    '{"status":"ACK","callername":"O&#x27;Brien &lt;b&gt;"}',
    { verdict: "ack", name: "O'Brien <b>", code: "htmlName" },
  ],
  ["status=ACK&callername=O%26%2339%3BBrien", { verdict: "ack", name: "O'Brien", code: "htmlName" }],
  [
    "status=ACK&callername=X&#13;&#10;Via: y&#0;&#x202e;z",
    { verdict: "ack", name: "X Via: yz", code: "htmlName" },
  ],
  [
    "status=ACK&callername=AT&T; R&D&#99999999;",
    { verdict: "ack", name: "AT&T; R&D&#99999999;", code: "rawAmpersand" },
  ],
  ["status=ACK&callername=X&#38;destination=215", { ...ACK, name: "X", code: "writtenOutAmpersand" }],
]);

kind("W3", "no value is lost in silence", [
  ["status=ACK&#38;destination=215", { ...ACK, code: "writtenOutAmpersand" }],
  ["status=ACK&#x26;destination=215", { ...ACK, code: "writtenOutAmpersand" }],
  ["status=ACK&AMP;destination=215", { ...ACK, code: "writtenOutAmpersand" }],
  ["status=ACK&destnation=215", { ...failed("nearKey", LINE), says: /did you mean `destination`\?/ }],
  [
    "status=ACK&caller-name=Jan",
    { ...failed("nearKey", "status=ACK&callername=Jan"), says: /did you mean `callername`\?/ },
  ],
  ['{"status":"ACK","destination_number":"215"}', failed("nearKey", LINE)],
  ["status=ACK&destination=215&dest=216", { ...ACK, code: "" }],
  ["status=NAK&dest=216", { verdict: "nak", code: "" }],
  ["status=ACK&destination=215&description=Sales&name=Jan", { ...ACK, code: "" }],
]);

kind("W7", "a value ends at a line end", [
  [
    "status=ACK&destination=215&callername=Jan\n<!-- Served by proxy-3 -->",
    { ...ACK, name: "Jan", code: "textAfter" },
  ],
  ["status=ACK\r\n\r\n<script>analytics()</script>", { verdict: "ack", code: "textAfter", says: /HTML/ }],
  [
    "status=NAK\nWarning: Cannot modify header information in /srv/a.php on line 7",
    { verdict: "nak", code: "textAfter", says: /a message of PHP/ },
  ],
  ["status=ACK&\r\ndestination=215", { ...ACK, code: "" }],
  ["status=ACK\r\n&destination=215\r\n", { ...ACK, code: "" }],
  ["status=ACK&callername=Jan%0D%0AJansen", { verdict: "ack", name: "Jan Jansen", code: "" }],
  ["status=ACK&callername=Jan\n&destination=215", { ...ACK, name: "Jan", code: "" }],
  // What stands behind the line is no key, or nobody could say what was meant.
  ["status=ACK\n<!-- ?x=1&destination=216 -->", failed("secondLine")],
]);

kind("W10", "a service that answers before it runs", [
  ["Accepted", failed("catchHook")],
  ['{"message":"Workflow got started."}', failed("catchHook")],
  ['{"about":"https://pipedream.com","event_id":"2x"}', failed("catchHook")],
  ["Congratulations! You've fired the missed_call event", failed("catchHook")],
  ['{"ok":true}', failed("catchHook")],
  ['{"status":"success","message":"NAK"}', failed("unknownStatus", undefined)],
]);

kind("W12", "a number as a name keeps its plus", [
  ["status=ACK&callername=+31612345678", { verdict: "ack", name: "+31612345678", code: "rawPlus" }],
  [
    "status=ACK&callername=+44 20 7946 0000&destination=215",
    { ...ACK, name: "+44 20 7946 0000", code: "rawPlus" },
  ],
]);

describe("W5: a Content-Encoding that is no compression", () => {
  for (const encoding of ["UTF-8", "none", "binary", "8bit", "ISO-8859-1", "base64url", "Unicode"]) {
    test(`W5: ${encoding} is noted, and the body read`, () => {
      const got = readReply({ status: 200, contentEncoding: encoding, body: Buffer.from(LINE) });
      assert.deepEqual([got.verdict, got.destination, got.notes[0]?.code], ["ack", "215", "noCompression"]);
    });
  }
  for (const encoding of ["gzip", "x-gzip", "br", "zstd", "gzip, identity", "Deflate"]) {
    test(`W5: ${encoding} is one, and refused`, () => {
      const got = readReply({ status: 200, contentEncoding: encoding, body: Buffer.from(LINE) });
      assert.deepEqual([got.verdict, got.failure], ["error", "compressedBody"]);
    });
  }
});

test("W10: what a web server says of the request itself is advice", () => {
  const rows: readonly (readonly [number, string, string, RegExp])[] = [
    [401, "", "errorStatus", /user name and password/],
    [403, "Forbidden", "errorStatus", /does not let us in/],
    [404, "<h1>Not Found</h1>", "errorStatus", /compare the path/],
    [405, "", "errorStatus", /`method`/],
    [410, "Gone", "errorStatus", /switched off or deleted/],
    [418, "", "errorStatus", /^The receiver answered HTTP 418\.$/],
    [400, "<center>The plain HTTP request was sent to HTTPS port</center>", "httpToTlsPort", /https:\/\//],
    [400, "Client sent an HTTP request to an HTTPS server.\n", "httpToTlsPort", /https:\/\//],
    [
      400,
      "Your browser sent a request; you're speaking plain HTTP to an SSL-enabled server port.",
      "httpToTlsPort",
      /https/,
    ],
  ];
  for (const [status, body, code, says] of rows) {
    const got = readReply({ status, body: Buffer.from(body) });
    assert.equal(got.failure, code, String(status));
    assert.match(got.reason, says);
  }
});

/** Whole replies as they come over the wire, of what people write receivers with. */
const WIRE: readonly (readonly [of: string, octets: string, expected: Expected])[] = [
  [
    "PHP, echo",
    `HTTP/1.1 200 OK\r\nX-Powered-By: PHP/8.3\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n${LINE}`,
    { ...ACK, code: "" },
  ],
  [
    "PHP saved with a BOM",
    `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\xef\xbb\xbf${LINE}\n`,
    { ...ACK, code: "" },
  ],
  [
    "Python, Flask jsonify",
    'HTTP/1.1 200 OK\r\nServer: Werkzeug/3.0\r\nContent-Type: application/json\r\n\r\n{"destination":"215","status":"ACK"}\n',
    { ...ACK, code: "" },
  ],
  [
    "Python, str of a dict",
    "HTTP/1.1 200 OK\r\nServer: uvicorn\r\n\r\n{'status': 'ACK'}",
    failed("badJson", "status=ACK"),
  ],
  [
    "Python, FastAPI returns text",
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"${LINE}"`,
    { ...ACK, code: "jsonString" },
  ],
  [
    "Apps Script, after its redirect",
    `HTTP/2 302 \r\nLocation: https://script.googleusercontent.com/x\r\n\r\nHTTP/2 200 \r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${LINE}`,
    { ...ACK, code: "" },
  ],
  [
    "Apps Script, not signed in",
    "HTTP/2 200 \r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><html>Sign in - Google Accounts</html>",
    failed("html"),
  ],
  [
    "Node, express",
    `HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 26\r\n\r\n${LINE}`,
    { ...ACK, code: "" },
  ],
  [
    "Node, chunked",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nstatus=ACK\r\n10\r\n&destination=215\r\n0\r\n\r\n",
    { ...ACK, code: "" },
  ],
  ["MicroPython, bare", `HTTP/1.0 200 OK\r\n\r\n${LINE}\r\n`, { ...ACK, code: "" }],
  ["MicroPython, no reason phrase", `HTTP/1.0 200\r\n\r\n${LINE}`, { ...ACK, code: "" }],
  [
    "Zapier, catch hook",
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"attempt": "01", "id": "01", "request_id": "01", "status": "success"}',
    failed("catchHook"),
  ],
  ["Make, catch hook", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nAccepted", failed("catchHook")],
  ["Make, webhook response", `HTTP/1.1 200 OK\r\n\r\n${LINE}`, { ...ACK, code: "" }],
  [
    "n8n, at once",
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"message":"Workflow was started"}',
    failed("catchHook"),
  ],
  [
    "n8n, last node",
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[{"status":"ACK","destination":"215"}]',
    { ...ACK, code: "listOfOne" },
  ],
  [
    "n8n, test address",
    'HTTP/1.1 404 Not Found\r\n\r\n{"code":404,"message":"The requested webhook is not registered."}',
    failed("errorStatus"),
  ],
  [
    "Power Automate",
    "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
    { ...failed("emptyBody"), says: /ignoreAnswer/ },
  ],
  [
    "AWS Lambda without its proxy",
    'HTTP/1.1 200 OK\r\n\r\n{"statusCode": 200, "body": "status=ACK&destination=215"}',
    failed("wrapped", LINE),
  ],
];

for (const [of, octets, expected] of WIRE) {
  test(`W2, W10: a whole reply of ${of}`, () => {
    const got = readReply(capturedReply(Buffer.from(octets, "latin1")));
    const codes = [got.failure, ...got.notes.map(({ code }) => code)].filter((one) => one !== undefined);
    assert.equal(got.verdict, expected.verdict, got.reason);
    assert.deepEqual(codes, expected.code === "" ? [] : [expected.code]);
    if (got.verdict === "ack") assert.equal(got.destination, expected.destination);
    if (expected.corrected !== undefined) assert.equal(correctedLine(got), expected.corrected);
    assert.match(got.reason, expected.says ?? /\.$/);
  });
}

describe("properties of replies with faults", () => {
  const refusal = fc.constantFrom("NAK", "ERR", "nak", "Err", "NACK");
  const around = fc.constantFrom(
    "status=",
    "status: ",
    '{"status":"',
    '{"data":{"status":"',
    "result=",
    "<b>status=",
    "Status = ",
    "'status': '",
    "",
    "status=not ",
    '[{"status":"',
  );
  const noise = fc.constantFrom(
    "",
    "\n",
    "<br>",
    "0",
    ".",
    ";destination=215",
    '"}',
    '"}}',
    "&destination=215",
    ", ACK",
    " status=ACK",
    "\nstatus=ACK",
    '","ok":true}',
    "\nNotice: x in /a.php on line 3",
    "&status=ACK",
    '"}]',
    "\ufeff",
  );
  const opens = /ACK/;

  test("W2: no reply that says NAK or ERR gets advice that opens", () => {
    const before = fc.constantFrom(
      "",
      "\ufeff",
      "Accepted ",
      "<p>",
      '"',
      "ok\n",
      '{"message":"Workflow was started"} ',
      "?",
      "<?php ",
    );
    fc.assert(
      fc.property(before, around, refusal, noise, noise, (start, key, word, end, more) => {
        // With a `status` of its own behind a word that has no key, that one is the verdict.
        fc.pre(/status/i.test(key) || ![end, more].includes("&status=ACK"));
        const got = read(start + key + word + end + more);
        assert.notEqual(got.verdict, "ack");
        const line = correctedLine(got) ?? "";
        assert.doesNotMatch(line, opens, got.reason);
        assert.doesNotMatch(got.reason, /Correct would be: `status=ACK|ignoreAnswer/);
      }),
      { numRuns: 3_000 },
    );
  });

  const STEERED = "31612345999";
  const separator = fc.constantFrom("&", "&amp;", ";", "\n", '","', "&#38;", "\\u0026", "%26");
  const sign = fc.constantFrom("=", ":", '":"', "%3D", "\\u003d");
  const hostile = fc
    .tuple(
      separator,
      fc.constantFrom("destination", "value", "DESTINATION"),
      sign,
      fc.constantFrom("+", "%2B", "00", ""),
      separator,
    )
    .map(([first, key, equals, plus, last]) => `X${first}${key}${equals}${plus}${STEERED}${last}y`);
  const once = (text: string): string => encodeURIComponent(text);
  const ECHOES: readonly ((name: string) => string)[] = [
    (name) => `status=ACK&callername=${name}`,
    (name) => `callername=${name}&status=ACK`,
    (name) => `status=ACK&callername=${once(name)}`,
    (name) => `status=ACK&callername=${once(once(name))}`,
    (name) => JSON.stringify({ status: "ACK", callername: name }),
    (name) => `{"status":"ACK","callername":"${name}"}`,
    (name) => JSON.stringify(`status=ACK&callername=${name}`),
    (name) => `[{"status":"ACK","callername":"${name}"}]`,
    (name) => `"status=ACK&callername=${name}"`,
    (name) => JSON.stringify(JSON.stringify({ status: "ACK", callername: name })),
    (name) => `status=ACK\n<!-- ${name} -->`,
    (name) => `'status=ACK&x=${name}'`,
  ];

  test("W1: no name steers a destination, whatever echoes it: raw, encoded once and twice, in JSON, in what is unwrapped", () => {
    const undone = fc.constantFrom<(text: string) => string>(
      (text) => text,
      once,
      (text) => once(once(text)),
    );
    fc.assert(
      fc.property(hostile, undone, fc.nat(ECHOES.length - 1), fc.boolean(), (name, encode, which, wide) => {
        const sent = {
          callername: encode(name),
          callerid: "+31201234567",
          did: "+31501234567",
          code: "",
          callid: "c",
        };
        // What the receiver writes: as it came, or decoded as often as it was encoded.
        for (const written of [sent.callername, name]) {
          const body = ECHOES[which]?.(written) ?? "";
          const got = readReply(
            { status: 200, body: wide ? Buffer.from(body, "utf16le") : Buffer.from(body) },
            sent,
          );
          assert.equal(got.destination, undefined, `${body}: ${got.reason}`);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("D10, D12: no octets make the reader throw, nor does it take long over 64 KiB of anything", () => {
    const unit = fc.constantFrom(
      ..."{}[]\"'\\=&;:,\n\r\t <>status destination= ACK \ufeff\u200b%+(/*".split(""),
      "status=",
      '{"',
      "<br>",
      "&amp;",
      '\\"',
      "Notice: ",
      " on line ",
    );
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("", "{", "[", '"', "<", "status=ACK\n"),
        (units, first) => {
          const text = units.join("");
          const body = (first + text.repeat(Math.ceil(65_536 / text.length))).slice(0, 65_536);
          const began = process.cpuUsage();
          const got = readReply({ status: 200, body: Buffer.from(body) }, { callername: "a&b=c" });
          const { user } = process.cpuUsage(began);
          assert.ok(got.reason.length < 1_000 && got.warnings.every((one) => one.length < 1_000));
          assert.ok(user < 200_000, `${user} µs of ${JSON.stringify(first + text)}`);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test("a captured reply is read to its last head, and chunks that a tool has joined stay as they are", () => {
  const joined = pastedReply(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${LINE}`);
  assert.equal(Buffer.from(joined.body).toString(), LINE);
  assert.equal(pastedReply("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\n\nstatus=ACK").status, 200);
  assert.equal(pastedReply("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n").status, 302);
});
