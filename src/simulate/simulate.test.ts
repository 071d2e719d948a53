import assert from "node:assert/strict";
import { test } from "node:test";
import { entitiesOf } from "../../test/support/entities.ts";
import { targetName } from "../dialplan/command.ts";
import { companySchema } from "../model/company.ts";
import { describeEvent } from "../model/story.ts";
import { describeFailure } from "../webhook/reasons.ts";
import { type PartyState, readPartyState, type SimulatedCall } from "./given.ts";
import { typeKeys } from "./keys.ts";
import { simulate } from "./simulate.ts";
import { withDraft, worldOf } from "./world.ts";

const company = companySchema.parse({
  version: 1,
  home: { country: "NL", timeZone: "Europe/Amsterdam" },
  security: { dialCountries: ["NL"] },
  phones: [
    { extension: "215", name: "Reception", password: "correct-horse" },
    { extension: "216", name: "Andrew", password: "correct-horse" },
  ],
  groups: [{ extension: "300", name: "All", members: ["215", "216"], strategy: "all" }],
  audioMessages: [{ name: "welcome", text: "Welcome", language: "en" }],
  webhooks: [
    { name: "CRM", urlTemplate: "https://crm.example/r?did={did}&key=verysecretvalue" },
    {
      name: "vault",
      urlTemplate: "https://crm.example/v?code={code}",
      ivr: { attempts: 2, startMessage: "en/enter-code" },
    },
  ],
  plans: [
    {
      name: "main",
      steps: [
        {
          type: "webhook",
          webhook: "CRM",
          success: [{ type: "variableDestination" }],
          failed: [
            {
              type: "webhook",
              webhook: "vault",
              success: [{ type: "phone", phone: "216", ringSeconds: 10 }],
              failed: [{ type: "hangUp", as: "busy" }],
            },
          ],
        },
      ],
    },
  ],
  numbers: [{ number: "+31501234567", plan: "main" }],
});
const world = worldOf(entitiesOf(company));
const CALL: SimulatedCall = {
  number: "050 123 4567",
  from: "+31612345678",
  callerName: "",
  at: Date.parse("2026-12-25T09:00:00Z"),
  digits: [],
  replies: {},
  phones: {},
};
const reply = (body: string) => ({ body, status: 200, afterMs: 40 });
const steps = (call: Partial<SimulatedCall>): readonly string[] =>
  simulate(world, { ...CALL, ...call }).path.map(({ step }) => step);

test("a reply names a phone, which answers: path, verdict and sentences", () => {
  const { story, path, verdict } = simulate(world, {
    ...CALL,
    replies: { CRM: [reply("status=ACK&destination=215")] },
  });
  assert.deepEqual(path, [
    { step: "1", answered: false },
    { step: "1.1.1", answered: true },
  ]);
  assert.deepEqual(verdict, {
    result: "completed",
    reason: "step 1.1.1 (Variable destination) was answered",
    answeredBy: "phone 215",
    status: undefined,
  });
  const told = story.map((event) => `${event.atMs} ${describeEvent(event)}`);
  assert.equal(told[0], '0 The called number "050 123 4567" is understood as +31501234567, which is ours.');
  assert.ok(
    told.includes("40 Step 1.1.1, Variable destination: Rings 215 (Reception) for 20 s, without a name."),
  );
  assert.equal(told.at(-1), "3040 Step 1.1.1, Variable destination: 215 (Reception) answered: connected.");
  assert.doesNotMatch(JSON.stringify(story), /verysecretvalue/);
});

test("codes are typed one at a time, by the collector that calls have, and never told", () => {
  const simulated = simulate(world, {
    ...CALL,
    digits: ["1111", "2580#"],
    replies: { CRM: [reply("status=NAK")], vault: [reply("status=NAK"), reply("status=ACK")] },
    phones: { "216": { does: "busy" } },
  });
  const { story, verdict } = simulated;
  assert.deepEqual([verdict?.result, verdict?.status], ["busy", 486]);
  const text = story.map((event) => describeEvent(event)).join("\n");
  assert.match(text, /The caller typed 4 digits, then nothing for 3 s\./);
  assert.match(text, /The caller typed 4 digits, ended by #\./);
  assert.match(text, /code=\*\*\*/);
  assert.doesNotMatch(text, /1111|2580/);
});

test("a webhook that is to be asked stops it, and it goes on with what came of that", () => {
  const call = { ...CALL, ask: ["CRM"] };
  const stopped = simulate(world, call);
  assert.equal(stopped.verdict, undefined);
  assert.deepEqual([stopped.wanted?.webhook, stopped.wanted?.values.did], ["CRM", "+31501234567"]);
  const on = simulate(world, { ...call, replies: { CRM: [reply("status=ACK&destination=216")] } });
  assert.equal(on.verdict?.answeredBy, "phone 216");
});

test("without a reply a webhook fails, and the story says how to give one", () => {
  const { story } = simulate(world, CALL);
  const told = story.map((event) => describeEvent(event)).join("\n");
  assert.match(told, /This simulation has no reply of the webhook "CRM": give it one, or have it asked\./);
});

test("a reply that comes when the time-out is over is none, and is told as in a call", () => {
  const after = (afterMs: number) => {
    const replies = { CRM: [{ ...reply("status=ACK&destination=215"), afterMs }] };
    const { story, verdict } = simulate(world, { ...CALL, replies });
    return { replied: story.find((event) => event.type === "replied"), answeredBy: verdict?.answeredBy };
  };
  const { replied, answeredBy } = after(5000);
  const why = { code: "deadline", ms: 5000, phase: "waiting", host: "crm.example" } as const;
  assert.deepEqual(
    [replied?.verdict, replied?.failure, replied?.reason],
    ["error", why.code, describeFailure(why)],
  );
  assert.deepEqual([replied?.atMs, replied?.elapsedMs, answeredBy], [5000, 5000, undefined]);
  assert.equal(after(4999).answeredBy, "phone 215");
});

test("a caller who loses patience leaves in the middle", () => {
  const replies = { CRM: [reply("status=ACK&destination=215")] };
  const { verdict, story } = simulate(world, { ...CALL, replies, hangsUpAfterMs: 2000 });
  assert.deepEqual([verdict?.result, verdict?.status], ["cancelled", 487]);
  assert.equal(story.at(-1)?.atMs, 2000);
});

/** As a call of the company, with these steps in its plan. */
function through(steps: readonly unknown[], call: Partial<SimulatedCall>) {
  const outwards = { ...world, trunks: [{ name: "carrier" }], outboundTrunk: "carrier" };
  const drafted = withDraft(outwards, { name: "main", steps }, 2);
  assert.ok(drafted.ok);
  return simulate(drafted.value.world, { ...CALL, ...call });
}

test("a caller who has heard a message of a plan that rings nobody has got what there was, else it gave up", () => {
  const message = { type: "audio", message: "welcome" };
  const left = (...steps: readonly unknown[]) => through(steps, { hangsUpAfterMs: 100 }).verdict?.result;
  assert.equal(left(message), "handled");
  assert.equal(left(message, { type: "phone", phone: "215" }), "cancelled");
});

test("in a group that rings all at once a person's refusal counts before one who rings out", () => {
  const steps = [{ type: "group", group: "300", ringSeconds: 20 }];
  const phones = { "215": { does: "busy" }, "216": { does: "noAnswer" } } as const;
  const { verdict, story } = through(steps, { phones });
  assert.deepEqual([verdict?.result, verdict?.status], ["busy", 486]);
  assert.equal(story.at(-1)?.atMs, 20_000);
});

test("two who forward to the same number outside call it once", () => {
  const to: PartyState = { does: "forwards", to: ["0201234567"] };
  const { story } = through([{ type: "group", group: "300" }], { phones: { "215": to, "216": to } });
  const told = story.map((event) => describeEvent(event)).join("\n");
  assert.match(told, /216 \(Andrew\) sends the call on to "0201234567", where nobody can ring/);
});

test("two who forward to each other over groups in order do so five times", () => {
  const circle = companySchema.parse({
    ...company,
    phones: [...company.phones, { extension: "217", name: "Away", password: "correct-horse" }],
    groups: [
      { extension: "301", name: "One", members: ["217", "216"], strategy: "inOrder" },
      { extension: "302", name: "Other", members: ["217", "215"], strategy: "inOrder" },
    ],
    plans: [...company.plans, { name: "circle", steps: [{ type: "group", group: "301" }] }],
  });
  const { rings, verdict } = simulate(worldOf(entitiesOf(circle)), {
    ...CALL,
    plan: "circle",
    phones: {
      "215": { does: "forwards", to: ["301"] },
      "216": { does: "forwards", to: ["302"] },
      "217": { does: "notRegistered" },
    },
  });
  assert.deepEqual(
    rings.map(({ targets, redirections }) => `${targets.map(targetName).join()} ${redirections}`),
    ["217 0", "216 0", "215 1", "216 2", "215 3", "216 4", "215 5"],
  );
  assert.match(verdict?.reason ?? "", /redirected too often, 5 times already/);
});

test("a draft is walked in the place of its plan, with its problems, unless it has no shape", () => {
  const steps = [
    { type: "phone", phone: "219" },
    { type: "phone", phone: "216" },
  ];
  const drafted = withDraft(world, { name: "main", steps }, 7);
  assert.ok(drafted.ok);
  assert.deepEqual(
    drafted.value.problems.map(({ code, step }) => `${step} ${code}`),
    ["1 unknownPhone"],
  );
  const { story, path } = simulate(drafted.value.world, CALL);
  assert.deepEqual(
    path.map(({ step }) => step),
    ["1", "2"],
  );
  assert.ok(story.some((event) => event.type === "plan" && event.version === 7));
  assert.ok(!withDraft(world, { name: "main", steps: [{ type: "phon" }] }, 7).ok);
});

test("phones dial each other, a plan can be named, and what is none of ours is refused", () => {
  assert.equal(simulate(world, { ...CALL, from: "215", number: "216" }).verdict?.answeredBy, "phone 216");
  assert.equal(simulate(world, { ...CALL, number: "+31509999999" }).verdict?.result, "refused");
  assert.deepEqual(steps({ number: "+31509999999", plan: "main", digits: [] }).slice(0, 2), ["1", "1.2.1"]);
  const outside = simulate(world, { ...CALL, from: "215", number: "0201234567" });
  assert.match(JSON.stringify(outside.story), /there is no outbound trunk for \+31201234567/);
});

test("whatever a program may send ends, and says how", () => {
  for (const number of ["__proto__", "constructor", "", "x".repeat(64), "\u0000"]) {
    const { verdict } = simulate(world, { ...CALL, number, from: number });
    assert.ok(verdict !== undefined && verdict.reason !== "", number);
  }
});

test("states in a word", () => {
  assert.deepEqual(readPartyState("busy"), { does: "busy" });
  assert.deepEqual(readPartyState("forwards:216,+31612345678"), {
    does: "forwards",
    to: ["216", "+31612345678"],
  });
  assert.deepEqual(readPartyState("503"), { does: "refuses", status: 503 });
  for (const text of ["", "bussy", "forwards:", "200"]) assert.equal(readPartyState(text), undefined, text);
});

test("keys: what completes a code is what completes it in a call", () => {
  const rule = { keys: "code", timeoutMs: 10_000, interDigitMs: 3000, length: undefined } as const;
  assert.deepEqual(typeKeys(rule, "12#", 2000), { digits: "12", ended: "hash", tookMs: 900 });
  assert.deepEqual(typeKeys(rule, "12", undefined), { digits: "12", ended: "silence", tookMs: 3600 });
  assert.deepEqual(typeKeys({ ...rule, length: 2 }, "1234", 2000), {
    digits: "12",
    ended: "length",
    tookMs: 600,
  });
  assert.deepEqual(typeKeys(rule, "", 2000), { digits: "", ended: "timeout", tookMs: 12_000 });
  assert.deepEqual(typeKeys(rule, "1*", undefined).ended, "timeout");
});
