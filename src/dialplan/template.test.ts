import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hostileText } from "../../test/fakes/hostile-text.ts";
import type { WebhookValues } from "./command.ts";
import {
  encodeValue,
  expandTemplate,
  parseTemplate,
  type TemplatePart,
  type UrlTemplate,
} from "./template.ts";

const VALUES: WebhookValues = {
  did: "+31501234567",
  callerid: "+31201234567",
  callername: "Jan & Co",
  code: "1234",
  callid: "call-1",
};

function template(text: string): UrlTemplate {
  const parsed = parseTemplate(text);
  assert.ok(parsed.ok, parsed.ok ? "" : JSON.stringify(parsed.error));
  return parsed.value;
}

test("values are percent-encoded in path and query alike", () => {
  const url = expandTemplate(
    template(
      "http://crm.example/route/{did}/x?code={code}&callerid={callerid}&name={callername}&id={callid}",
    ),
    VALUES,
  );
  assert.equal(
    url.url,
    "http://crm.example/route/%2B31501234567/x?code=1234&callerid=%2B31201234567&name=Jan%20%26%20Co&id=call-1",
  );
  assert.equal(url.origin, "http://crm.example");
  assert.equal(url.target, url.url.slice(url.origin.length));
});

test("everything but RFC 3986 unreserved characters is encoded", () => {
  assert.equal(encodeValue("AZaz09-._~"), "AZaz09-._~");
  assert.equal(
    encodeValue("!'()*;:@&=+$,/?#[]%\" "),
    "%21%27%28%29%2A%3B%3A%40%26%3D%2B%24%2C%2F%3F%23%5B%5D%25%22%20",
  );
  assert.equal(encodeValue("é€😀\r\n\u0000"), "%C3%A9%E2%82%AC%F0%9F%98%80%0D%0A%00");
  assert.equal(encodeValue("a\ud800b"), "a%EF%BF%BDb");
});

test("the masked URL hides codes, credentials and secret-looking parameters", () => {
  const parsed = template("https://user:p%40ss@crm.example/{code}/a?code={code}&api_key=abc&Token=t&x={did}");
  const url = expandTemplate(parsed, VALUES);
  assert.equal(url.masked, "https://crm.example/***/a?code=***&api_key=***&Token=***&x=%2B31501234567");
  assert.equal(url.url, "https://crm.example/1234/a?code=1234&api_key=abc&Token=t&x=%2B31501234567");
  assert.deepEqual(parsed.credentials, { username: "user", password: "p@ss" });
  assert.equal(parsed.secure, true);
  const empty = expandTemplate(parsed, { ...VALUES, code: "" });
  assert.equal(empty.masked, "https://crm.example//a?code=&api_key=***&Token=***&x=%2B31501234567");
});

test("a template survives structuredClone and JSON", () => {
  const parsed = template("https://crm.example/{callerid}?n={callername}");
  assert.deepEqual(structuredClone(parsed), parsed);
  assert.deepEqual(
    expandTemplate(JSON.parse(JSON.stringify(parsed)) as typeof parsed, VALUES),
    expandTemplate(parsed, VALUES),
  );
});

const GOOD: readonly (readonly [string, string, string])[] = [
  ["http://crm.example", "http://crm.example", "/"],
  ["HTTP://CRM.Example:80/A?b", "http://crm.example", "/A?b"],
  ["  https://crm.example/x\n", "https://crm.example", "/x"],
  ["https://crm.example:8443?d={did}", "https://crm.example:8443", "/?d=%2B31501234567"],
  ["http://127.0.0.1:9000/route?did={did}", "http://127.0.0.1:9000", "/route?did=%2B31501234567"],
  ["http://[::1]:9000/{callid}", "http://[::1]:9000", "/call-1"],
  ["http://bücher.example/ü?q=ü", "http://xn--bcher-kva.example", "/%C3%BC?q=%C3%BC"],
  ["http://h/%7Bx%7D?a=%25", "http://h", "/%7Bx%7D?a=%25"],
  ["http://h/a.{callid}", "http://h", "/a.call-1"],
  ["http://h/...{callid}", "http://h", "/...call-1"],
  ["http://h/{callid}{code}/z", "http://h", "/call-11234/z"],
  ["http://h/?{callid}={code}&a==b&&c", "http://h", "/?call-1=1234&a==b&&c"],
];
for (const [text, origin, target] of GOOD) {
  test(`accepted: ${JSON.stringify(text)}`, () => {
    const url = expandTemplate(template(text), VALUES);
    assert.equal(url.origin, origin);
    assert.equal(url.target, target);
    assert.equal(new URL(url.url).href, url.url);
  });
}

const REFUSED: readonly (readonly [string, TemplatePart, string])[] = [
  ["", "url", ""],
  ["crm.example/x", "scheme", "crm.example/x"],
  ["{did}://crm.example", "scheme", "{did}"],
  ["http{code}://crm.example", "scheme", "{code}"],
  ["ftp://crm.example/", "scheme", "ftp"],
  ["file:///etc/passwd", "scheme", "file"],
  ["javascript:alert(1)//http://", "scheme", "javascript:alert(1)//http://"],
  ["http://{did}/x", "host", "{did}"],
  ["http://{did}.example/x", "host", "{did}"],
  ["http://crm.{callername}.example/x", "host", "{callername}"],
  ["http://crm.example{callid}", "host", "{callid}"],
  ["http://[{did}]/x", "host", "{did}"],
  ["http://crm.example:{code}/x", "port", "{code}"],
  ["http://crm.example:8{code}/x", "port", "{code}"],
  ["http://{code}@crm.example/x", "userinfo", "{code}"],
  ["http://user:{code}@crm.example/x", "userinfo", "{code}"],
  ["http://crm.example/x#{did}", "fragment", "{did}"],
  ["http://crm.example/x#top", "fragment", "#top"],
  ["http://crm.example/{number}", "path", "{number}"],
  ["http://crm.example/?a={Code}", "query", "{Code}"],
  ["http://crm.example/?a={}", "query", "{}"],
  ["http://crm.example/?a={__proto__}", "query", "{__proto__}"],
  ["http://crm.example/?a={constructor}", "query", "{constructor}"],
  ["http://crm.example/?a={did", "query", "{"],
  ["http://crm.example/?a=did}", "query", "}"],
  ["http://crm.example/{{did}}", "path", "{{did}}"],
  ["http://crm.example/a b", "url", "U+0020"],
  ["http://crm.example/a\nb", "url", "U+000A"],
  ["http://crm.example/a\u00a0b", "url", "U+00A0"],
  ["http://crm.example\\evil", "url", "\\"],
  ["http://crm.example/<x>", "url", "<"],
  ["http://crm.example/100%", "path", "%"],
  ["http://crm.example/?a=%{did}", "query", "%{d"],
  ["http://crm.example/?a=%2{did}", "query", "%2{"],
  ["http://crm.example/a/../b", "path", ".."],
  ["http://crm.example/./b", "path", "."],
  ["http://crm.example/%2e%2E/b", "path", "%2e%2E"],
  ["http://crm.example/.{did}/b", "path", ".{did}"],
  ["http://crm.example/{did}%2e/b", "path", "{did}%2e"],
  ["http:///x", "host", ""],
  ["http://?x", "host", ""],
  ["http://crm.example:0/x", "port", "0"],
  ["http://crm.example:65536/x", "port", "65536"],
  ["http://crm.example:/x", "port", ""],
  ["http://a:b:c/x", "port", "b:c"],
  ["http://256.1.1.1/x", "host", "256.1.1.1"],
  ["http://[::1/x", "host", "[::1"],
  ["http://[fe80::1%25eth0]/x", "host", "[fe80::1%25eth0]"],
  ["http://u%zz:p@crm.example/x", "userinfo", "user:password"],
  [`http://crm.example/${"a".repeat(2048)}`, "url", `http://crm.example/${"a".repeat(21)}…`],
];
for (const [text, part, offending] of REFUSED) {
  test(`refused: ${JSON.stringify(text.slice(0, 60))}`, () => {
    const parsed = parseTemplate(text);
    assert.ok(!parsed.ok);
    assert.deepEqual(
      { part: parsed.error[0]?.part, offending: parsed.error[0]?.offending },
      { part, offending },
      JSON.stringify(parsed.error),
    );
    assert.match(parsed.error[0]?.message ?? "", /\.$/);
  });
}

test("all problems are told at once", () => {
  const parsed = parseTemplate("ftp://{did}/{x}?a=%");
  assert.ok(!parsed.ok);
  assert.deepEqual(
    parsed.error.map((one) => one.part),
    ["host", "path", "scheme", "query"],
  );
});

test("a {code} in a GET URL is warned about", () => {
  assert.match(template("http://h/?c={code}").warnings[0] ?? "", /access log/);
  assert.match(template("http://h/{code}").warnings[0] ?? "", /access log/);
  assert.deepEqual(template("http://h/?c={did}").warnings, []);
});

test("parsing never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true })), (text) => {
      assert.equal(typeof parseTemplate(text).ok, "boolean");
      assert.equal(typeof parseTemplate(`http://h/${text}`).ok, "boolean");
    }),
  );
});

test("D11: 10,000 hostile values: the decoder gets the very value, nothing else of the URL changes", () => {
  const parsed = template(
    "http://crm.example:8080/a/{did}/x{callername}y/b?fixed=1&did={did}&id={callerid}&pre-{callername}-post=n&name={callername}&last=2",
  );
  fc.assert(
    fc.property(hostileText, hostileText, hostileText, (rawDid, rawId, rawName) => {
      const [did, callerid, callername] = [
        rawDid.toWellFormed(),
        rawId.toWellFormed(),
        rawName.toWellFormed(),
      ];
      const expanded = expandTemplate(parsed, { did, callerid, callername, code: "", callid: "" });
      const url = new URL(expanded.url);
      assert.equal(url.href, expanded.url);
      assert.equal(url.origin, "http://crm.example:8080");
      assert.equal(url.hash, "");
      const segments = url.pathname.split("/").map((segment) => decodeURIComponent(segment));
      assert.deepEqual(segments, ["", "a", did === "." || did === ".." ? "" : did, `x${callername}y`, "b"]);
      assert.deepEqual(
        [...url.searchParams],
        [
          ["fixed", "1"],
          ["did", did],
          ["id", callerid],
          [`pre-${callername}-post`, "n"],
          ["name", callername],
          ["last", "2"],
        ],
      );
      assert.match(expanded.target, /^[!-~]+$/);
    }),
    { numRuns: 10_000 },
  );
});
