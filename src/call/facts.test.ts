import assert from "node:assert/strict";
import { test } from "node:test";
import { e164 } from "../../test/support/e164.ts";
import { trunkWith } from "../../test/support/trunk.ts";
import type { Phone, Snapshot } from "../model/snapshot.ts";
import { buildRequest } from "../sip/message/build.ts";
import type { SipRequest } from "../sip/message/message.ts";
import { factsOf, type Origin, readCaller } from "./facts.ts";

const TRUNK = trunkWith();
const SNAPSHOT = { home: { country: "NL" } } as unknown as Snapshot;

function phoneNamed(name: string): Origin {
  return { kind: "phone", phone: { extension: "215", name } as unknown as Phone };
}

function invite(from: string, ...more: readonly (readonly [string, string])[]): SipRequest {
  const headers = [
    ["From", `${from};tag=1`],
    ["To", "<sip:+31501234567@x>"],
    ["Call-ID", "1"],
    ["CSeq", "1 INVITE"],
    ...more,
  ] as const;
  return buildRequest({ method: "INVITE", uri: "sip:+31501234567@x", headers });
}

function facts(request: SipRequest, origin: Origin, emergency = false) {
  const who = readCaller(request, origin, SNAPSHOT);
  return factsOf("call-1", origin, who, { called: e164("+31501234567"), plan: undefined, emergency });
}

test("a name is cleaned where the facts are made, for the record and for all others alike", () => {
  const dirty = " a\u0007\u202eVia: b  c ";
  const rows: readonly (readonly [Origin, SipRequest])[] = [
    [phoneNamed(dirty), invite("<sip:215@x>")],
    [{ kind: "trunk", trunk: TRUNK, toContact: false }, invite(`"${dirty}" <sip:+31201234567@x>`)],
  ];
  for (const [origin, request] of rows) {
    const { head, told } = facts(request, origin);
    assert.equal(told.callerName, "aVia: b c", origin.kind);
    assert.equal(head.callerName, "aVia: b c", origin.kind);
  }
});

test("who hides is in the record alone, but for a call for help", () => {
  const hiding = invite("<sip:anonymous@anonymous.invalid>", ["Privacy", "id"]);
  const { head, told, hidden } = facts(hiding, phoneNamed("Jan"));
  assert.deepEqual([head.caller, head.callerName, hidden], ["215", "Jan", true]);
  assert.deepEqual([told.caller, told.callerName], [{ kind: "anonymous" }, ""]);
  const help = facts(hiding, phoneNamed("Jan"), true);
  assert.deepEqual([help.told.caller, help.told.callerName], [{ kind: "internal", extension: "215" }, "Jan"]);
  assert.equal(help.hidden, false);
});
