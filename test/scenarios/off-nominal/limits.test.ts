import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field } from "../agent-dialog.ts";
import { CARRIER, NUMBER, Scenario } from "../harness.ts";

const EVERYBODY = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [String(400 + at), 2]));

test("one INVITE makes at most 20 legs at once", async () => {
  const s = await Scenario.start({
    plan: `- { type: group, group: "302", ringSeconds: 10 }`,
    phones: EVERYBODY,
  });
  for (const agent of s.agents) agent.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.run(2000);
  const rung = s.agents.filter((agent) => agent !== s.carrier && agent.calls.length > 0).length;
  assert.equal(rung, 20);
  await s.until(() => call.last === 480);
  await s.assertClean();
  assert.match(s.story, /as many legs as one call may/);
});

test("… and 60 in all; a step after a full group still rings", async () => {
  const s = await Scenario.start({
    plan: Array.from({ length: 4 }, () => `- { type: group, group: "302", ringSeconds: 10 }`).join("\n"),
    phones: Object.fromEntries(Object.keys(EVERYBODY).map((extension) => [extension, 1])),
  });
  for (const agent of s.agents) agent.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480, 100_000);
  const legs = s.agents
    .filter((agent) => agent !== s.carrier)
    .reduce((sum, { calls }) => sum + calls.length, 0);
  assert.equal(legs, 60);
  await s.assertClean();
});

test("a peer's thousand To tags make a limited number of early dialogs", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => {
    for (let at = 0; at < 1000; at++) call.respond(180, { tag: `t${at}` });
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  await s.run(1000);
  assert.ok(s.board.counts().dialogs < 70, `${s.board.counts().dialogs} dialogs`);
  call.cancel();
  await s.assertClean();
});

test("Max-Forwards 0: 483, and no leg is made; otherwise one less on every leg", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.ring();
  const dead = s.carrier.invite(NUMBER, { maxForwards: 0 });
  await s.until(() => dead.last === 483);
  assert.equal(s.at("215").calls.length, 0);
  for (const hops of [1, 17, 70, 255]) {
    const call = s.carrier.invite(NUMBER, { maxForwards: hops });
    await s.until(() => call.last === 180);
    assert.equal(s.at("215").call.header("max-forwards"), String(hops - 1));
    call.cancel();
    await s.until(() => call.last === 487);
  }
  await s.assertClean();
});

test("a call that was diverted five times is refused as a loop", async () => {
  const s = await Scenario.start();
  const diverted = (times: number): readonly Field[] =>
    Array.from({ length: times }, (_, at) => ["Diversion", `<sip:+3120123456${at}@x.example>`] as const);
  s.at("215").onCall = (call) => call.ring();
  const fine = s.carrier.invite(NUMBER, { headers: diverted(4) });
  await s.until(() => fine.last === 180);
  fine.cancel();
  for (const headers of [
    diverted(5),
    [["Diversion", "<sip:x@y.example>;counter=5"]] as const,
    diverted(200),
  ]) {
    const call = s.carrier.invite(NUMBER, { headers });
    await s.until(() => call.last === 482);
  }
  assert.match(s.records.at(-1)?.reason ?? "", /goes in circles/);
  await s.assertClean();
});

for (const trust of ["trusted: false", "trusted: true"]) {
  test(`B8: a plan that calls its own number over a trunk (${trust}) ends with 482 in five passes, within 2 s`, async () => {
    const s = await Scenario.start({
      plan: `- { type: fixedDestination, number: "${NUMBER}", ringSeconds: 30 }`,
      carrier: trust,
    });
    // The carrier sends every call straight back to us, as carriers do with our own numbers.
    s.carrier.onCall = (leg) => {
      const diversion = leg.invite.headers.all("diversion").map((value) => ["Diversion", value] as const);
      const hops = Number(leg.header("max-forwards"));
      const back = s.carrier.invite(NUMBER, { headers: diversion, maxForwards: hops });
      const follow = (): void => {
        s.clock.after(5, () => {
          if (back.last === undefined) follow();
          else leg.respond(back.last);
        });
      };
      follow();
    };
    const began = s.clock.now();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => (call.last ?? 0) >= 300);
    assert.ok(s.clock.now() - began < 2000);
    const passes = s.records.filter(({ result }) => result !== "refused").length;
    await s.run(1000);
    const refused = s.records.filter(({ result }) => result === "refused");
    assert.equal(refused.length, 1);
    assert.match(refused[0]?.reason ?? "", /goes in circles/);
    assert.ok(passes <= 5, `${passes} passes`);
    await s.assertClean();
  });
}

test("too many calls at once: 503 with Retry-After, and the others go on", async () => {
  const s = await Scenario.start({ maxCalls: 2 });
  s.at("215").onCall = (call) => call.ring();
  const first = s.carrier.invite(NUMBER);
  const second = s.carrier.invite(NUMBER);
  const third = s.carrier.invite(NUMBER);
  await s.until(() => third.last === 503);
  const wait = Number(third.responses.at(-1)?.headers.get("retry-after"));
  assert.ok(wait >= 5 && wait <= 30);
  await s.until(() => first.last === 180 && second.last === 180);
  first.cancel();
  second.cancel();
  await s.assertClean();
});

test("a call for help comes through however many calls there are", async () => {
  const s = await Scenario.start({ maxCalls: 1 });
  s.at("215").onCall = (call) => call.ring();
  s.carrier.onCall = (call) => call.answer();
  const first = s.carrier.invite(NUMBER);
  await s.until(() => first.last === 180);
  const other = s.at("216").invite("217");
  await s.until(() => other.last === 503);
  const help = s.at("216").invite("112");
  await s.until(() => help.last === 200);
  first.cancel();
  help.bye();
  await s.assertClean();
});

test("the switchboard is drained: no new calls, the running one ends by itself", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  let drained = false;
  void s.board.supervisor.drain(600_000).then(() => {
    drained = true;
  });
  const late = s.carrier.invite(NUMBER);
  await s.until(() => late.last === 503);
  await s.run(10_000);
  assert.equal(drained, false);
  call.bye();
  await s.until(() => drained);
  await s.assertClean();
});

test("the drain's time is over: what rings is refused, what is up is hung up", async () => {
  const s = await Scenario.start({ plan: `- { type: phone, phone: "215", ringSeconds: 120 }` });
  s.at("215").onCall = (call) => (s.at("215").calls.length === 1 ? call.answer() : call.ring());
  const up = s.carrier.invite(NUMBER);
  await s.until(() => up.last === 200);
  const rings = s.carrier.invite(NUMBER);
  await s.until(() => rings.last === 180);
  void s.board.supervisor.drain(2000);
  await s.until(() => rings.last === 503 && up.got("BYE") === 1);
  await s.assertClean();
  assert.equal(CARRIER, s.carrier.options.address);
});
