// Whole replies as receivers of the field send them, octet by octet from the status line on, read by the client that calls use. Each is
// read rightly, or refused with a sentence that names the cause. (field-kinds.test.ts reads them as somebody pasted them.)

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FaultServer, startFaultServer } from "../../test/fakes/fault-server.ts";
import { testClient, VALUES, webhookAt } from "../../test/fakes/webhook-client.ts";

/** ACK with a destination, NAK, or the words that a refusal has to have. */
type Expected =
  | { readonly reads: "ack"; readonly destination?: string; readonly name?: string; readonly note?: RegExp }
  | { readonly reads: "nak" }
  | { readonly refuses: RegExp };

interface Row {
  readonly of: string;
  /** Latin-1: a character is an octet. */
  readonly octets: string;
  /** The reply to the next request, where the first redirects to it. */
  readonly next?: string;
  readonly expected: Expected;
}

const LINE = "status=ACK&destination=215";
const read = { reads: "ack", destination: "215" } as const;

/** A reply with the length of its body, as most servers write it. */
function reply(head: string, body: string): string {
  const lines = head.split("\n").concat(`Content-Length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A reply that ends with its connection. */
const closed = (head: string, body: string): string => `${head.replaceAll("\n", "\r\n")}\r\n\r\n${body}`;

const PHP = `HTTP/1.1 200 OK
Host: crm.example
Date: Sun, 29 Nov 2026 10:00:00 GMT
Connection: close
X-Powered-By: PHP/8.3.6
Content-type: text/html; charset=UTF-8`;
const APACHE = `HTTP/1.1 200 OK
Date: Sun, 29 Nov 2026 10:00:00 GMT
Server: Apache/2.4.62 (Debian)
Content-Type: text/html; charset=UTF-8`;
const PYTHON = `HTTP/1.0 200 OK
Server: BaseHTTP/0.6 Python/3.11.7
Date: Sun, 29 Nov 2026 10:00:00 GMT
Content-Type: text/plain`;
const FLASK = `HTTP/1.1 200 OK
Server: Werkzeug/3.0.4 Python/3.12.3
Date: Sun, 29 Nov 2026 10:00:00 GMT
Content-Type: application/json
Connection: close`;
const EXPRESS = `HTTP/1.1 200 OK
X-Powered-By: Express
Content-Type: text/html; charset=utf-8
ETag: W/"1a-abc"
Connection: keep-alive
Keep-Alive: timeout=5`;
const GOOGLE = `HTTP/1.1 200 OK
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
Server: ESF`;
const MICRO = "HTTP/1.0 200 OK\nContent-Type: text/plain";
const ZAPIER = "HTTP/1.1 200 OK\nContent-Type: application/json\nServer: nginx";
const N8N = "HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\nVary: Accept-Encoding";

const ROWS: readonly Row[] = [
  { of: "PHP, its own server", octets: closed(PHP, LINE), expected: read },
  {
    of: "PHP, http_build_query of a name",
    octets: closed(PHP, "status=ACK&callername=Jansen+%26+Co"),
    expected: { reads: "ack", name: "Jansen & Co" },
  },
  {
    of: "PHP, a name that nobody encodes",
    octets: closed(PHP, "status=ACK&callername=Jansen & Co&destination=215"),
    expected: { ...read, name: "Jansen & Co", note: /%26/ },
  },
  {
    of: "PHP behind Apache, saved with a BOM",
    octets: reply(APACHE, `\xef\xbb\xbf${LINE}\n`),
    expected: read,
  },
  { of: "PHP, json_encode", octets: reply(APACHE, '{"status":"ACK","destination":"215"}'), expected: read },
  {
    of: "PHP, htmlspecialchars",
    octets: reply(APACHE, "status=ACK&amp;destination=215"),
    expected: { ...read, note: /&amp;/ },
  },
  {
    of: "PHP, a warning before its line",
    octets: closed(
      PHP,
      '<br />\n<b>Warning</b>:  Undefined array key "code" in <b>/srv/pin.php</b> on line <b>4</b><br />\nstatus=NAK',
    ),
    expected: { refuses: /PHP/ },
  },
  {
    of: "PHP, a fatal error",
    octets: reply(APACHE.replace("200 OK", "500 Internal Server Error"), ""),
    expected: { refuses: /HTTP 500/ },
  },
  {
    of: "PHP that nobody runs",
    octets: reply(APACHE, '<?php echo "status=ACK"; ?>'),
    expected: { refuses: /PHP/ },
  },
  { of: "Python, http.server", octets: closed(PYTHON, LINE), expected: read },
  {
    of: "Python, Flask jsonify",
    octets: reply(FLASK, '{"destination":"215","status":"ACK"}\n'),
    expected: read,
  },
  {
    of: "Python, str of a dict",
    octets: reply(FLASK, "{'status': 'ACK', 'destination': '215'}"),
    expected: { refuses: /single quotes/ },
  },
  {
    of: "Python, FastAPI returns text",
    octets: reply(FLASK, `"${LINE}"`),
    expected: { ...read, note: /JSON/ },
  },
  {
    of: "Python, do_POST is missing",
    octets: closed(
      PYTHON.replace("200 OK", "501 Unsupported method ('POST')"),
      "<!DOCTYPE HTML><p>Message: Unsupported method ('POST').</p>",
    ),
    expected: { refuses: /HTTP 501/ },
  },
  {
    of: "Python, a traceback",
    octets: reply(
      FLASK.replace("200 OK", "500 INTERNAL SERVER ERROR"),
      "Traceback (most recent call last):\nKeyError: 'code'",
    ),
    expected: { refuses: /HTTP 500/ },
  },
  {
    of: "Apps Script, by its redirect",
    octets: reply(
      "HTTP/1.1 302 Moved Temporarily\nLocation: /then\nContent-Type: text/html",
      '<HTML><A HREF="/then">here</A></HTML>',
    ),
    next: reply(GOOGLE, LINE),
    expected: { ...read, note: /^The receiver redirected to \S+\.$/ },
  },
  {
    of: "Apps Script, not open to anyone",
    octets: reply("HTTP/1.1 302 Moved Temporarily\nLocation: /then", ""),
    next: reply(
      GOOGLE.replace("text/plain", "text/html"),
      "<!doctype html><html><title>Sign in - Google Accounts</title></html>",
    ),
    expected: { refuses: /HTML/ },
  },
  {
    of: "Apps Script, an exception",
    octets: reply(
      GOOGLE.replace("text/plain", "text/html"),
      "<!DOCTYPE html><html><body>TypeError: Cannot read properties of undefined (line 3)</body></html>",
    ),
    expected: { refuses: /HTML/ },
  },
  { of: "Node, express", octets: reply(EXPRESS, LINE), expected: read },
  {
    of: "Node, chunked",
    octets: closed(
      "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nConnection: keep-alive",
      "a\r\nstatus=ACK\r\n10\r\n&destination=215\r\n0\r\n\r\n",
    ),
    expected: read,
  },
  {
    of: "Node, an object in a template",
    octets: reply(EXPRESS, "status=ACK&destination=[object Object]"),
    expected: { reads: "ack", destination: "[object Object]" },
  },
  {
    of: "Node, res.send of JSON.stringify twice",
    octets: reply(EXPRESS, JSON.stringify(JSON.stringify({ status: "NAK" }))),
    expected: { reads: "nak" },
  },
  {
    of: "Node, express without the route",
    octets: reply(EXPRESS.replace("200 OK", "404 Not Found"), "<pre>Cannot GET /x</pre>"),
    expected: { refuses: /HTTP 404.*path/ },
  },
  { of: "MicroPython, HTTP/1.0 and the end", octets: closed(MICRO, `${LINE}\r\n`), expected: read },
  { of: "MicroPython, no reason phrase", octets: closed("HTTP/1.0 200", LINE), expected: read },
  {
    of: "MicroPython, lines that end in LF",
    octets: `HTTP/1.0 200 OK\nContent-Type: text/plain\n\n${LINE}`,
    expected: { refuses: /end in LF alone/ },
  },
  { of: "MicroPython, the body alone", octets: LINE, expected: { refuses: /without a status line/ } },
  {
    of: "Zapier, catch hook",
    octets: reply(ZAPIER, '{"attempt": "01", "id": "01", "request_id": "01", "status": "success"}'),
    expected: { refuses: /runs what it was asked for later.*ignoreAnswer/ },
  },
  {
    of: "Make, catch hook",
    octets: reply("HTTP/1.1 200 OK\nContent-Type: text/plain", "Accepted"),
    expected: { refuses: /runs what it was asked for later.*ignoreAnswer/ },
  },
  {
    of: "Make, webhook response",
    octets: reply("HTTP/1.1 200 OK\nContent-Type: text/plain", LINE),
    expected: read,
  },
  {
    of: "Make, no scenario listens",
    octets: reply(
      "HTTP/1.1 410 Gone\nContent-Type: text/plain",
      "There is no scenario listening for this webhook.",
    ),
    expected: { refuses: /switched off or deleted/ },
  },
  {
    of: "n8n, at once",
    octets: reply(N8N, '{"message":"Workflow was started"}'),
    expected: { refuses: /runs what it was asked for later.*ignoreAnswer/ },
  },
  {
    of: "n8n, last node",
    octets: reply(N8N, '[{"status":"ACK","destination":"215"}]'),
    expected: { ...read, note: /list/ },
  },
  {
    of: "n8n, Respond to Webhook",
    octets: reply(N8N, `{"status":"ACK","destination":"215"}`),
    expected: read,
  },
  {
    of: "n8n, test address",
    octets: reply(
      "HTTP/1.1 404 Not Found\nContent-Type: application/json",
      '{"code":404,"message":"The requested webhook \\"x\\" is not registered."}',
    ),
    expected: { refuses: /HTTP 404/ },
  },
];

let server: FaultServer;
const client = testClient();

before(async () => {
  server = await startFaultServer((socket, { target }) => {
    const [, nth = "", isThen] = /^\/(\d+)(\/then)?$/.exec(target) ?? [];
    const row = ROWS[Number(nth)];
    const octets =
      isThen === undefined ? row?.octets.replace("Location: /then", `Location: /${nth}/then`) : row?.next;
    socket.end(Buffer.from(octets ?? "", "latin1"));
  });
});

after(() => server.close());

describe("replies as they come over the wire", { concurrency: 8 }, () => {
  for (const [nth, { of, expected }] of ROWS.entries()) {
    test(`W2, W10: ${of}`, async () => {
      const got = await client.ask(webhookAt(`${server.origin}/${nth}`), VALUES);
      const told = `${got.reason} ${got.warnings.join(" ")}`;
      if ("refuses" in expected) {
        assert.equal(got.verdict, "error", told);
        assert.match(told, expected.refuses);
        return;
      }
      assert.equal(got.verdict, expected.reads, told);
      if (expected.reads === "nak") return;
      assert.deepEqual([got.destination, got.callerName], [expected.destination, expected.name], told);
      if (expected.note === undefined) assert.deepEqual(got.warnings, []);
      else assert.match(got.warnings.join(" "), expected.note);
    });
  }
});
