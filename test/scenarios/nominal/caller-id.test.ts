import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord } from "../../../src/model/call-record.ts";
import type { AgentCall } from "../agent-call.ts";
import type { Field } from "../agent-dialog.ts";
import { BOARD, CALLER, CARRIER, NUMBER, Scenario, type ScenarioParts, says } from "../harness.ts";
import { sdp } from "../sdp.ts";

const FROM = `"Jan \\"de\\" Vries" <sip:${CALLER}@${CARRIER}>`;

/** Rings phone 215 after a webhook that forwards the caller's number, the called one, or none. */
const TO_PHONE = (webhook: string): string => `- type: webhook
  webhook: ${webhook}
  success:
    - { type: callerName, mode: webhook }
    - { type: phone, phone: "215", ringSeconds: 20 }`;
/** The same to an outside number, through the carrier. */
const TO_TRUNK = (webhook: string): string => `- type: webhook
  webhook: ${webhook}
  success:
    - { type: callerName, mode: webhook }
    - { type: fixedDestination, number: "+31201234567", ringSeconds: 20 }`;

interface Shown {
  readonly from: string;
  readonly pai: string | undefined;
  readonly rpid: string | undefined;
  readonly privacy: string | undefined;
  readonly diversion: readonly string[];
  readonly text: string;
  readonly record: CallRecord;
  readonly story: string;
}

/** Who the rung party sees; the caller gives up afterwards. */
async function shown(
  parts: ScenarioParts,
  invite: { readonly from?: string; readonly headers?: readonly Field[] } = {},
): Promise<Shown> {
  const s = await Scenario.start({ webhook: () => ({ result: says.ack({ callerName: "ACME" }) }), ...parts });
  let rung: AgentCall | undefined;
  const ring = (call: AgentCall): void => {
    rung = call;
    call.ring();
  };
  s.at("215").onCall = ring;
  s.carrier.onCall = ring;
  const call = s.carrier.invite(NUMBER, { from: FROM, ...invite });
  await s.until(() => call.last === 180);
  const request = rung?.invite;
  assert.ok(request);
  call.cancel();
  await s.assertClean();
  return {
    from: (request.headers.get("from") ?? "").replace(/;tag=.*/, ""),
    pai: request.headers.get("p-asserted-identity"),
    rpid: request.headers.get("remote-party-id"),
    privacy: request.headers.get("privacy"),
    diversion: request.headers.list("diversion"),
    text: [...request.headers.entries()].map(([name, value]) => `${name}: ${value}`).join("\n"),
    record: s.record,
    story: s.story,
  };
}

test("to a phone, suppressed: nothing of the caller anywhere", async () => {
  const { from, pai, privacy, text } = await shown({ plan: TO_PHONE("hides") });
  assert.equal(from, '"Anonymous" <sip:anonymous@anonymous.invalid>');
  assert.equal(pai, undefined);
  assert.equal(privacy, "id");
  for (const secret of [CALLER, "ACME", "Vries"]) assert.ok(!text.includes(secret), secret);
});

test("the caller's own name, where no webhook is asked: cleaned and quoted", async () => {
  const { from } = await shown({});
  assert.equal(from, `"Jan \\"de\\" Vries" <sip:${CALLER}@office.example>`);
});

test("to a trunk with profile from: the caller in From, where the call was in Diversion", async () => {
  const { from, pai, rpid, diversion } = await shown({ plan: TO_TRUNK("CRM") });
  assert.equal(from, `"ACME" <sip:${CALLER}@office.example>`);
  assert.equal(pai, undefined);
  assert.equal(rpid, undefined);
  assert.deepEqual(diversion, [`<sip:${NUMBER}@office.example>;reason=unconditional`]);
});

test("to a trunk with profile remotePartyId, and numbers without plus", async () => {
  const { from, rpid, pai } = await shown({
    plan: TO_TRUNK("CRM"),
    carrier: "callerIdProfile: remotePartyId, numberFormat: e164",
  });
  assert.equal(from, `<sip:31501234567@office.example>`);
  assert.equal(rpid, `"ACME" <sip:31612345678@office.example>;party=calling;privacy=off;screen=yes`);
  assert.equal(pai, undefined);
});

test("to a trunk, the called number: our own in From whatever the profile", async () => {
  for (const profile of ["from", "pAssertedIdentity", "remotePartyId"]) {
    const { from, pai, rpid } = await shown({
      plan: TO_TRUNK("shows-called"),
      carrier: `callerIdProfile: ${profile}`,
    });
    assert.equal(from, `"ACME" <sip:${NUMBER}@office.example>`);
    assert.deepEqual([pai, rpid], [undefined, undefined]);
  }
});

test("to a trunk, suppressed: the true number only to a trusted one, in its profile", async () => {
  const stranger = await shown({ plan: TO_TRUNK("hides"), carrier: "callerIdProfile: pAssertedIdentity" });
  assert.equal(stranger.from, '"Anonymous" <sip:anonymous@anonymous.invalid>');
  assert.equal(stranger.privacy, "id");
  assert.ok(!stranger.text.includes(CALLER.slice(1)));
  const trusted = await shown({
    plan: TO_TRUNK("hides"),
    carrier: "callerIdProfile: pAssertedIdentity, trusted: true",
  });
  assert.equal(trusted.from, '"Anonymous" <sip:anonymous@anonymous.invalid>');
  assert.equal(trusted.pai, `<sip:${CALLER}@office.example>`);
  const old = await shown({
    plan: TO_TRUNK("hides"),
    carrier: "callerIdProfile: remotePartyId, trusted: true",
  });
  assert.match(old.rpid ?? "", /privacy=full/);
});

test("an anonymous caller stays anonymous, a name that a webhook found is shown", async () => {
  const anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>';
  const phone = await shown({}, { from: anonymous });
  assert.equal(phone.from, anonymous);
  const named = await shown({ plan: TO_PHONE("CRM") }, { from: anonymous });
  assert.equal(named.from, '"ACME" <sip:anonymous@anonymous.invalid>');
  const trunk = await shown({ plan: TO_TRUNK("CRM") }, { from: anonymous });
  assert.equal(trunk.from, anonymous);
  assert.equal(trunk.privacy, "id");
});

test("Privacy: id from a trunk makes the caller anonymous, to webhooks too", async () => {
  const asked: string[] = [];
  const { from, text } = await shown(
    {
      plan: TO_PHONE("CRM"),
      webhook: (values) => {
        asked.push(values.callerid, values.callername);
        return { result: says.ack() };
      },
    },
    { headers: [["Privacy", "id"]] },
  );
  assert.equal(from, '"Anonymous" <sip:anonymous@anonymous.invalid>');
  assert.ok(!text.includes(CALLER) && !text.includes("Vries"));
  assert.deepEqual(asked, ["", ""]);
});

test("P-Asserted-Identity counts from a trusted trunk only", async () => {
  const headers: readonly Field[] = [["P-Asserted-Identity", `"True Name" <sip:+31208888888@${CARRIER}>`]];
  const trusted = await shown({ carrier: "trusted: true" }, { headers });
  assert.equal(trusted.from, '"True Name" <sip:+31208888888@office.example>');
  const stranger = await shown({}, { headers });
  assert.match(stranger.from, new RegExp(CALLER.slice(1)));
  assert.ok(!stranger.text.includes("8888888"));
});

test("S6: a caller that is no phone number keeps its name and what it says it is, to phone and webhook", async () => {
  for (const [from, id, seen] of [
    [`"ACME" <sip:ACME@${CARRIER}>`, "ACME", '"ACME" <sip:ACME@office.example>'],
    [`<sip:1200@${CARRIER}>`, "1200", "<sip:1200@office.example>"],
    [`"Help" <tel:112;phone-context=+31>`, "112", '"Help" <sip:112@office.example>'],
    [`<sip:a%3Bb%40c@${CARRIER}>`, "a;b@c", "<sip:a%3Bb%40c@office.example>"],
  ] as const) {
    const asked: string[] = [];
    const plan = `- { type: webhook, webhook: CRM, success: [{ type: phone, phone: "215", ringSeconds: 20 }] }`;
    const webhook = (values: {
      readonly callerid: string;
    }): { readonly result: ReturnType<typeof says.ack> } => {
      asked.push(values.callerid);
      return { result: says.ack() };
    };
    const phone = await shown({ plan, webhook }, { from });
    assert.equal(phone.from, seen);
    assert.equal(phone.pai, seen);
    assert.deepEqual(asked, [id]);
    assert.equal(phone.record.caller, id);
    assert.doesNotMatch(phone.story, /anonymous/i);
  }
});

test("S6: such a call that leaves again shows the number that was called, never what is no number", async () => {
  for (const profile of ["from", "pAssertedIdentity", "remotePartyId"]) {
    const { from, text, privacy } = await shown(
      { plan: TO_TRUNK("CRM"), carrier: `callerIdProfile: ${profile}` },
      { from: `"Door" <sip:door@${CARRIER}>` },
    );
    assert.match(from, new RegExp(`<sip:\\${NUMBER}@office\\.example>$`));
    assert.doesNotMatch(text, /door/);
    assert.equal(privacy, undefined);
  }
});

test("S3: what STIR and number portability add to a number hides neither caller nor called number", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.ring();
  const call = s.carrier.invite(`sip:${NUMBER};npdi;rn=+31970123456@${BOARD};user=phone`, {
    from: `"Jan" <sip:${CALLER};verstat=TN-Validation-Passed@${CARRIER};user=phone>`,
  });
  await s.until(() => call.last === 180);
  const from = s.at("215").call.invite.headers.get("from") ?? "";
  assert.equal(from.replace(/;tag=.*/, ""), `"Jan" <sip:${CALLER}@office.example>`);
  call.cancel();
  await s.assertClean();
});

/** Header lines as a hostile or sloppy source spells them; each carries a number that must show nowhere. */
const SMUGGLED = `P-Asserted-Identity: <sip:+31666000001@evil.example>
p-asserted-identity: <sip:+31666000002@evil.example>
P-ASSERTED-IDENTITY: <sip:+31666000003@evil.example>, <tel:+31666000004>
P-Asserted-Identity : <sip:+31666000005@evil.example>
P-Asserted-Identity\t: <sip:+31666000006@evil.example>
P-Asserted-Identity:
 <sip:+31666000007@evil.example>
Remote-Party-ID: <sip:+31666000008@evil.example>;party=calling
P-Preferred-Identity: <sip:+31666000009@evil.example>
Diversion: <sip:+31666000010@evil.example>;reason=unknown
diversion : <sip:+31666000011@evil.example>
History-Info: <sip:+31666000012@evil.example>;index=1
X-Secret: 666000013
x-account-code:666000014
P-Charging-Vector: icid-value=666000015
Identity: 666000016
y: 666000017
Referred-By: <sip:+31666000018@evil.example>
b: <sip:+31666000019@evil.example>
User-Agent: evil-666000020
s: 666000021
Subject: 666000022
Alert-Info: <http://evil.example/666000023>
Call-Info: <http://evil.example/666000024>
Organization: 666000025
%50-Asserted-Identity: <sip:+31666000026@evil.example>
Reply-To: <sip:+31666000027@evil.example>
Warning: 399 evil "666000028"`.replaceAll("\n", "\r\n");

test("B9: private and trusted headers of an untrusted source reach nobody, in any spelling", async () => {
  for (const plan of [TO_PHONE("CRM"), TO_TRUNK("CRM")]) {
    const s = await Scenario.start({ plan, carrier: "callerIdProfile: pAssertedIdentity" });
    const body = sdp({ at: CARRIER });
    s.network.inject(
      `INVITE sip:${NUMBER}@${BOARD} SIP/2.0\r
Via: SIP/2.0/UDP ${CARRIER}:5060;branch=z9hG4bKsmuggler\r
Max-Forwards: 70\r
From: <sip:${CALLER}@${CARRIER}>;tag=1\r
To: <sip:${NUMBER}@${BOARD}>\r
Call-ID: smuggler\r
CSeq: 1 INVITE\r
Contact: <sip:x@${CARRIER}>\r
${SMUGGLED}\r
Content-Type: application/sdp\r
Content-Length: ${body.length}\r
\r
${body}`,
      { host: CARRIER, port: 5060 },
      { host: BOARD, port: 5060 },
    );
    const rung = plan === TO_PHONE("CRM") ? s.at("215") : s.carrier;
    await s.until(() => rung.calls.length === 1);
    assert.doesNotMatch(s.sentTo(rung), /666000|evil/);
    rung.call.respond(480);
    await s.assertClean();
  }
});

test("B11: nothing of the caller's leg shows on the other one", async () => {
  const s = await Scenario.start();
  let text = "";
  s.at("215").onCall = (call) => {
    text = s.sentTo(s.at("215"));
    call.ring();
  };
  const call = s.carrier.invite(NUMBER, {
    from: `<sip:${CALLER}@pbx.inside.example>`,
    headers: [["User-Agent", "InsidePBX 7"]],
  });
  await s.until(() => call.last === 180);
  const tag = call.invite.from.tag ?? "?";
  const signalling = text.replace(/\r\n\r\n[^]*/, "");
  for (const secret of [call.id, tag, "inside.example", "InsidePBX", CARRIER, "someone"])
    assert.ok(!signalling.includes(secret), secret);
  // SDP: media goes end to end, so its c= line passes; o= and s= are ours.
  assert.doesNotMatch(text, /o=someone|s=A phone/);
  call.cancel();
  await s.assertClean();
});

test("a trusted trunk's Diversion is passed on as numbers; of another only the count", async () => {
  const headers: readonly Field[] = [
    ["Diversion", `"Inside" <sip:+31207777777@pbx.inside.example>;reason=no-answer`],
    ["Diversion", "<sip:+31206666666@10.9.9.9>;reason=user-busy, <sip:anonymous@x.example>"],
  ];
  const trusted = await shown({ plan: TO_TRUNK("CRM"), carrier: "trusted: true" }, { headers });
  assert.deepEqual(trusted.diversion, [
    `<sip:${NUMBER}@office.example>;reason=unconditional;counter=2`,
    "<sip:+31207777777@office.example>;reason=unconditional",
    "<sip:+31206666666@office.example>;reason=unconditional",
  ]);
  const other = await shown({ plan: TO_TRUNK("CRM") }, { headers });
  assert.deepEqual(other.diversion, [`<sip:${NUMBER}@office.example>;reason=unconditional;counter=4`]);
});
