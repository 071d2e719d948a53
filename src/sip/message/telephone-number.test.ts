import assert from "node:assert/strict";
import { test } from "node:test";
import { telephoneNumberOf, userOf } from "./telephone-number.ts";
import { parseUri, type Uri } from "./uri.ts";

function uri(text: string): Uri {
  const read = parseUri(text);
  assert.ok(read.ok, text);
  return read.value;
}

// URI, whom it is about, as a number.
const ROWS: readonly (readonly [string, string, string])[] = [
  ["sip:+31501234567@h", "+31501234567", "+31501234567"],
  ["sip:+31501234567;npdi@h;user=phone", "+31501234567", "+31501234567"],
  ["sip:+31501234567;npdi@h", "+31501234567", "+31501234567"],
  ["sip:+31501234567;npdi;rn=+31970;cic=+1-0288@h", "+31501234567", "+31501234567"],
  ["sip:+31501234567%3Bnpdi@h", "+31501234567", "+31501234567"],
  ["sip:%2B31501234567;verstat=TN-Validation-Passed@h", "+31501234567", "+31501234567"],
  ["tel:+31501234567;verstat=TN-Validation-Failed", "+31501234567", "+31501234567"],
  ["tel:+31-50-123.45(67);ext=9", "+31-50-123.45(67)", "+31-50-123.45(67)"],
  ["sip:0501234567;phone-context=+31@h;user=phone", "0501234567", "+31 0501234567"],
  ["sip:501234567;PHONE-CONTEXT=+31@h", "501234567", "+31 501234567"],
  ["tel:501234567;phone-context=+31", "501234567", "+31 501234567"],
  ["tel:501234567;phone-context=+31;tgrp=a;trunk-context=h", "501234567", "+31 501234567"],
  ["sip:0501234567;phone-context=ims.example@h;user=phone", "0501234567", "0501234567"],
  ["tel:215;phone-context=pbx.example", "215", "215"],
  ["sips:215;phone-context=pbx.example@h", "215", "215"],
  ["sip:+31501234567;phone-context=+31@h", "+31501234567", "+31501234567"],
  ["sip:*21%23;phone-context=h@h", "*21#", "*21#"],
  ["tel:*21%23;phone-context=h", "*21#", "*21#"],
  // What only looks like it.
  ["sip:anonymous;cpc=ordinary@h", "anonymous", "anonymous"],
  ["sip:jan;dept=sales@h", "jan;dept=sales", "jan;dept=sales"],
  ["sip:jan;dept=sales@h;user=phone", "jan", "jan"],
  [
    "sip:jan;phone-context=+31;dept=sales@h",
    "jan;phone-context=+31;dept=sales",
    "jan;phone-context=+31;dept=sales",
  ],
  ["sip:;npdi@h", "", ""],
  ["sip:h", "", ""],
  ["urn:service:sos", "", ""],
];
for (const [text, user, number] of ROWS) {
  test(`S3: ${text} is about "${user}"`, () => {
    assert.equal(userOf(uri(text)), user);
    assert.equal(telephoneNumberOf(uri(text)), number);
  });
}
