import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRequest } from "./build.ts";
import { type BodyFault, bodyFault, descriptionOf } from "./description.ts";
import type { SipRequest } from "./message.ts";

function request(headers: readonly (readonly [string, string])[], body: string): SipRequest {
  return buildRequest({
    method: "INVITE",
    uri: "sip:h",
    headers: [
      ["From", "<sip:a@h>;tag=1"],
      ["To", "<sip:h>"],
      ["Call-ID", "1"],
      ["CSeq", "1 INVITE"],
      ...headers,
    ],
    body,
  });
}

const SDP = "v=0\r\n";
const mixed = (...each: readonly string[]): string =>
  `${each.map((one) => `--b\r\n${one}\r\n`).join("")}--b--`;
const sdp = (disposition = ""): string => `Content-Type: application/sdp\r\n${disposition}\r\n${SDP}`;
const other = (disposition = ""): string => `Content-Type: x/y\r\n${disposition}\r\n?`;
const MULTIPART = "multipart/mixed;boundary=b";
const optional = "Content-Disposition: signal;handling=optional\r\n";
const required = "Content-Disposition: signal; Handling = Required\r\n";

// Content-Type, Content-Disposition, body: the description, and what is wrong.
const ROWS: readonly (readonly [
  string | undefined,
  string | undefined,
  string,
  string,
  BodyFault | undefined,
])[] = [
  [undefined, undefined, "", "", undefined],
  ["application/sdp", undefined, SDP, SDP, undefined],
  ["Application/SDP ; charset=utf-8", undefined, SDP, SDP, undefined],
  ["application/sdp", "session", SDP, SDP, undefined],
  ["application/sdp", "session;handling=optional", SDP, SDP, undefined],
  ["application/sdp", "render", SDP, SDP, undefined],
  ["application/sdp", "early-session;handling=optional", SDP, "", undefined],
  ["application/sdp", "early-session", SDP, "", "type"],
  [undefined, undefined, SDP, SDP, undefined],
  [undefined, undefined, "hello", "", "type"],
  ["text/plain", undefined, SDP, "", "type"],
  ["text/plain", "render;handling=optional", SDP, "", undefined],
  ["application/isup", "signal;handling=required", "?", "", "type"],
  [MULTIPART, undefined, mixed(sdp()), SDP, undefined],
  [MULTIPART, undefined, mixed(other(optional), sdp()), SDP, undefined],
  [MULTIPART, undefined, mixed(sdp(), other()), SDP, undefined],
  [MULTIPART, undefined, mixed(sdp(), other(required)), SDP, "type"],
  [MULTIPART, undefined, mixed(other(optional), other(optional)), "", undefined],
  [MULTIPART, undefined, mixed(other(optional), other()), "", "type"],
  [MULTIPART, "session;handling=optional", mixed(other()), "", undefined],
  [MULTIPART, undefined, mixed(sdp("Content-Disposition: early-session\r\n"), sdp()), SDP, undefined],
  [
    MULTIPART,
    undefined,
    mixed(sdp("Content-Disposition: early-session; handling=required\r\n"), sdp()),
    SDP,
    "type",
  ],
  [
    MULTIPART,
    undefined,
    mixed(`Content-Type: multipart/related;boundary=c\r\n${optional}\r\n--c\r\n${other()}\r\n--c--`),
    "",
    undefined,
  ],
  ["multipart/alternative;boundary=b", undefined, mixed(other(), sdp()), SDP, undefined],
  ["multipart/mixed", undefined, mixed(sdp()), "", "type"],
  ["multipart/mixed", "session;handling=optional", mixed(sdp()), "", undefined],
];
for (const [type, disposition, body, description, fault] of ROWS) {
  test(`S4: ${type} ${disposition} ${JSON.stringify(body)}: ${JSON.stringify(description)} ${fault}`, () => {
    const message = request(
      [
        ...(type === undefined ? [] : ([["Content-Type", type]] as const)),
        ...(disposition === undefined ? [] : ([["Content-Disposition", disposition]] as const)),
      ],
      body,
    );
    assert.equal(descriptionOf(message).toString(), description);
    assert.equal(bodyFault(message), fault);
  });
}

test("S4: what is compressed is not read", () => {
  const message = request(
    [
      ["Content-Type", "application/sdp"],
      ["Content-Encoding", "gzip"],
    ],
    SDP,
  );
  assert.equal(descriptionOf(message).length, 0);
  assert.equal(bodyFault(message), "encoding");
});
