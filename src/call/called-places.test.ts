import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRequest } from "../sip/message/build.ts";
import { askedBy, dialled } from "./called-places.ts";

test("what was dialled: user part decoded once, tel: number, or nothing", () => {
  const of = (uri: string): string => {
    const headers = [
      ["From", "<sip:a@x>;tag=1"],
      ["To", "<sip:b@x>"],
      ["Call-ID", "1"],
      ["CSeq", "1 INVITE"],
    ] as const;
    return dialled(askedBy(buildRequest({ method: "INVITE", uri, headers })));
  };
  assert.deepEqual(
    [
      "sip:+31501234567@x",
      "sip:%2B31@x;user=phone",
      "sip:a%2540b@x",
      "tel:+31-50",
      "sip:x.example",
      "mailto:a@b",
    ].map(of),
    ["+31501234567", "+31", "a%40b", "+31-50", "", ""],
  );
});
