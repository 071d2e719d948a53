import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { Entities } from "../model/entities/entities.ts";
import { PRACTICE_LIMITS, PracticeReceivers } from "./practice.ts";

function practiceOf(templates: readonly string[] = [], ivr?: object) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const webhooks = templates.map((urlTemplate, at) => ({
    id: `w${at}`,
    document: { name: `W${at}`, urlTemplate, ivr },
  }));
  const practice = new PracticeReceivers({
    clock,
    ids: seededIds(1),
    entities: () => ({ all: () => webhooks }) as unknown as Entities,
    origin: () => "http://127.0.0.1:8088",
    onAsked: (id, nth) => asked.push(`${id} ${nth}`),
  });
  return { practice, clock, asked };
}

const query = (text: string) => new URLSearchParams(text);

test("a receiver shows what it was asked, newest first, and answers what is typed from then on", async () => {
  const { practice, asked } = practiceOf();
  const { id, address, reply } = practice.create();
  assert.equal(address, `http://127.0.0.1:8088/practice/${id}`);
  assert.deepEqual(await practice.ask(id, query("did=%2B31501234567"), false), reply);
  practice.setReply(id, { ...reply, status: 500, body: "<b>no</b>" });
  assert.deepEqual(await practice.ask(id, query("did=1&did=2"), true), {
    ...reply,
    status: 500,
    body: "<b>no</b>",
  });
  const { requests, asked: times } = practice.get(id)!;
  assert.equal(times, 2);
  assert.deepEqual(
    requests.map(({ nth, parameters, isTest, status }) => ({
      nth,
      isTest,
      status,
      did: parameters.map(({ value }) => value),
    })),
    [
      { nth: 2, isTest: true, status: 500, did: ["1", "2"] },
      { nth: 1, isTest: false, status: 200, did: ["+31501234567"] },
    ],
  );
  assert.deepEqual(asked, [`${id} 1`, `${id} 2`]);
  assert.deepEqual(practice.clear(id)?.requests, []);
});

test("a receiver plays one that decides: another body where a parameter has a value, and the first that fits", async () => {
  const { practice } = practiceOf();
  const { id, reply } = practice.create();
  const rule = { parameter: "code", value: "2580", body: "status=ACK&callername=VIP" };
  const decides = { ...reply, body: "status=NAK", when: [rule, { ...rule, body: "status=ERR" }] };
  practice.setReply(id, decides);
  const answers = ["code=2580", "code=1&code=2580", "code=25800", "", "CODE=2580"].map(
    async (asked) => (await practice.ask(id, query(asked), false))?.body,
  );
  assert.deepEqual(await Promise.all(answers), [
    rule.body,
    rule.body,
    "status=NAK",
    "status=NAK",
    "status=NAK",
  ]);
  assert.deepEqual(practice.get(id)?.reply, decides, "what was set stays");
  assert.equal(practice.get(id)?.requests.at(-1)?.reply, rule.body, "what was answered is told");
});

test("a digit code is dots, under whatever name the webhook sends it, and so is what a name says is secret", async () => {
  const { practice } = practiceOf(["http://127.0.0.1:8088/practice/abc1?pas={code}&did={did}&token=x"]);
  await practice.ask("abc1", query("pas=4821&did=1&token=secret&code=99"), false);
  assert.deepEqual(practice.get("abc1")?.requests[0]?.parameters, [
    { name: "pas", value: "••••", hidden: true },
    { name: "did", value: "1", hidden: false },
    { name: "token", value: "••••••", hidden: true },
    { name: "code", value: "••", hidden: true },
  ]);
});

test("after a restart a receiver that a webhook names is there; nobody can make one by asking", async () => {
  const { practice } = practiceOf(["http://127.0.0.1:8088/practice/abc1?did={did}"]);
  assert.deepEqual(practice.get("abc1")?.usedBy, [{ id: "w0", key: "W0" }]);
  for (const id of ["abc", "abc12", "x".repeat(65), "../abc1", ".*"])
    assert.equal(await practice.ask(id, query(""), false), undefined, id);
  assert.equal(practice.list().length, 1);
});

test("after a restart no code is right for a receiver whose webhook asks for one", async () => {
  const { practice } = practiceOf(["http://127.0.0.1:8088/practice/abc1?pin={code}"], { attempts: 3 });
  for (const asked of ["pin=2580", ""])
    assert.equal((await practice.ask("abc1", query(asked), false))?.body, "status=NAK");
});

test("few receivers, few requests each, and few answers that wait", async () => {
  const { practice, clock } = practiceOf();
  const first = practice.create();
  for (let made = 1; made < PRACTICE_LIMITS.receivers; made += 1) practice.create();
  for (let time = 0; time < 60; time += 1) await practice.ask(first.id, query("a=b"), false);
  assert.equal(practice.get(first.id)?.requests.length, PRACTICE_LIMITS.requests);
  const second = practice.list().at(-1)!;
  practice.create();
  assert.ok(practice.get(first.id), "it was asked just now");
  assert.equal(practice.get(second.id), undefined);
  practice.setReply(first.id, { ...first.reply, afterMs: 5000 });
  const answers = Array.from({ length: PRACTICE_LIMITS.waiting }, () =>
    practice.ask(first.id, query(""), false),
  );
  assert.equal((await practice.ask(first.id, query(""), false))?.afterMs, 5000, "one more does not wait");
  clock.advance(5000);
  assert.equal((await Promise.all(answers)).length, PRACTICE_LIMITS.waiting);
});
