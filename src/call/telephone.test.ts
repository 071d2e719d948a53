import assert from "node:assert/strict";
import { test } from "node:test";
import { trunkWith } from "../../test/support/trunk.ts";
import { understandDestination } from "../dialplan/destination.ts";
import type { Plan } from "../dialplan/plan.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { parseNameAddr, parseUri, type SipRequest, type Uri } from "../sip/index.ts";
import { buildRequest } from "../sip/message/build.ts";
import { calledByPhone, calledByTrunk } from "./called.ts";
import { readDiversions } from "./diversion.ts";
import { readOutsideCaller } from "./outside-caller.ts";
import { dialledIn } from "./telephone.ts";

const TRUNK = trunkWith({ trusted: true });
const PLAN = { name: "main", steps: [] } as unknown as Plan;
const COMPANY = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map([["215", { name: "Reception" }]]),
  groups: new Map(),
  numbers: new Map([["+31501234567", { number: "+31501234567", plan: "main" }]]),
  plans: new Map([["main", PLAN]]),
} as unknown as Snapshot;

function uri(text: string): Uri {
  const read = parseUri(text);
  assert.ok(read.ok, text);
  return read.value;
}

function request(headers: readonly (readonly [string, string])[], from = "<sip:x@h>"): SipRequest {
  return buildRequest({
    method: "INVITE",
    uri: "sip:h",
    headers: [
      ["From", `${from};tag=1`],
      ["To", "<sip:h>"],
      ["Call-ID", "1"],
      ["CSeq", "1 INVITE"],
      ...headers,
    ],
  });
}

const PARAMETERS = [
  "",
  ";npdi",
  ";npdi;rn=+31970123456",
  ";rn=+31970123456",
  ";verstat=TN-Validation-Passed",
  ";verstat=No-TN-Validation",
  ";phone-context=+31",
  ";phone-context=ims.example",
  ";tgrp=tg55/3;trunk-context=gw.example",
  ";isub=1411",
  ";ext=215",
  ";cic=+1-6789",
  ";cpc=ordinary",
  ";oli=62",
  ";postd=pp22",
  ";enumdi",
  ";unheard-of=1",
];

/** How one number can be written: global, and local in a context. */
function spellings(parameters: string): readonly string[] {
  const number = `+31501234567${parameters}`;
  const forms = [
    `sip:${number}@h`,
    `sip:${number}@h;user=phone`,
    `sips:${number}@h;user=phone`,
    `tel:${number}`,
  ];
  if (!parameters.includes("phone-context")) return forms;
  for (const local of ["0501234567", "050-123.4567"]) {
    forms.push(
      `sip:${local}${parameters}@h;user=phone`,
      `sips:${local}${parameters}@h`,
      `tel:${local}${parameters}`,
    );
  }
  return forms;
}

for (const parameters of PARAMETERS) {
  test(`S3: one number with "${parameters}" in Request-URI, From, PAI, Diversion and Contact, in sip, sips and tel`, () => {
    for (const text of spellings(parameters)) {
      const number = "+31501234567";
      assert.equal(calledByTrunk([{ name: "", uris: [uri(text)] }], TRUNK, COMPANY).matched, number, text);
      assert.equal(calledByPhone(uri(text), COMPANY).matched, number, text);
      const from = readOutsideCaller(request([], `"Jan" <${text}>`), TRUNK, "NL");
      assert.deepEqual(from, { caller: { kind: "external", number }, name: "Jan" }, text);
      const asserted = readOutsideCaller(request([["P-Asserted-Identity", `"Jan" <${text}>`]]), TRUNK, "NL");
      assert.deepEqual(asserted, from, text);
      const diverted = readDiversions(request([["Diversion", `<${text}>;reason=user-busy`]]), TRUNK, "NL");
      assert.deepEqual(diverted, { count: 1, numbers: [number] }, text);
      const contact = parseNameAddr(`<${text}>`);
      assert.ok(contact.ok);
      const destination = understandDestination(dialledIn(contact.value.uri, COMPANY), COMPANY);
      assert.ok(destination.ok && destination.value.kind === "external", text);
      assert.equal(destination.value.number, number, text);
    }
  });
}

test("S3: a phone's dialling plan may put a context beside an internal or an emergency number", () => {
  for (const context of ["+31", "pbx.example"]) {
    assert.equal(calledByPhone(uri(`tel:215;phone-context=${context}`), COMPANY).matched, "215");
    assert.equal(calledByPhone(uri(`sip:112;phone-context=${context}@h;user=phone`), COMPANY).called, "112");
  }
});

test("S3: a context that makes no number of a short one leaves it as it is", () => {
  const { caller } = readOutsideCaller(request([], "<tel:112;phone-context=+31>"), TRUNK, "NL");
  assert.deepEqual(caller, { kind: "other", id: "112" });
});

test("who was called is cleaned where it is read, and what was received stays as it came", () => {
  const dialled = uri("sip:ring%0d%0a%20me%e2%80%ae%00@h");
  const received = "ring\r\n me\u202e\0";
  const plan = { ...TRUNK, plan: "main" };
  for (const way of [
    calledByTrunk([{ name: "", uris: [dialled] }], plan, COMPANY),
    calledByTrunk([{ name: "", uris: [dialled] }], TRUNK, COMPANY),
    calledByPhone(dialled, COMPANY),
  ]) {
    assert.deepEqual([way.called, way.received], ["ring me", received]);
  }
});

const RPID = (uriText: string, params = ""): readonly [string, string] => [
  "Remote-Party-ID",
  `<${uriText}>${params}`,
];
const PAI = (value: string): readonly [string, string] => ["P-Asserted-Identity", value];

// From, further header fields of a trusted trunk: who calls, and the name.
const CALLERS: readonly (readonly [string, readonly (readonly [string, string])[], string, string])[] = [
  ['"ACME" <sip:ACME@x>', [], "ACME", "ACME"],
  ["<sip:1200@x>", [], "1200", ""],
  ['"Help" <sip:112@x>', [], "112", "Help"],
  ['"Jan" <sip:jan.de.vries@x>', [], "jan.de.vries", "Jan"],
  ["<sip:Jan%20%0d%0aVia%3A%20x@x>", [], "Jan Via: x", ""],
  [`<sip:${"a".repeat(500)}@x>`, [], "a".repeat(64), ""],
  ['"Jan" <sip:anonymous@anonymous.invalid>', [], "", ""],
  ['"Anonymous" <sip:ANONYMOUS@x>', [], "", ""],
  ["<sip:restricted@x>", [], "", ""],
  ['"WIRELESS CALLER" <sip:unavailable@unknown.invalid>', [], "", "WIRELESS CALLER"],
  ['"Unavailable" <sip:Unavailable@x>', [], "", ""],
  ['"ACME" <sip:gw.example>', [], "", "ACME"],
  ['"Jan" <sip:+31612345678@x>', [["Privacy", "id"]], "", ""],
  ['"Jan" <sip:+31612345678@x>', [["Privacy", "user;id;critical"]], "", ""],
  ['"Jan" <sip:ACME@x>', [["Privacy", "header"]], "", ""],
  ['"Jan" <sip:+31612345678@x>', [["Privacy", "none"]], "+31612345678", "Jan"],
  // RFC 3325 §9.1: one sip and one tel value, on one line or two, in any order.
  ["<sip:x@x>", [PAI('"Jan" <sip:jan@x>, <tel:+31612345678>')], "+31612345678", "Jan"],
  ["<sip:x@x>", [PAI("<tel:+31612345678>"), PAI('"Jan" <sip:jan@x>')], "+31612345678", "Jan"],
  // The provider asserts the account, and the number stands in From.
  ['"Jan" <sip:0612345678@x>', [PAI("<sip:account42@x>")], "+31612345678", "Jan"],
  ["<sip:0612345678@x>", [PAI('"ACME" <sip:account42@x>')], "+31612345678", "ACME"],
  ["<sip:x@x>", [PAI('"ACME" <sip:account42@x>')], "account42", "ACME"],
  ["<sip:anonymous@anonymous.invalid>", [PAI("<sip:+31612345678@x>")], "+31612345678", ""],
  ["<sip:x@x>", [RPID("sip:+31612345678@x", ";party=calling;privacy=off;screen=yes")], "+31612345678", ""],
  ["<sip:x@x>", [RPID("sip:+31612345678@x")], "+31612345678", ""],
  ["<sip:x@x>", [RPID("sip:+31612345678@x", ";party=called")], "x", ""],
  ["<sip:x@x>", [RPID("sip:+31612345678@x", ";party=calling;privacy=full")], "", ""],
  ["<sip:x@x>", [RPID("sip:+31612345678@x"), PAI("<sip:+31201234567@x>")], "+31201234567", ""],
];
for (const [from, headers, id, name] of CALLERS) {
  test(`S6: ${from} ${headers.map((field) => field.join(": ")).join(", ")} is "${id}" named "${name}"`, () => {
    const { caller, name: found } = readOutsideCaller(request(headers, from), TRUNK, "NL");
    const text = "number" in caller ? caller.number : "id" in caller ? caller.id : "";
    assert.deepEqual([text, found], [id, name]);
  });
}

test("S6: what a trunk asserts that is not trusted counts for nothing", () => {
  const headers = [PAI("<tel:+31612345678>"), RPID("sip:+31612345678@x")];
  const { caller } = readOutsideCaller(request(headers, "<sip:1200@x>"), { ...TRUNK, trusted: false }, "NL");
  assert.deepEqual(caller, { kind: "other", id: "1200" });
});
