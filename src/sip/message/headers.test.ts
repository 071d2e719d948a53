import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Headers } from "./headers.ts";

// Any code points, half of them ASCII with its controls. (fast-check's own units take seconds to prepare.)
const CODE_POINT = fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0x10_ffff }));
const ANY_TEXT = fc.array(CODE_POINT).map((codes) => String.fromCodePoint(...codes));

test("names are found in any case and in their compact form", () => {
  const headers = Headers.of([
    ["v", "one"],
    ["VIA", "two"],
    ["Call-ID", "id"],
    ["X-Own", "1"],
  ]);
  assert.deepEqual(headers.all("Via"), ["one", "two"]);
  assert.equal(headers.count("v"), 2);
  assert.equal(headers.get("i"), "id");
  assert.equal(headers.get("call-id"), "id");
  assert.equal(headers.get("x-OWN"), "1");
  assert.equal(headers.has("To"), false);
  assert.equal(headers.get("to"), undefined);
});

test("lists are cut at commas outside quotes and brackets", () => {
  const headers = Headers.of([
    ["Contact", '"a,b" <sip:a,b@c>, <sip:d@e>;x="1,\\"2"'],
    ["m", "<sip:f@g>"],
    ["Allow", "INVITE,ACK , ,BYE"],
    ["Supported", ""],
  ]);
  assert.deepEqual(headers.list("contact"), ['"a,b" <sip:a,b@c>', '<sip:d@e>;x="1,\\"2"', "<sip:f@g>"]);
  assert.deepEqual(headers.list("allow"), ["INVITE", "ACK", "", "BYE"]);
  assert.deepEqual(headers.list("supported"), [""]);
  assert.deepEqual(headers.list("require"), []);
});

test("set keeps the place of the first and drops the others", () => {
  const headers = Headers.of([
    ["A", "1"],
    ["To", "x"],
    ["B", "2"],
    ["t", "y"],
  ]);
  headers.set("To", "z");
  headers.set("C", "3");
  headers.prepend("Via", "v");
  headers.delete("b");
  assert.deepEqual(
    [...headers.entries()],
    [
      ["Via", "v"],
      ["A", "1"],
      ["To", "z"],
      ["C", "3"],
    ],
  );
  assert.equal(headers.size, 4);
});

test("a copy is a copy", () => {
  const headers = Headers.of([["A", "1"]]);
  const copy = headers.clone();
  copy.append("B", "2");
  copy.set("A", "3");
  assert.deepEqual([...headers.entries()], [["A", "1"]]);
});

test("names of JavaScript's own mean nothing", () => {
  const headers = Headers.of([["__proto__", "x"]]);
  assert.equal(headers.get("__proto__"), "x");
  for (const name of ["constructor", "toString", "hasOwnProperty"])
    assert.equal(headers.get(name), undefined);
});

test("no value can add a line, whatever it holds", () => {
  fc.assert(
    fc.property(ANY_TEXT, (value) => {
      const headers = Headers.of([["Subject", value]]);
      assert.doesNotMatch(headers.lines[0]?.raw ?? "", /[\r\n\0]/);
    }),
  );
  assert.equal(Headers.of([["Subject", "a\r\nVia: b"]]).get("subject"), "a  Via: b");
});

test("a name that is no token is a bug", () => {
  assert.throws(() => Headers.of([["a b", "x"]]), /no token/);
  assert.throws(() => Headers.of([["", "x"]]), /no token/);
});
