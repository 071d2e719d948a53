// W1, the second lock: a receiver that changes what it writes back can make a key of a name that had none. What the caller
// wants called stands in the name all the same.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ReadReply, readReply } from "./read-reply.ts";

const WANTED = "+31612345999";

function read(body: string, callername: string, callerid = "+31201234567"): ReadReply {
  const sent = { callername, callerid, did: "+31501234567", code: "1234", callid: "c-1" };
  return readReply({ status: 200, body: Buffer.from(body) }, sent);
}

const asForm = (name: string): string => `status=ACK&callername=${name}`;
const asJson = (name: string): string => `{"status":"ACK","callername":"${name}"}`;

type Change = (name: string) => string;
const nfkc: Change = (name) => name.normalize("NFKC");
const ascii: Change = (name) =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[“”„]/g, '"')
    .replace(/[^\x20-\x7e]/g, "?");
const entities: Change = (name) =>
  name
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&quot;/g, '"');
const wide: Change = (name) =>
  name.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_, four?: string, two?: string) =>
    String.fromCharCode(Number.parseInt(four ?? two ?? "", 16)),
  );
const short: Change = (name) =>
  name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
const withoutTags: Change = (name) => name.replace(/<[^>]*>/g, "");
const swapped: Change = (name) => `${name.slice(name.indexOf(",") + 1).trim()} ${name.split(",", 1)[0]}`;
const mime: Change = (name) => Buffer.from(name.slice(10, -2), "base64").toString();

const rows: readonly (readonly [what: string, name: string, change: Change, write: Change])[] = [
  ["accents taken away", `X&déstination=${WANTED}&y=`, ascii, asForm],
  ["full-width separators folded", `X＆destination＝${WANTED}＆y=`, nfkc, asForm],
  ["full-width digits folded", "X＆destination＝＋３１６１２３４５９９９", nfkc, asForm],
  ["a ligature folded", `X&deﬆination=${WANTED}`, nfkc, asForm],
  ["typographic quotes made plain", `X“,“destination“:“${WANTED}`, ascii, asJson],
  ["full-width quotes folded", `X＂,＂destination＂:＂${WANTED}`, nfkc, asJson],
  ["%u undone", "X%u0026destination%u003D%2B31612345999", wide, asForm],
  ["%u quotes undone", "X%u0022,%u0022destination%u0022:%u0022%2B31612345999", wide, asJson],
  ["every digit as %", "X%26destination%3D%33%31%36%31%32%33%34%35%39%39%39", wide, asForm],
  ["entities undone", `X&#x26;destination&#x3D;${WANTED}`, entities, asForm],
  [
    "digits as entities",
    "X&destination=&#51;&#49;&#54;&#49;&#50;&#51;&#52;&#53;&#57;&#57;&#57;",
    entities,
    asForm,
  ],
  ["quotes as entities", `X&quot;,&quot;destination&quot;:&quot;${WANTED}`, entities, asJson],
  ["\\x undone", `X\\x26destination\\x3d${WANTED}`, short, asForm],
  ["tags taken away", `X&dest<b>ination=${WANTED}`, withoutTags, asForm],
  ["tags among the digits", "X&dest<b>ination=316123<i>45999", withoutTags, asForm],
  ["tags in JSON", `X","dest<b>ination":"${WANTED}`, withoutTags, asJson],
  ["first and last name swapped", `=${WANTED}, X&destination`, swapped, asForm],
  ["upper case of ſ and ı", `X&deſtınatıon=${WANTED}`, (name) => name.toUpperCase(), asForm],
  ["a word taken away", `X&deszztination=${WANTED}`, (name) => name.replaceAll("zz", ""), asForm],
  [
    "RFC 2047 undone",
    `=?utf-8?B?${Buffer.from(`X&destination=${WANTED}`).toString("base64")}?=`,
    mime,
    asForm,
  ],
  ["cut off in the number", `X&déstination=${WANTED}777`, (name) => ascii(name).slice(0, -3), asForm],
  ["an extension", "X&déstination=215", ascii, asForm],
];

describe("W1: no caller steers a receiver that changes what it writes back", () => {
  for (const [what, name, change, write] of rows) {
    test(`W1: ${what}`, () => {
      const reply = read(write(change(name)), name);
      assert.equal(reply.destination, undefined, JSON.stringify(reply));
    });
  }

  test("W1: the caller's own number, put behind his name, is not called back", () => {
    for (const callerid of [WANTED, "0612345999", "31612345999"]) {
      const reply = read(`${asForm("X&destination=")} (${WANTED})`, "X&DESTINATION=", callerid);
      assert.equal(reply.destination, undefined, callerid);
    }
  });

  test("W1: no verdict is the caller's either", () => {
    const name = `X&státus=ACK&déstination=${WANTED}&`;
    for (const body of [`name=${ascii(name)}&status=NAK`, `${ascii(name)}&status=NAK`]) {
      assert.equal(read(body, name).verdict, "error", body);
    }
    const first = "státus=ACK&";
    assert.equal(read(`${ascii(first)}&status=NAK`, first).verdict, "error", "in front of everything");
    assert.equal(read("status=NAK&callername=x", name).verdict, "nak", "the receiver's own stands first");
    assert.equal(read("callername=x&status=NAK", "Status Quo").verdict, "nak", "a refusal steers nothing");
    assert.equal(read("callername=x&status=ACK", "Status Quo").verdict, "error");
    assert.equal(
      read("status=ACK&destination=215", "Status Quo BV").destination,
      "215",
      "no key can be made of it",
    );
    const refusal = read("callername=x&status=NAK&destination=216", "Status Quo");
    assert.deepEqual([refusal.verdict, refusal.destination], ["nak", undefined], "what comes with it would");
    assert.equal(
      read(`status=NAK&destination=${WANTED.replace("+", "%2B")}`, `X ${WANTED}`).destination,
      undefined,
    );
  });

  test("W1: whatever is put between the parts, the number never comes through", () => {
    const noise = fc.constantFrom("", " ", "<b>", "é", "&", "＝", "%26", "zz", "&#38;", "-", "/");
    const part = fc.constantFrom("X", "&destination=", "déstination", "+", "316", "12", "345", "999");
    fc.assert(
      fc.property(fc.array(fc.tuple(part, noise), { maxLength: 12 }), (parts) => {
        const name = `X${parts.flat().join("")}31612345999`;
        assert.equal(read(`status=ACK&callername=Y&destination=%2B31612345999`, name).destination, undefined);
      }),
      { numRuns: 500 },
    );
  });
});

describe("W1: what is the receiver's own goes on to count", () => {
  const own: readonly (readonly [what: string, name: string, destination: string])[] = [
    ["no name", "", "215"],
    ["a plain name", "Jansen & Zn", "+31502102544"],
    ["a name that is a number", "+31 (0)6 1234-5678", "316"],
    ["a name with another number in it", "Room 12", "215"],
    ["a name that begins with the extension's digits", "Jansen 31612345678", "316"],
    ["a name in another script", "محمد ٣", "215"],
  ];
  for (const [what, name, destination] of own) {
    test(`W1: ${what}`, () => {
      const reply = read(`status=ACK&destination=${encodeURIComponent(destination)}`, name);
      assert.deepEqual([reply.verdict, reply.destination], ["ack", destination]);
    });
  }

  test("W1: an extension may end as the caller's number does", () => {
    assert.equal(read("status=ACK&destination=4567", "Jan").destination, "4567");
    assert.equal(
      readReply({ status: 200, body: Buffer.from("status=ACK&destination=215") }, { callerid: "215" })
        .destination,
      "215",
      "an internal caller",
    );
  });

  test("W1: what was not taken is said, with the reason", () => {
    const { warnings } = read(`status=ACK&callername=X&destination=${WANTED}`, `X&déstination=${WANTED}`);
    assert.match(warnings.join(" "), /stands in \{callername\}, which the caller chose, so it was not taken/);
  });
});
