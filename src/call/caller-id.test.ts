import assert from "node:assert/strict";
import { test } from "node:test";
import { e164 } from "../../test/support/e164.ts";
import { trunkWith } from "../../test/support/trunk.ts";
import type { Caller } from "../dialplan/call-facts.ts";
import type { CallerIdForwarding } from "../dialplan/command.ts";
import { cleanDisplayName, NO_NAME } from "../lib/display-name.ts";
import type { Trunk } from "../model/snapshot.ts";
import { type CallerIdInput, callerIdForPhone, callerIdForTrunk } from "./caller-id.ts";
import { NOT_DIVERTED } from "./diversion.ts";

const CALLERS: Readonly<Record<string, Caller>> = {
  outside: { kind: "external", number: e164("+31612345678") },
  inside: { kind: "internal", extension: "215" },
  short: { kind: "other", id: cleanDisplayName("1200") },
  anonymous: { kind: "anonymous" },
  /** A phone that asks not to be named. */
  hiding: { kind: "anonymous" },
};

function input(
  who: string,
  forwarding: CallerIdForwarding,
  parts: Partial<CallerIdInput> = {},
): CallerIdInput {
  const caller = CALLERS[who];
  assert.ok(caller);
  return {
    facts: { callId: "1", did: e164("+31501234567"), caller, callerName: NO_NAME },
    fromInside: who === "inside" || who === "hiding",
    forwarding,
    name: "Jan",
    domain: "office.example",
    ownNumber: "+31501234567",
    country: "NL",
    diversions: NOT_DIVERTED,
    ...parts,
  };
}

const TRUNK = trunkWith();

const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

// Who calls, which number is forwarded: what a phone sees in From.
const phones: readonly (readonly [string, CallerIdForwarding, string])[] = [
  ["outside", "caller", '"Jan" <sip:+31612345678@office.example>'],
  ["outside", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["outside", "suppressed", ANONYMOUS],
  ["inside", "caller", '"Jan" <sip:215@office.example>'],
  ["inside", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["inside", "suppressed", ANONYMOUS],
  ["short", "caller", '"Jan" <sip:1200@office.example>'],
  ["short", "suppressed", ANONYMOUS],
  ["anonymous", "caller", '"Jan" <sip:anonymous@anonymous.invalid>'],
  ["anonymous", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["anonymous", "suppressed", ANONYMOUS],
  ["hiding", "caller", '"Jan" <sip:anonymous@anonymous.invalid>'],
  ["hiding", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["hiding", "suppressed", ANONYMOUS],
];
for (const [who, forwarding, from] of phones) {
  test(`to a phone, ${who} caller, ${forwarding}: ${from}`, () => {
    const identity = callerIdForPhone(input(who, forwarding));
    assert.equal(identity.from, from);
    const hidden = from.includes("anonymous.invalid");
    assert.equal(
      identity.headers.some(([name]) => name === "P-Asserted-Identity"),
      !hidden,
    );
    assert.equal(identity.shownNumber === "", hidden);
    assert.equal(
      identity.headers.some(([name, value]) => name === "Privacy" && value === "id"),
      hidden,
    );
  });
}

// The same towards a trunk that gets the number in From.
const trunks: readonly (readonly [string, CallerIdForwarding, string])[] = [
  ["outside", "caller", '"Jan" <sip:+31612345678@office.example>'],
  ["outside", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["outside", "suppressed", ANONYMOUS],
  ["inside", "caller", '"Jan" <sip:+31501234567@office.example>'],
  ["inside", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["inside", "suppressed", ANONYMOUS],
  ["short", "caller", '"Jan" <sip:+31501234567@office.example>'],
  ["short", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["short", "suppressed", ANONYMOUS],
  ["anonymous", "caller", ANONYMOUS],
  ["anonymous", "called", '"Jan" <sip:+31501234567@office.example>'],
  ["anonymous", "suppressed", ANONYMOUS],
  ["hiding", "caller", ANONYMOUS],
  ["hiding", "called", ANONYMOUS],
  ["hiding", "suppressed", ANONYMOUS],
];
for (const [who, forwarding, from] of trunks) {
  test(`to a trunk, ${who} caller, ${forwarding}: ${from}`, () => {
    const identity = callerIdForTrunk(input(who, forwarding), TRUNK);
    assert.equal(identity.from, from);
    const text = JSON.stringify(identity.headers);
    if (from === ANONYMOUS) {
      assert.ok(identity.headers.some(([name, value]) => name === "Privacy" && value === "id"));
      assert.ok(!text.includes("612345678"), "an untrusted trunk never learns it");
    }
    assert.equal(text.includes("Diversion"), who !== "inside" && who !== "hiding");
  });
}

test("an extension never leaves the house, and without any number of our own a caller is anonymous", () => {
  for (const profile of ["from", "pAssertedIdentity", "remotePartyId"] as const) {
    const trunk = { ...TRUNK, callerIdProfile: profile };
    const identity = callerIdForTrunk(input("inside", "caller", { ownNumber: "" }), trunk);
    assert.equal(identity.from, ANONYMOUS);
    assert.ok(!JSON.stringify(callerIdForTrunk(input("inside", "caller"), trunk)).includes("215@"));
  }
});

test("S2: of a phone that hides, the company's number goes to a trusted trunk only, asserted in its profile", () => {
  for (const forwarding of ["caller", "called", "suppressed"] as const) {
    const asked = input("hiding", forwarding);
    const untrusted = callerIdForTrunk(asked, { ...TRUNK, callerIdProfile: "pAssertedIdentity" });
    assert.deepEqual(untrusted.headers, [["Privacy", "id"]]);
    const trusted = callerIdForTrunk(asked, { ...TRUNK, trusted: true });
    assert.deepEqual(trusted.headers, [
      ["Privacy", "id"],
      ["P-Asserted-Identity", "<sip:+31501234567@office.example>"],
    ]);
  }
});

test("numbers are written as the trunk wants them, in every header", () => {
  const trunk: Trunk = { ...TRUNK, numberFormat: "national", callerIdProfile: "pAssertedIdentity" };
  const identity = callerIdForTrunk(input("outside", "caller"), trunk);
  assert.equal(identity.from, "<sip:0501234567@office.example>");
  assert.deepEqual(identity.headers, [
    ["P-Asserted-Identity", '"Jan" <sip:0612345678@office.example>'],
    ["Diversion", "<sip:0501234567@office.example>;reason=unconditional"],
  ]);
});

const REGISTERED: Trunk = {
  ...TRUNK,
  kind: "registration",
  hosts: ["sip:sip.provider.example:5060;transport=tls"],
  credentials: { username: "acct-a", password: "secret" },
};
const DEFAULT_DOMAIN = "sip.provider.example";
// S5: settings of a trunk, who calls, which number is forwarded: From and the identity beside it.
const identities: readonly (readonly [Partial<Trunk>, string, CallerIdForwarding, string, string?])[] = [
  [{}, "inside", "caller", `"Jan" <sip:acct-a@${DEFAULT_DOMAIN}>`],
  [{ account: "acct" }, "inside", "caller", `"Jan" <sip:acct@${DEFAULT_DOMAIN}>`],
  [{ account: "acct@home.example" }, "inside", "caller", '"Jan" <sip:acct@home.example>'],
  [{ fromDomain: "home.example" }, "inside", "caller", '"Jan" <sip:acct-a@home.example>'],
  [{ fromDomain: "2001:db8::1" }, "inside", "caller", '"Jan" <sip:acct-a@[2001:db8::1]>'],
  [{ hosts: ["sip:[2001:db8::1]:5070"] }, "inside", "caller", '"Jan" <sip:acct-a@[2001:db8::1]>'],
  [{ account: "a b%41" }, "inside", "caller", `"Jan" <sip:a%20b%2541@${DEFAULT_DOMAIN}>`],
  [{ userPhone: true }, "inside", "caller", `"Jan" <sip:acct-a@${DEFAULT_DOMAIN}>`],
  [
    { fromUser: "+3150", userPhone: true },
    "inside",
    "caller",
    `"Jan" <sip:+3150@${DEFAULT_DOMAIN};user=phone>`,
  ],
  [{}, "outside", "caller", `"Jan" <sip:+31612345678@${DEFAULT_DOMAIN}>`],
  [{}, "outside", "called", `"Jan" <sip:+31501234567@${DEFAULT_DOMAIN}>`],
  [{}, "inside", "suppressed", ANONYMOUS],
  [{}, "anonymous", "caller", ANONYMOUS],
  [{ fromUser: "acct" }, "outside", "caller", `"Jan" <sip:acct@${DEFAULT_DOMAIN}>`],
  [
    { callerIdProfile: "pPreferredIdentity" },
    "inside",
    "caller",
    `<sip:acct-a@${DEFAULT_DOMAIN}>`,
    `P-Preferred-Identity: "Jan" <sip:+31501234567@${DEFAULT_DOMAIN}>`,
  ],
  [
    { callerIdProfile: "pPreferredIdentity", fromUser: "+3150", fromDomain: "home.example", userPhone: true },
    "outside",
    "caller",
    "<sip:+3150@home.example;user=phone>",
    'P-Preferred-Identity: "Jan" <sip:+31612345678@home.example;user=phone>',
  ],
  [
    { callerIdProfile: "pAssertedIdentity" },
    "inside",
    "caller",
    `<sip:acct-a@${DEFAULT_DOMAIN}>`,
    `P-Asserted-Identity: "Jan" <sip:+31501234567@${DEFAULT_DOMAIN}>`,
  ],
  [
    { callerIdProfile: "remotePartyId" },
    "outside",
    "called",
    `<sip:acct-a@${DEFAULT_DOMAIN}>`,
    `Remote-Party-ID: "Jan" <sip:+31501234567@${DEFAULT_DOMAIN}>;party=calling;privacy=off;screen=yes`,
  ],
  [
    { callerIdProfile: "pPreferredIdentity", kind: "peer" },
    "outside",
    "caller",
    "<sip:+31501234567@office.example>",
    'P-Preferred-Identity: "Jan" <sip:+31612345678@office.example>',
  ],
  [
    { callerIdProfile: "pPreferredIdentity", trusted: true },
    "inside",
    "suppressed",
    ANONYMOUS,
    `P-Preferred-Identity: <sip:+31501234567@${DEFAULT_DOMAIN}>`,
  ],
];
for (const [settings, who, forwarding, from, header] of identities) {
  test(`S5: ${JSON.stringify(settings)}, ${who} caller, ${forwarding}: ${from}`, () => {
    const identity = callerIdForTrunk(input(who, forwarding), { ...REGISTERED, ...settings });
    assert.equal(identity.from, from);
    const asserted = identity.headers.filter(([name]) => /identity|party/i.test(name));
    assert.deepEqual(
      asserted.map(([name, value]) => `${name}: ${value}`),
      header === undefined ? [] : [header],
    );
  });
}

test("S5: a registered trunk without any number of ours still knows who we are", () => {
  const identity = callerIdForTrunk(input("inside", "caller", { ownNumber: "" }), REGISTERED);
  assert.equal(identity.from, `"Jan" <sip:acct-a@${DEFAULT_DOMAIN}>`);
  assert.equal(identity.shownNumber, "acct-a");
});

test("a peer of a company without numbers finds an outside caller's number in From, whatever its profile", () => {
  const facts = { ...input("outside", "caller").facts, did: NO_NAME };
  for (const callerIdProfile of ["pAssertedIdentity", "pPreferredIdentity", "remotePartyId"] as const) {
    const nameless = input("outside", "caller", { facts, ownNumber: "" });
    const { from } = callerIdForTrunk(nameless, trunkWith({ callerIdProfile }));
    assert.equal(from, '"Jan" <sip:+31612345678@office.example>');
  }
});

test("without a name there is no empty display name", () => {
  assert.equal(
    callerIdForPhone(input("outside", "caller", { name: "" })).from,
    "<sip:+31612345678@office.example>",
  );
});

test("a phone that calls one of our numbers, which is not the first, shows that one where the called number is to be shown", () => {
  const facts = { ...input("inside", "called").facts, did: e164("+31509999999") };
  const shown = (parts: Partial<CallerIdInput>): string =>
    callerIdForTrunk(input("inside", "called", { facts, ...parts }), TRUNK).shownNumber;
  assert.equal(shown({}), "+31509999999");
  assert.equal(shown({ forwarding: "caller" }), "+31501234567");
  // What a phone dials inside is no number that a trunk could show.
  assert.equal(shown({ facts: { ...facts, did: cleanDisplayName("216") } }), "+31501234567");
});
