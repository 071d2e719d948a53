// S2: a phone that asks not to be named (RFC 3323 §4, RFC 3325 §7): nobody outside the company's own record is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord } from "../../../src/model/call-record.ts";
import { renderStory } from "../../../src/model/story.ts";
import type { AgentCall } from "../agent-call.ts";
import type { Field } from "../agent-dialog.ts";
import { NUMBER, Scenario, type ScenarioParts, says } from "../harness.ts";

const OWN = '"Reception" <sip:215@office.example>';
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';
/** Nothing that the called party gets may hold any of these. */
const SECRETS = ["Reception", "215@", NUMBER.slice(1), "501234567"];

const PREFERRED: Field = ["P-Preferred-Identity", `"Reception" <sip:${NUMBER}@office.example>`];

interface Form {
  readonly from: string;
  readonly headers: readonly Field[];
  readonly hides: boolean;
}

const PRIVACY: readonly (readonly [privacy: string | undefined, hides: boolean])[] = [
  [undefined, false],
  ["none", false],
  ["id", true],
  ["ID", true],
  ["user", true],
  ["header", true],
  ["user;id;critical", true],
  ["header ; user ; id", true],
  ["session", false],
  ["critical", false],
];

/** {no Privacy, none, id, …} × {with P-Preferred-Identity, without} × {From own, From anonymous}. */
const FORMS: readonly Form[] = [OWN, ANONYMOUS].flatMap((from) =>
  PRIVACY.flatMap(([privacy, hides]) =>
    [false, true].map((preferred) => ({
      from,
      hides: hides || from === ANONYMOUS,
      headers: [
        ...(privacy === undefined ? [] : [["Privacy", privacy] as const]),
        ...(preferred ? [PREFERRED] : []),
      ],
    })),
  ),
);

/** Other ways to say the same: two header fields, what older phones send, other spellings of an anonymous From. */
const MORE: readonly Form[] = [
  {
    from: OWN,
    hides: true,
    headers: [
      ["Privacy", "critical"],
      ["Privacy", "id"],
    ],
  },
  { from: OWN, hides: true, headers: [["Remote-Party-ID", `${OWN};party=calling;privacy=full;screen=yes`]] },
  { from: OWN, hides: false, headers: [["Remote-Party-ID", `${OWN};party=calling;privacy=off;screen=yes`]] },
  { from: "<sip:anonymous@office.example>", hides: true, headers: [] },
  { from: '"Anonymous" <sip:Anonymous@10.0.0.1>', hides: true, headers: [] },
  { from: "<sip:c8oqz84zk7z@anonymous.invalid>", hides: true, headers: [] },
];

function nameOf({ from, headers }: Form): string {
  return [from, ...headers.map(([name, value]) => `${name}: ${value}`)].join(", ");
}

/** Phone 215 calls like this; what the rung party gets, after the call is over. */
async function called(
  to: string,
  { from, headers }: Form,
  parts: ScenarioParts = {},
): Promise<{ readonly invite: AgentCall; readonly text: string; readonly scenario: Scenario }> {
  const s = await Scenario.start({ phones: { "215": 1, "216": 1 }, ...parts });
  let rung: AgentCall | undefined;
  for (const agent of [s.at("216"), s.carrier]) {
    agent.onCall = (call) => {
      rung = call;
      call.answer();
    };
  }
  const call = s.at("215").invite(to, { from, headers });
  await s.until(() => call.last === 200);
  assert.ok(rung !== undefined);
  call.bye();
  await s.assertClean();
  const invite: AgentCall = rung;
  const text = s.sentTo(invite.agent.address === s.carrier.address ? s.carrier : s.at("216"));
  return { invite, text, scenario: s };
}

/** The one record there is, of a call of phone 215: its first step, without credentials, leaves no row of its own. */
function recordIn({ record }: Scenario): CallRecord {
  assert.equal(record.origin, "phone 215");
  return record;
}

function storyIn(scenario: Scenario): string {
  return renderStory(recordIn(scenario)).join("\n");
}

function withoutTag(call: AgentCall): string {
  return (call.header("from") ?? "").replace(/;tag=.*/, "");
}

for (const form of [...FORMS, ...MORE]) {
  test(`S2: ${nameOf(form)}: ${form.hides ? "hidden" : "shown"} to a trunk and to a phone`, async () => {
    for (const carrier of ["callerIdProfile: from", "callerIdProfile: pAssertedIdentity, trusted: true"]) {
      const { invite, text, scenario } = await called("0201234567", form, { carrier });
      const trusted = carrier.includes("trusted");
      assert.equal(recordIn(scenario).caller, "215", "the company's own record knows who it was");
      assert.equal(invite.header("p-preferred-identity"), undefined);
      assert.doesNotMatch(text, /215@/, "an extension never leaves the house");
      if (!form.hides) {
        assert.equal(withoutTag(invite), `"Reception" <sip:${NUMBER}@office.example>`);
        assert.equal(invite.header("privacy"), undefined);
        continue;
      }
      assert.equal(withoutTag(invite), ANONYMOUS);
      assert.equal(invite.header("privacy"), "id");
      // RFC 3325 §7: the true number only inside the trust domain, and nowhere else in the message.
      assert.equal(
        invite.header("p-asserted-identity"),
        trusted ? `<sip:${NUMBER}@office.example>` : undefined,
      );
      const rest = text.replaceAll(/^P-Asserted-Identity:.*$/gm, "");
      for (const secret of SECRETS) assert.ok(!rest.includes(secret), `${secret} in\n${rest}`);
      assert.match(storyIn(scenario), /asks not to be named/);
    }
    const { invite, text, scenario } = await called("216", form);
    assert.equal(recordIn(scenario).caller, "215");
    assert.equal(recordIn(scenario).callerName, "Reception");
    if (!form.hides) {
      assert.equal(withoutTag(invite), OWN);
      return;
    }
    assert.equal(withoutTag(invite), ANONYMOUS);
    assert.equal(invite.header("privacy"), "id");
    assert.equal(invite.header("p-asserted-identity"), undefined);
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} in\n${text}`);
  });
}

test("S2: a webhook is not told who the phone is, and a name that it returns is shown without a number", async () => {
  const hidden: Form = { from: OWN, hides: true, headers: [["Privacy", "id"]] };
  const plan = `- type: webhook
  webhook: CRM
  success:
    - { type: callerName, mode: webhook }
    - { type: phone, phone: "216", ringSeconds: 20 }`;
  const { invite, scenario } = await called(NUMBER, hidden, {
    plan,
    webhook: () => ({ result: says.ack({ callerName: "ACME" }) }),
  });
  assert.deepEqual(
    scenario.webhooks.asked.map(({ values }) => [values.callerid, values.callername, values.did]),
    [["", "", NUMBER]],
  );
  assert.equal(withoutTag(invite), '"ACME" <sip:anonymous@anonymous.invalid>');
});

test("S2: the form that a step or webhook asks for never undoes it towards a trunk", async () => {
  const hidden: Form = { from: ANONYMOUS, hides: true, headers: [] };
  for (const form of ["caller", "called", "suppressed"]) {
    const plan = `- { type: fixedDestination, number: "+31201234567", callerIdForwarding: ${form} }`;
    const { invite, text } = await called(NUMBER, hidden, { plan });
    assert.equal(withoutTag(invite), ANONYMOUS, form);
    assert.equal(invite.header("privacy"), "id", form);
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `${form}: ${secret} in\n${text}`);
  }
});

test("S2: a forwarding phone takes a hidden caller to the outside just as hidden", async () => {
  const s = await Scenario.start({ phones: { "215": 1, "216": 1 } });
  s.at("216").onCall = (call) => call.respond(302, { headers: [["Contact", "<tel:+31201234567>"]] });
  s.carrier.onCall = (call) => call.answer();
  const call = s.at("215").invite("216", { headers: [["Privacy", "id"]] });
  await s.until(() => call.last === 200);
  assert.equal(withoutTag(s.carrier.call), ANONYMOUS);
  for (const secret of SECRETS) assert.ok(!s.sentTo(s.carrier).includes(secret), secret);
  call.bye();
  await s.assertClean();
});

test("S2: a call for help keeps the number, and the story says so", async () => {
  for (const from of [OWN, ANONYMOUS]) {
    const help: Form = { from, hides: false, headers: [["Privacy", "user;id;critical"]] };
    const { invite, scenario } = await called("112", help);
    assert.equal(withoutTag(invite), `"Reception" <sip:${NUMBER}@office.example>`);
    assert.equal(invite.header("privacy"), undefined);
    assert.match(storyIn(scenario), /call for help: its number is shown/);
  }
});
