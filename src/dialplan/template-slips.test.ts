import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseTemplate } from "./template.ts";
import { previewTemplate } from "./template-preview.ts";

const HEAD = "https://crm.example/route";

const DOLLAR = "$";

/** Well made, and sent as they stand: a warning names the right form. */
const WARNED: readonly (readonly [template: string, written: string, right: string])[] = [
  [`${HEAD}?did=$\{did}`, `${DOLLAR}{did}`, "{did}"],
  [`${HEAD}?did=%23{did}`, "%23{did}", "{did}"],
  [`${HEAD}?c=%7Bcallerid%7D`, "%7Bcallerid%7D", "{callerid}"],
  [`${HEAD}/%7b%7bcallid%7d%7d`, "%7b%7bcallid%7d%7d", "{callid}"],
  [`${HEAD}?c=[callerid]`, "[callerid]", "{callerid}"],
  [`${HEAD}?c=%5BCallerID%5D`, "%5BCallerID%5D", "{callerid}"],
  [`${HEAD}?n=%3Ccallername%3E`, "%3Ccallername%3E", "{callername}"],
  [`${HEAD}/:did/ring`, ":did", "{did}"],
  [`${HEAD}?did=$did`, "$did", "{did}"],
  [`${HEAD}?did={did}&amp;callerid={callerid}`, "&amp;", "&"],
];

/** Refused, with the right form in the sentence. */
const REFUSED: readonly (readonly [template: string, says: RegExp])[] = [
  [`${HEAD}?did={{did}}`, /^\{\{did\}\} is not a placeholder; it is written \{did\}\.$/],
  [`${HEAD}?c={callerId}`, /^\{callerId\} is not a placeholder; it is written \{callerid\}\.$/],
  [`${HEAD}?c={caller_name}`, /it is written \{callername\}\.$/],
  [`${HEAD}?c={ callerid }`, /^\{ callerid \} is not a placeholder; it is written \{callerid\}\.$/],
  [`${HEAD}?c={{ callerid }}`, /it is written \{callerid\}\.$/],
  [`${HEAD}?c=<callerid>`, /^<callerid> is not a placeholder; it is written \{callerid\}\.$/],
  [`${HEAD}?c=%callerid%`, /^%callerid% is not a placeholder; it is written \{callerid\}\.$/],
  ["http://::1/route", /^An IPv6 address is written in brackets, \[::1\]/],
  ["http://2001:db8::5/route?did={did}", /in brackets, \[2001:db8::5\]/],
  ["http://fd00::1:8080/", /^An IPv6 address is written in brackets/],
];

/** Of `user:password@` nothing is told. */
const SECRET = [
  "https://user:hq/zx@crm.example/",
  "https://user:hq?{zx@crm.example/{did}",
  "https://user:hq{zx}@crm.example/",
  "https://user:hq<did>zx@crm.example/",
  "https://user:hq zx@crm.example/",
];

describe("W11: placeholders and addresses as other programs write them", () => {
  for (const [text, written, right] of WARNED) {
    test(`W11: ${text} is taken, with a warning`, () => {
      const parsed = parseTemplate(text);
      assert.ok(parsed.ok);
      assert.deepEqual(parsed.value.slips, [{ written, right }]);
      const preview = previewTemplate(text);
      assert.ok(preview.ok && preview.warnings[0]?.includes(written) && preview.warnings[0].includes(right));
    });
  }

  for (const [text, says] of REFUSED) {
    test(`W11: ${text} is refused, with the right form`, () => {
      const parsed = parseTemplate(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.error[0]?.message ?? "", says);
      assert.equal(parsed.error.length, 1);
    });
  }

  for (const text of SECRET) {
    test(`W11: nothing of the password is told of ${text}`, () => {
      const parsed = parseTemplate(text);
      assert.ok(!parsed.ok);
      assert.doesNotMatch(JSON.stringify(parsed.error), /hq|zx/);
    });
  }

  test("W11: what is right has no slip", () => {
    for (const text of [
      `${HEAD}/{did}?c={callerid}&list[]=a&t=12:30&x=$5&amplitude=1`,
      "http://[2001:db8::5]:8080/route?did={did}",
      "https://user:p%2Fss@crm.example/?c={callerid}",
    ]) {
      const parsed = parseTemplate(text);
      assert.ok(parsed.ok, text);
      assert.deepEqual(parsed.value.slips, []);
    }
  });
});
