import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopNetwork, type Packet } from "../../../test/fakes/loop-network.ts";
import { respond, SipParty } from "../../../test/fakes/sip-party.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { createCounters } from "../../lib/counters.ts";
import { buildResponse } from "../message/build.ts";
import type { SipMessage } from "../message/message.ts";
import { serialize } from "../message/serializer.ts";

function setUp(kind: "udp" | "tcp" = "udp") {
  const clock = new VirtualClock();
  const network = new LoopNetwork({ clock });
  const counters = createCounters();
  const alice = new SipParty(network, "192.0.2.1", { kind, counters });
  const bob = new SipParty(network, "192.0.2.2", { kind });
  const dropAll = (start: string) => {
    network.intercept = (packet) => (packet.startLine.startsWith(start) ? "drop" : undefined);
  };
  const sentAt = (start: string) =>
    network.log.filter(({ startLine }) => startLine.startsWith(start)).map(({ at }) => at);
  const last = (start: string): Packet => {
    const packet = network.log.findLast(({ startLine }) => startLine.startsWith(start));
    assert.ok(packet, `nothing that starts with ${start} was sent`);
    return packet;
  };
  const nothingLeft = () => {
    clock.advance(65_000);
    assert.deepEqual([alice.live, bob.live, clock.pending], [0, 0, 0]);
  };
  return { clock, network, counters, alice, bob, dropAll, sentAt, last, nothingLeft };
}

const value = (message: SipMessage, name: string) => message.headers.get(name);

test("an INVITE over UDP is sent at 0, T1, 3*T1, 7*T1 … and given up at 64*T1 (RFC 3261 §17.1.1.2)", () => {
  const { clock, alice, bob, dropAll, sentAt, nothingLeft } = setUp();
  dropAll("INVITE");
  const { outcome } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(31_999);
  assert.deepEqual(outcome.heard, []);
  clock.advance(1);
  assert.deepEqual(outcome.heard, ["timeout"]);
  assert.deepEqual(sentAt("INVITE"), [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
  assert.equal(alice.live, 0);
  nothingLeft();
});

test("a non-INVITE over UDP repeats up to every T2 and is given up at 64*T1 (§17.1.2.2)", () => {
  const { clock, alice, bob, dropAll, sentAt, nothingLeft } = setUp();
  dropAll("OPTIONS");
  const { outcome } = alice.send(alice.build("OPTIONS", bob), bob);
  clock.advance(40_000);
  assert.deepEqual(outcome.heard, ["timeout"]);
  assert.deepEqual(
    sentAt("OPTIONS"),
    [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
  );
  nothingLeft();
});

test("a provisional response stops the INVITE's retransmissions; there is no limit on ringing", () => {
  const { clock, alice, bob, sentAt, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 180);
  const { outcome } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(600_000);
  assert.deepEqual(outcome.heard, ["180"]);
  assert.deepEqual(sentAt("INVITE"), [0]);
  respond(bob.requests[0]!, 486);
  clock.advance(10);
  assert.deepEqual(outcome.heard, ["180", "486"]);
  nothingLeft();
});

test("a provisional response sets a non-INVITE's retransmissions to every T2", () => {
  const { clock, network, alice, bob, sentAt, nothingLeft } = setUp("udp");
  // A 100 at 200 ms from an element that follows RFC 3261 alone: by hand, for our own server side would not.
  network.intercept = (packet) => {
    if (packet.startLine.startsWith("OPTIONS") && packet.at === 0) {
      const { message } = packet;
      assert.equal(message.kind, "request");
      if (message.kind === "request") {
        const trying = buildResponse(message, 100);
        bob.transport.send(trying, bob.flowTo(alice), () => {});
      }
    }
    return packet.startLine.startsWith("OPTIONS") ? "drop" : undefined;
  };
  const { outcome } = alice.send(alice.build("OPTIONS", bob), bob);
  clock.advance(40_000);
  assert.deepEqual(outcome.heard, ["100", "timeout"]);
  assert.deepEqual(sentAt("OPTIONS"), [0, 500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500]);
  nothingLeft();
});

test("over a stream nothing is repeated, and a final response ends a non-INVITE at once", () => {
  const { clock, alice, bob, sentAt, nothingLeft } = setUp("tcp");
  bob.answer = (transaction) => respond(transaction, 200);
  const { outcome } = alice.send(alice.build("OPTIONS", bob), bob);
  clock.advance(10);
  assert.deepEqual(outcome.heard, ["200"]);
  assert.deepEqual([alice.live, bob.live], [0, 0]);
  bob.answer = () => {};
  const silent = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(32_000);
  assert.deepEqual(silent.outcome.heard, ["timeout"]);
  assert.deepEqual(sentAt("INVITE"), [10]);
  // Bob's side rings still: ending that is its user's business.
  respond(bob.requests[1]!, 480);
  nothingLeft();
});

test("each copy of a non-2xx final response gets the same ACK, and the user hears it once (§17.1.1.3)", () => {
  const { clock, network, alice, bob, last, sentAt, nothingLeft } = setUp();
  let acks = 0;
  network.intercept = ({ startLine }) => (startLine.startsWith("ACK") && ++acks <= 2 ? "drop" : undefined);
  bob.answer = (transaction) => respond(transaction, 486);
  const route = "<sip:proxy.example.com;lr>";
  const invite = alice.build("INVITE", bob, [
    ["Route", route],
    ["Route", "<sip:second.example.com;lr>"],
  ]);
  const { outcome, transaction } = alice.send(invite, bob);
  clock.advance(31_000);
  assert.deepEqual(outcome.heard, ["486"]);
  assert.deepEqual(sentAt("SIP/2.0 486"), [1, 501, 1501]);
  assert.deepEqual(sentAt("ACK"), [2, 502, 1502]);
  const ack = last("ACK").message;
  assert.equal(ack.kind === "request" && ack.uri, invite.uri);
  assert.deepEqual(ack.headers.all("via"), [value(transaction.request, "via")]);
  assert.deepEqual(ack.headers.all("route"), [route, "<sip:second.example.com;lr>"]);
  assert.equal(value(ack, "from"), value(invite, "from"));
  assert.equal(value(ack, "to"), `${value(invite, "to")};tag=uas`);
  assert.equal(value(ack, "call-id"), invite.callId);
  assert.equal(value(ack, "cseq"), `${invite.cseq.number} ACK`);
  assert.equal(bob.acks.length, 0);
  nothingLeft();
});

test("every 2xx, of other forks too, reaches the user for 64*T1, and none after it (RFC 6026 §7.2)", () => {
  const { clock, alice, bob, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 200);
  const { outcome, transaction } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  const fork = buildResponse(transaction.request, 200, undefined, { toTag: "fork" });
  const again = () => bob.transport.send(fork, bob.flowTo(alice), () => {});
  again();
  clock.advance(10);
  assert.deepEqual(outcome.heard, ["200", "200"]);
  assert.deepEqual(
    outcome.responses.map((response) => response.to.tag),
    ["uas", "fork"],
  );
  clock.advance(32_000);
  assert.equal(alice.live, 0);
  again();
  clock.advance(10);
  assert.equal(outcome.heard.length, 2);
  assert.equal(alice.strays.length, 1);
  nothingLeft();
});

test("a 2xx after the user has let go, or after another final response, is a stray", () => {
  const { clock, alice, bob, nothingLeft } = setUp();
  const status: number[] = [200, 603];
  bob.answer = (transaction) => respond(transaction, status.shift()!);
  const released = alice.send(alice.build("INVITE", bob), bob);
  const declined = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  released.transaction.release();
  for (const { transaction } of [released, declined]) {
    const late = buildResponse(transaction.request, 200, undefined, { toTag: "late" });
    bob.transport.send(late, bob.flowTo(alice), () => {});
  }
  clock.advance(10);
  assert.deepEqual([released.outcome.heard, declined.outcome.heard], [["200"], ["603"]]);
  assert.deepEqual(
    alice.strays.map((response) => response.callId),
    [released.transaction.request.callId, declined.transaction.request.callId],
  );
  nothingLeft();
});

test("responses that do not fit are dropped and counted", () => {
  const { clock, network, alice, bob, counters, nothingLeft } = setUp();
  const { outcome, transaction } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(5);
  const busy = serialize(buildResponse(transaction.request, 486, undefined, { toTag: "x" })).toString();
  const wrong = [
    busy.replace(/CSeq: \d+ INVITE/, "CSeq: 1 BYE"),
    busy.replace("192.0.2.1:5060;branch", "192.0.2.9:5060;branch"),
    busy.replace(/\r\nFrom/, "\r\nVia: SIP/2.0/UDP 192.0.2.8;branch=z9hG4bKother\r\nFrom"),
    busy.replace(/branch=[^;]*/, "branch=z9hG4bKunknown"),
    busy
      .replace("486", "200")
      .replace(/SIP\/2.0\/UDP [^;]*;branch=[^;]*/, "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx"),
  ];
  for (const octets of wrong) {
    assert.notEqual(octets, busy);
    network.inject(octets, { host: "192.0.2.2", port: 5060 }, { host: "192.0.2.1", port: 5060 });
  }
  clock.advance(5);
  assert.deepEqual(alice.transport.faults, []);
  assert.deepEqual([outcome.heard, alice.strays], [[], []]);
  assert.deepEqual(
    { ...counters.snapshot() },
    {
      'sip_responses_dropped{reason="method"}': 1,
      'sip_responses_dropped{reason="sent_by"}': 2,
      'sip_responses_dropped{reason="several_vias"}': 1,
      'sip_responses_dropped{reason="unmatched"}': 1,
    },
  );
  respond(bob.requests[0]!, 486);
  clock.advance(5);
  assert.deepEqual(outcome.heard, ["486"]);
  nothingLeft();
});

test("a CANCEL waits for a provisional response and then goes at once (§9.1)", () => {
  const { clock, alice, bob, last, sentAt, nothingLeft } = setUp();
  const { outcome, transaction } = alice.send(
    alice.build("INVITE", bob, [["Route", "<sip:p.example.com;lr>"]]),
    bob,
  );
  const reason = ["Reason", 'SIP;cause=200;text="Call completed elsewhere"'] as const;
  transaction.cancel([reason]);
  clock.advance(400);
  assert.deepEqual(sentAt("CANCEL"), []);
  respond(bob.requests[0]!, 100);
  clock.advance(10);
  assert.deepEqual(sentAt("CANCEL"), [401]);
  assert.deepEqual(outcome.heard, ["100", "487"]);
  transaction.cancel();
  clock.advance(10);
  const cancel = last("CANCEL").message;
  const invite = transaction.request;
  assert.equal(cancel.kind === "request" && cancel.uri, invite.uri);
  for (const name of ["via", "route", "from", "to", "call-id"])
    assert.equal(value(cancel, name), value(invite, name));
  assert.equal(cancel.headers.count("via"), 1);
  assert.equal(value(cancel, "cseq"), `${invite.cseq.number} CANCEL`);
  assert.equal(value(cancel, "reason"), reason[1]);
  assert.equal(bob.cancels.length, 1);
  nothingLeft();
});

test("a CANCEL that crosses a final response is never sent, or does no harm", () => {
  const { clock, alice, bob, sentAt, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 200);
  const early = alice.send(alice.build("INVITE", bob), bob);
  early.transaction.cancel();
  clock.advance(10);
  early.transaction.cancel();
  assert.deepEqual(early.outcome.heard, ["200"]);
  assert.deepEqual(sentAt("CANCEL"), []);

  bob.answer = (transaction) => respond(transaction, 180);
  const crossing = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  // In the same millisecond: the 200 and the CANCEL pass each other.
  respond(bob.requests[1]!, 200);
  crossing.transaction.cancel();
  clock.advance(10);
  assert.deepEqual(crossing.outcome.heard, ["180", "200"]);
  assert.equal(sentAt("CANCEL").length, 1);
  assert.equal(sentAt("SIP/2.0 200").length, 3, "two answers and one 200 to the CANCEL");
  assert.equal(bob.cancels.length, 0);
  nothingLeft();
});

test("no final response 64*T1 after the CANCEL: the transaction is destroyed (§9.1), a later 2xx is a stray", () => {
  const { clock, alice, bob, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 180);
  bob.answerCancel = () => {};
  const { outcome, transaction } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(100_000);
  transaction.cancel();
  clock.advance(31_999);
  assert.deepEqual(outcome.heard, ["180"]);
  clock.advance(1);
  assert.deepEqual(outcome.heard, ["180", "timeout"]);
  respond(bob.requests[0]!, 200);
  clock.advance(10);
  assert.equal(alice.strays.length, 1);
  nothingLeft();
});

test("a lost CANCEL is repeated by its own transaction", () => {
  const { clock, network, alice, bob, sentAt, nothingLeft } = setUp();
  let cancels = 0;
  network.intercept = ({ startLine }) =>
    startLine.startsWith("CANCEL") && ++cancels <= 2 ? "drop" : undefined;
  bob.answer = (transaction) => respond(transaction, 180);
  const { outcome, transaction } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  transaction.cancel();
  clock.advance(3000);
  assert.deepEqual(sentAt("CANCEL"), [10, 510, 1510]);
  assert.deepEqual(outcome.heard, ["180", "487"]);
  nothingLeft();
});

test("a connection that breaks fails what waits on it, but an INVITE that has been heard of (T1)", () => {
  const { clock, alice, bob, nothingLeft } = setUp("tcp");
  bob.answer = (transaction) => {
    if (transaction.request.method === "INVITE") respond(transaction, 180);
  };
  const ringing = alice.send(alice.build("INVITE", bob), bob);
  const waiting = alice.send(alice.build("OPTIONS", bob), bob);
  clock.advance(10);
  bob.answer = (transaction) => respond(transaction, 200);
  const answered = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  alice.transport.dropStreams();
  clock.advance(10);
  assert.deepEqual(ringing.outcome.heard, ["180"], "its answer may come on another connection");
  assert.deepEqual(waiting.outcome.heard, ["error: connection reset by the peer"]);
  assert.deepEqual(answered.outcome.heard, ["200"]);
  assert.deepEqual(bob.failures.sort(), [
    "INVITE: connection reset by the peer",
    "OPTIONS: connection reset by the peer",
  ]);
  // RFC 6026 §8.8: the INVITE's transaction stays until its user answers, by another connection (RFC 3261 §18.2.2).
  bob.requests[0]!.answerBy(() => bob.flowTo(alice));
  respond(bob.requests[0]!, 487);
  clock.advance(10);
  assert.deepEqual(ringing.outcome.heard, ["180", "487"]);
  nothingLeft();
});

test("who speaks of an INVITE by another connection, its own having broken before, hears that nobody waits (T1)", () => {
  const { clock, alice, bob, nothingLeft } = setUp("tcp");
  const sent = [1, 2, 3].map(() => alice.send(alice.build("INVITE", bob), bob));
  clock.advance(10);
  alice.transport.dropStreams();
  clock.advance(10);
  for (const { outcome } of sent) assert.deepEqual(outcome.heard, ["error: connection reset by the peer"]);
  const [rings, answers, silent] = bob.requests;
  assert.ok(rings && answers && silent);
  for (const one of bob.requests) one.answerBy(() => bob.flowTo(alice));
  respond(rings, 180);
  respond(answers, 200);
  clock.advance(20);
  assert.deepEqual(
    bob.cancels.map(({ invite }) => invite),
    [rings],
  );
  assert.equal(alice.strays.length, 1, "an answer is acknowledged and hung up");
  clock.advance(32_000);
  // Too late: nobody knows of it any more.
  respond(silent, 404);
  for (const { outcome } of sent) assert.equal(outcome.heard.length, 1);
  nothingLeft();
});

test("a request that cannot be sent fails with the reason", () => {
  const { clock, network, alice, bob, nothingLeft } = setUp("tcp");
  network.remove(bob.transport);
  const invite = alice.send(alice.build("INVITE", bob), bob);
  const options = alice.send(alice.build("OPTIONS", bob), bob);
  clock.advance(10);
  assert.deepEqual(invite.outcome.heard, ["error: connection refused"]);
  assert.match(options.outcome.heard.join(), /^error: /);
  nothingLeft();
});

test("the user may call back from within what it is told", () => {
  const { clock, alice, bob, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 180);
  const invite = alice.build("INVITE", bob);
  const heard: string[] = [];
  const transaction = alice.transactions.request(invite, alice.flowTo(bob), {
    onResponse({ status }) {
      heard.push(`${status}`);
      if (status === 180) transaction.cancel();
      else alice.send(alice.build("OPTIONS", bob), bob);
    },
    onTimeout: () => heard.push("timeout"),
    onTransportError: ({ text }) => heard.push(text),
  });
  clock.advance(10);
  assert.deepEqual(heard, ["180", "487"]);
  assert.equal(bob.requests.length, 2);
  nothingLeft();
});

test("an ACK to a 2xx has a branch of its own and no transaction", () => {
  const { clock, alice, bob, last, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 200);
  const { outcome, transaction } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  alice.acknowledge(transaction.request, outcome.responses[0]!, bob);
  clock.advance(10);
  assert.equal(bob.acks.length, 1);
  const branch = last("ACK").message.via.branch;
  assert.match(branch ?? "", /^z9hG4bK[0-9a-f]{24}$/);
  assert.notEqual(branch, transaction.request.via.branch);
  assert.equal(alice.transactions.counts().client, 0);
  nothingLeft();
});

test("close forgets everything: no timer is left and nobody is told", () => {
  const { clock, alice, bob } = setUp();
  const invite = alice.send(alice.build("INVITE", bob), bob);
  const options = alice.send(alice.build("OPTIONS", bob), bob);
  clock.advance(10);
  alice.transactions.close();
  bob.transactions.close();
  assert.deepEqual([alice.live, bob.live, clock.pending], [0, 0, 0]);
  clock.advance(65_000);
  assert.deepEqual([invite.outcome.heard, options.outcome.heard], [[], []]);
});

for (const had of [true, false]) {
  test(`an INVITE that goes out anew on another stream is cancelled there first; the peer ${had ? "had" : "never got"} it`, () => {
    const { clock, network, alice, bob, nothingLeft } = setUp("tcp");
    if (!had) network.intercept = ({ startLine }) => (startLine.startsWith("INVITE") ? "drop" : undefined);
    const { transaction, outcome } = alice.send(alice.build("INVITE", bob), bob);
    clock.advance(3_000);
    assert.equal(transaction.flow.endIfSilent?.(1_000), true);
    const again = alice.flowTo(bob);
    assert.notEqual(again, transaction.flow);
    transaction.abandon(again);
    clock.advance(10);
    assert.deepEqual(
      outcome.heard,
      ["error: nothing comes from the peer any more"],
      "it is over for its user",
    );
    assert.equal(bob.cancels.length, had ? 1 : 0);
    assert.equal(bob.requests.length, had ? 1 : 0);
    const heard = network.log.slice(1).map(({ startLine }) => startLine.split(" ").slice(0, 2).join(" "));
    assert.deepEqual(heard.slice(0, 2), [
      `CANCEL ${transaction.request.uri}`,
      had ? "SIP/2.0 200" : "SIP/2.0 481",
    ]);
    nothingLeft();
  });
}

test("of two CANCELs for one INVITE the second lives on when the first has ended, and hears its answer", () => {
  const { clock, counters, alice, bob, dropAll, sentAt, nothingLeft } = setUp();
  bob.answerCancel = () => {};
  const { transaction } = alice.send(alice.build("INVITE", bob), bob);
  clock.advance(10);
  transaction.abandon(alice.flowTo(bob));
  clock.advance(10);
  dropAll("SIP/2.0 200");
  transaction.abandon(alice.flowTo(bob));
  // Timer K of the first is over.
  clock.advance(6_000);
  dropAll("nothing");
  clock.advance(3_000);
  assert.equal(sentAt("CANCEL").length, 1 + 5, "Timer E of the second has run until there was an answer");
  assert.equal(counters.get('sip_responses_dropped{reason="unmatched"}'), 0);
  respond(bob.requests[0]!, 487);
  nothingLeft();
});
