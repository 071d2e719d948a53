import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSessionTimer } from "../dialog/session-timer.ts";
import { buildRequest } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import { checkInDialog, checkRequest, type RequestRefusal } from "./request-checks.ts";

type Field = readonly [string, string];
const SDP: Field = ["Content-Type", "application/sdp"];

function request(
  method: string,
  headers: readonly Field[] = [],
  body = "",
  uri = "sip:b@192.0.2.2",
): SipRequest {
  return buildRequest({
    method,
    uri,
    headers: [
      ["From", "<sip:a@192.0.2.1>;tag=t"],
      ["To", "<sip:b@192.0.2.2>"],
      ["Call-ID", "one"],
      ["CSeq", `1 ${method}`],
      ...headers,
    ],
    body,
  });
}

const check = (asked: SipRequest): RequestRefusal | undefined => checkRequest(asked, defaultSessionTimer);

const fine: readonly (readonly [string, SipRequest])[] = [
  ["an INVITE with SDP", request("INVITE", [SDP], "v=0")],
  ["an INVITE without SDP", request("INVITE")],
  [
    "SDP with parameters and capitals",
    request("INVITE", [["Content-Type", "Application/SDP;charset=utf-8"]], "v=0"),
  ],
  ["extensions that we know", request("INVITE", [["Require", "100REL, timer"]])],
  ["identity as encoding", request("INVITE", [SDP, ["Content-Encoding", "Identity"]], "v=0")],
  ["Accept with a wild card", request("INVITE", [["Accept", "text/plain, */*;q=0.1"]])],
  [
    "an unknown body that may be ignored",
    request(
      "INVITE",
      [
        ["Content-Type", "x/y"],
        ["Content-Disposition", "render; Handling = Optional"],
      ],
      "?",
    ),
  ],
  ["OPTIONS with Max-Forwards 0", request("OPTIONS", [["Max-Forwards", "0"]])],
  ["a tel: address", request("INVITE", [], "", "tel:+31501234567")],
  ["REGISTER", request("REGISTER")],
];
for (const [what, asked] of fine) {
  test(`${what}: may be processed`, () => {
    assert.equal(check(asked), undefined);
  });
}

const refused: readonly (readonly [string, SipRequest, number, Field | undefined])[] = [
  ["a method that nobody knows", request("FLY"), 501, undefined],
  ["a method that exists but is not served", request("SUBSCRIBE"), 405, undefined],
  ["a scheme that is not routed", request("INVITE", [], "", "http://x.example"), 416, undefined],
  [
    "an unknown Require",
    request("INVITE", [
      ["Require", "100rel, flying"],
      ["Proxy-Require", "sorcery"],
    ]),
    420,
    ["Unsupported", "flying, sorcery"],
  ],
  ["an INVITE that may not go on", request("INVITE", [["Max-Forwards", "0"]]), 483, undefined],
  [
    "a body that is no SDP",
    request("INVITE", [["Content-Type", "text/plain"]], "hi"),
    415,
    ["Accept", "application/sdp, multipart/mixed"],
  ],
  ["a body without a type", request("INVITE", [], "hi"), 415, ["Accept", "application/sdp, multipart/mixed"]],
  [
    "a compressed body",
    request("INVITE", [SDP, ["Content-Encoding", "gzip"]], "x"),
    415,
    ["Accept-Encoding", "identity"],
  ],
  ["a caller that takes no SDP", request("INVITE", [["Accept", "text/plain"]]), 406, undefined],
  [
    "a session timer that is too short",
    request("INVITE", [
      ["Supported", "timer"],
      ["Session-Expires", "10"],
    ]),
    422,
    ["Min-SE", "90"],
  ],
];
for (const [what, asked, status, header] of refused) {
  test(`${what}: ${status}`, () => {
    const refusal = check(asked);
    assert.equal(refusal?.status, status);
    if (header !== undefined)
      assert.deepEqual(
        refusal?.headers?.find(([name]) => name === header[0]),
        header,
      );
    if (status === 405) assert.match(refusal?.headers?.[0]?.[1] ?? "", /INVITE.*UPDATE/);
  });
}

test("the first thing that is wrong decides, in the order of RFC 3261 §8.2", () => {
  const everything = [
    ["Require", "flying"],
    ["Max-Forwards", "0"],
    ["Content-Type", "text/plain"],
  ] as const;
  assert.equal(check(request("FLY", everything, "x"))?.status, 501);
  assert.equal(check(request("INVITE", everything, "x"))?.status, 420);
  assert.equal(check(request("INVITE", everything.slice(1), "x"))?.status, 483);
});

test("inside a dialog: extensions and content only", () => {
  assert.equal(checkInDialog(request("UPDATE", [["Content-Type", "text/plain"]], "x"))?.status, 415);
  assert.equal(checkInDialog(request("INFO", [["Content-Type", "text/plain"]], "x")), undefined);
  assert.equal(checkInDialog(request("BYE", [["Require", "flying"]]))?.status, 420);
  assert.equal(checkInDialog(request("INVITE", [SDP, ["Max-Forwards", "0"]], "v=0")), undefined);
});

test("S12: Proxy-Require: privacy is understood, in any case and beside others that are not", () => {
  assert.equal(check(request("INVITE", [["Proxy-Require", "privacy"]])), undefined);
  assert.equal(check(request("BYE", [["Proxy-Require", "Privacy"]])), undefined);
  const both = check(request("INVITE", [["Proxy-Require", "privacy, sorcery"]]));
  assert.deepEqual([both?.status, both?.headers?.[0]?.[1]], [420, "sorcery"]);
});
