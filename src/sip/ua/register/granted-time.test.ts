import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessage } from "../../message/parser.ts";
import { grantedSeconds } from "./granted-time.ts";

const OURS = { user: "0123456789abcdef", sentBy: "192.0.2.1:5062" };
const CONTACT = `<sip:${OURS.user}@192.0.2.1:5062>`;

function granted(...headers: readonly string[]): number | undefined {
  const text = [
    "SIP/2.0 200 OK",
    "Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK1",
    "From: <sip:us@provider.example>;tag=1",
    "To: <sip:us@provider.example>;tag=2",
    "Call-ID: 1",
    "CSeq: 1 REGISTER",
    ...headers,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  const read = parseMessage(Buffer.from(text));
  assert.ok(read.ok && read.message.kind === "response", text);
  return grantedSeconds(read.message, OURS);
}

const ROWS: readonly (readonly [what: string, headers: readonly string[], seconds: number | undefined])[] = [
  ["ours as we wrote it", [`Contact: ${CONTACT};expires=60`], 60],
  ["ours, quoted", [`Contact: ${CONTACT};expires="60"`], 60],
  ["ours, quoted with blanks", [`Contact: ${CONTACT}; expires = " 60 "`], 60],
  ["the only one, with another user", ["Contact: <sip:31501234567@192.0.2.1:5062>;expires=60"], 60],
  ["the only one, with another user and host", ["Contact: <sip:acct@203.0.113.7:40000>;expires=60"], 60],
  ["the only one, without a user", ["Contact: <sip:203.0.113.7:40000>;expires=60"], 60],
  ["the only one, as a bare URI", ["Contact: sip:acct@203.0.113.7;expires=60"], 60],
  ["the only one, by another scheme and quoted", ['Contact: <sips:acct@203.0.113.7>;expires="60"'], 60],
  [
    "ours among others",
    [`Contact: <sip:a@198.51.100.1>;expires=9, ${CONTACT};expires=60, <sip:b@h>;expires=3600`],
    60,
  ],
  [
    "ours with its address changed by a NAT",
    [`Contact: <sip:a@h>;expires=9, <sip:${OURS.user}@203.0.113.7:1024>;expires=60`],
    60,
  ],
  [
    "ours with another user among others, known by its address",
    ["Contact: <sip:a@198.51.100.1>;expires=9, <sip:acct@192.0.2.1:5062>;expires=60"],
    60,
  ],
  [
    "another port of our address is another's",
    ["Contact: <sip:a@192.0.2.1>;expires=900, <sip:acct@192.0.2.1:5062>;expires=60"],
    60,
  ],
  ["a foreign one before ours cannot be read", [`Contact: <sip:a b@h>;expires=9, ${CONTACT};expires=60`], 60],
  ["a foreign one after ours cannot be read", [`Contact: ${CONTACT};expires=60, <nonsense`], 60],
  [
    "a foreign one in a line of its own cannot be read",
    ["Contact: <:>", `Contact: ${CONTACT};expires=60`],
    60,
  ],
  [
    "a foreign one before ours is never closed",
    [`Contact: "x <sip:a@h>;expires=9, ${CONTACT};expires=60`],
    60,
  ],
  ["ours cannot be read, its time can", [`Contact: <sip:acct@h>;q="0.5;expires=60`], 60],
  ["ours without a time: the header's", [`Contact: ${CONTACT}`, "Expires: 60"], 60],
  ["ours with nonsense for a time: the header's", [`Contact: ${CONTACT};expires=soon`, "Expires: 60"], 60],
  ["its own time counts more than the header's", [`Contact: ${CONTACT};expires=60`, "Expires: 3600"], 60],
  [
    "another's time is not ours: the header's",
    ["Contact: <sip:a@h>;expires=9, <sip:b@h>;expires=9", "Expires: 60"],
    60,
  ],
  ["no Contact: the header's", ["Expires: 60"], 60],
  [
    "no Contact that looks like ours: the shortest",
    ["Contact: <sip:a@h>;expires=3600, <sip:b@h>;expires=90"],
    90,
  ],
  ["and nobody else's makes us ask all the time", ["Contact: <sip:a@h>;expires=1, <sip:b@h>;expires=90"], 60],
  ["taken away at once", [`Contact: ${CONTACT};expires=0`, "Expires: 3600"], 0],
  ["nothing is said", [`Contact: ${CONTACT}`], undefined],
  ["not even a Contact", [], undefined],
  ["a star says nothing", ["Contact: *"], undefined],
];
for (const [what, headers, seconds] of ROWS) {
  test(`S7: ${what}`, () => assert.equal(granted(...headers), seconds));
}
