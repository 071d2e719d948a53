import assert from "node:assert/strict";
import { test } from "node:test";
import { buildResponse } from "../../../src/sip/message/build.ts";
import { Headers } from "../../../src/sip/message/headers.ts";
import { BOARD, NUMBER, Scenario } from "../harness.ts";
import { media, originLine, sdp } from "../sdp.ts";

test("the caller's ACK is late: our 200 is repeated, doubling up to T2, until it comes", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => call.last === 200);
  await s.run(20_000);
  const at = s.network.log
    .filter(({ from, startLine }) => from.host === BOARD && startLine.startsWith("SIP/2.0 200"))
    .map((packet) => packet.at);
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  assert.deepEqual(gaps.slice(0, 5), [500, 1000, 2000, 4000, 4000]);
  call.ack();
  const copies = call.heard.length;
  await s.run(20_000);
  assert.equal(call.heard.length, copies);
  assert.equal(s.at("215").call.got("BYE"), 0);
  call.bye();
  await s.assertClean();
});

test("the caller never sends its ACK: BYE to both 64*T1 later, and the record says why", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => call.last === 200);
  const answered = s.clock.now();
  await s.until(() => phone.call.got("BYE") === 1, 40_000);
  assert.ok(s.clock.now() - answered < 32_100, `after ${s.clock.now() - answered} ms`);
  assert.ok(s.clock.now() - answered > 31_900);
  await s.until(() => call.got("BYE") === 1, 100);
  await s.assertClean();
  assert.match(s.story, /no ACK came for our 200/);
});

test("over TCP too our 200 is repeated by the core until the ACK", async () => {
  const s = await Scenario.start();
  const caller = await s.phone("217", 1, { kind: "tcp" });
  s.at("215").onCall = (call) => call.answer();
  const call = caller.invite("215", { ack: false });
  await s.until(() => call.heard.filter((status) => status === 200).length === 3, 10_000);
  call.ack();
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.result, "completed");
});

test("every copy of a phone's 200 is acknowledged", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  let lost = 0;
  s.network.intercept = ({ message, from }) => {
    const ack = message.kind === "request" && message.method === "ACK" && from.host === BOARD;
    if (!ack || lost === 3) return undefined;
    lost += 1;
    return "drop";
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => phone.calls[0]?.acks.length === 1, 10_000);
  assert.equal(lost, 3);
  const [first, second] = s.network.log.filter(
    ({ startLine, from }) => startLine.startsWith("ACK") && from.host === BOARD,
  );
  assert.ok(first && second);
  const branch = (text: string): string => /branch=([^;\r]+)/.exec(text)?.[1] ?? "";
  const invite = s.network.log.find(
    ({ startLine, from }) => startLine.startsWith("INVITE") && from.host === BOARD,
  );
  assert.notEqual(branch(first.text), branch(invite?.text ?? ""), "RFC 3261 §17.1.1.3: a branch of its own");
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});

test("a phone behind a forking proxy answers twice: the first stays, the second gets ACK and BYE", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => {
    call.respond(180, { tag: "one" });
    call.respond(180, { tag: "two" });
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.heard.filter((status) => status === 180).length === 2);
  const at = (port: number): string => sdp({ at: "10.1.1.215", port });
  phone.call.respond(200, { tag: "two", sdp: at(4002) });
  phone.call.respond(200, { tag: "one", sdp: at(4001) });
  await s.until(() => phone.call.got("BYE") === 1);
  const bye = phone.call.requests[0]?.request;
  assert.equal(bye?.to.tag, "one");
  assert.deepEqual(
    phone.call.acks.map((ack) => ack.to.tag ?? "").toSorted((a, b) => a.localeCompare(b)),
    ["one", "two"],
  );
  assert.equal(media(call.remoteSdp), "10.1.1.215:4002 sendrecv");
  await s.run(5000);
  assert.equal(phone.call.got("BYE"), 1);
  call.bye();
  await s.until(() => phone.call.got("BYE") === 2);
  assert.equal(phone.call.requests[1]?.request.to.tag, "two");
  await s.assertClean();
});

test("forked early media: each fork has a To tag of its own, and within one all SDP is equal", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  const at = (port: number): string => sdp({ at: "10.1.1.215", port });
  phone.onCall = (call) => {
    call.respond(183, { tag: "one", sdp: at(4001) });
    call.respond(183, { tag: "two", sdp: at(4002) });
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.heard.filter((status) => status === 183).length === 2);
  phone.call.respond(180, { tag: "one" });
  await s.run(100);
  phone.call.answer({ tag: "one", sdp: at(4001) });
  await s.until(() => call.last === 200);
  const byTag = new Map<string, Set<string>>();
  for (const { to, body } of call.responses) {
    if (body.length === 0) continue;
    const tag = to.tag ?? "";
    byTag.set(tag, (byTag.get(tag) ?? new Set()).add(body.toString()));
  }
  assert.equal(byTag.size, 2, "two forks, two tags");
  for (const bodies of byTag.values()) assert.equal(bodies.size, 1, "RFC 3261 §13.2.1");
  const final = call.responses.at(-1);
  assert.equal(media(final?.body ?? ""), "10.1.1.215:4001 sendrecv");
  call.bye();
  await s.assertClean();
});

test("one leg: the caller sees one To tag from the first ringing to the answer", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.respond(180, { sdp: sdp({ at: "10.1.1.215" }) });
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  phone.call.respond(180);
  await s.run(100);
  phone.call.answer();
  await s.until(() => call.last === 200);
  const tags = new Set(call.responses.flatMap(({ to }) => (to.tag === undefined ? [] : [to.tag])));
  assert.equal(tags.size, 1);
  const [early, final] = call.responses.filter(({ body }) => body.length > 0);
  assert.equal(originLine(early?.body ?? ""), originLine(final?.body ?? ""));
  call.bye();
  await s.assertClean();
});

test("a 200 after all is over, from nowhere: ACK and BYE go back to where it came from, only", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  const { invite } = phone.call;
  phone.call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.run(60_000);
  s.network.log.length = 0;
  // A fork in a tunnel answers a minute late, and names an address of its liking.
  const late = buildResponse(invite, 200, undefined, {
    toTag: "late",
    headers: [["Contact", "<sip:victim@198.51.100.7>"]],
  });
  phone.transport.send(late, phone.flow(), () => {});
  await s.run(50);
  assert.deepEqual(s.ladder().slice(0, 3), ["215 > us 200 INVITE", "us > 215 ACK", "us > 215 BYE"]);
  assert.ok(!s.ladder().some((line) => line.includes("198.51.100.7")));
  await s.assertClean();
});

test("a 200 for a call that we never made: silence", async () => {
  const s = await Scenario.start();
  const stranger = s.stranger();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  const { invite } = phone.call;
  call.bye();
  await s.run(60_000);
  s.network.log.length = 0;
  const forged = buildResponse(invite, 200, undefined, {
    toTag: "forged",
    headers: [["Contact", "<sip:x@198.51.100.7>"]],
  });
  stranger.transport.send(
    { ...forged, headers: withCallId(forged.headers, "no-such-call") },
    stranger.flow(),
    () => {},
  );
  await s.run(1000);
  assert.deepEqual(s.ladder(), ["stranger > us 200 INVITE"]);
  await s.assertClean();
});

function withCallId(headers: Headers, callId: string): Headers {
  return Headers.of(
    [...headers.entries()].map(([name, value]) => [name, name === "Call-ID" ? callId : value]),
  );
}
