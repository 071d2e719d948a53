import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopNetwork } from "../../../test/fakes/loop-network.ts";
import { respond, SipParty } from "../../../test/fakes/sip-party.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { createCounters } from "../../lib/counters.ts";
import { buildRequest, buildResponse } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import { serialize } from "../message/serializer.ts";
import { sipSaid } from "../words.ts";

const here = { host: "192.0.2.1", port: 5060 };
const there = { host: "192.0.2.2", port: 5060 };

interface Shape {
  readonly method?: string;
  readonly branch?: string;
  readonly sentBy?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
}

/** A request as some peer writes it, every part of its identity open. */
function shaped({
  method = "INVITE",
  branch = "z9hG4bKone",
  sentBy = "192.0.2.1:5060",
  callId = "call",
  cseq = 1,
  fromTag = "a",
  toTag,
}: Shape): SipRequest {
  return buildRequest({
    method,
    uri: "sip:bob@192.0.2.2",
    headers: [
      ["Via", `SIP/2.0/UDP ${sentBy}${branch === "" ? "" : `;branch=${branch}`}`],
      ["Max-Forwards", "70"],
      ["From", `<sip:alice@example.com>${fromTag === "" ? "" : `;tag=${fromTag}`}`],
      ["To", `<sip:bob@example.com>${toTag === undefined ? "" : `;tag=${toTag}`}`],
      ["Call-ID", callId],
      ["CSeq", `${cseq} ${method}`],
    ],
  });
}

function setUp(options: { readonly maxServer?: number } = {}) {
  const clock = new VirtualClock();
  const network = new LoopNetwork({ clock });
  const counters = createCounters();
  const bob = new SipParty(network, there.host, {
    counters,
    limits: { maxServer: options.maxServer ?? 100_000 },
  });
  /** Sends a request to Bob and returns the start lines that he answers with in the next 10 ms. */
  const put = (shape: Shape, from = here): readonly string[] => {
    const before = network.log.length;
    network.inject(serialize(shaped(shape)), from, there);
    clock.advance(10);
    return network.log.slice(before).map(({ startLine }) => startLine);
  };
  const sentAt = (start: string) =>
    network.log.filter(({ startLine }) => startLine.startsWith(start)).map(({ at }) => at);
  const nothingLeft = () => {
    clock.advance(65_000);
    assert.deepEqual([bob.live, clock.pending], [0, 0]);
  };
  return { clock, network, counters, bob, put, sentAt, nothingLeft };
}

const busy = "SIP/2.0 486 Busy Here";
const ringing = "SIP/2.0 180 Ringing";

test("a repeated INVITE gets the last provisional response again and reaches the user once", () => {
  const { bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => {
    respond(transaction, 100);
    respond(transaction, 180);
  };
  assert.deepEqual(put({}), ["SIP/2.0 100 Trying", ringing]);
  assert.deepEqual(put({}), [ringing]);
  assert.equal(bob.requests.length, 1);
  respond(bob.requests[0]!, 486);
  nothingLeft();
});

test("a non-2xx is repeated at T1, 3*T1, … every T2 until 64*T1, then the user hears of the missing ACK", () => {
  const { clock, bob, put, sentAt, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 486);
  put({});
  clock.advance(31_990);
  assert.deepEqual(bob.failures, []);
  clock.advance(1);
  assert.deepEqual(bob.failures, ["INVITE: no ACK came for the final response"]);
  const times = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(
    sentAt(busy),
    times.map((at) => at + 1),
  );
  nothingLeft();
});

test("the ACK of a non-2xx ends the repeating and is absorbed; late copies of INVITE and ACK too", () => {
  const { clock, bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 486);
  assert.deepEqual(put({}), [busy]);
  assert.deepEqual(put({}), [busy]);
  assert.deepEqual(put({ method: "ACK", toTag: "uas" }), []);
  assert.deepEqual(put({ method: "ACK", toTag: "uas" }), []);
  assert.deepEqual(put({}), []);
  assert.deepEqual([bob.acks.length, bob.requests.length, bob.failures.length], [0, 1, 0]);
  clock.advance(5000);
  assert.equal(bob.live, 0, "Timer I is T4");
  nothingLeft();
});

test("after a 2xx a repeated INVITE is absorbed, the user repeats, and each ACK reaches it (RFC 6026)", () => {
  const { clock, bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 200);
  assert.deepEqual(put({}), ["SIP/2.0 200 OK"]);
  assert.deepEqual(put({}), []);
  const [invite] = bob.requests;
  assert.ok(invite?.answered);
  respond(invite, 200);
  respond(invite, 486);
  assert.deepEqual(put({ method: "ACK", branch: "z9hG4bKack", toTag: "uas" }), []);
  // Some phones give this ACK the branch of the INVITE.
  assert.deepEqual(put({ method: "ACK", toTag: "uas" }), []);
  assert.equal(bob.acks.length, 2);
  assert.equal(bob.requests.length, 1);
  clock.advance(31_900);
  assert.equal(bob.live, 1);
  clock.advance(100);
  assert.equal(bob.live, 0, "Timer L is 64*T1");
  nothingLeft();
});

test("a finished non-INVITE answers each copy with the same octets for 64*T1", () => {
  const { clock, network, bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => {
    respond(transaction, 200);
    respond(transaction, 500);
  };
  assert.deepEqual(put({ method: "OPTIONS" }), ["SIP/2.0 200 OK"]);
  clock.advance(20_000);
  assert.deepEqual(put({ method: "OPTIONS" }), ["SIP/2.0 200 OK"]);
  assert.equal(network.log[0]?.text, network.log[1]?.text);
  assert.equal(bob.requests.length, 1);
  clock.advance(12_000);
  assert.equal(bob.live, 0);
  nothingLeft();
});

test("RFC 4320: no provisional but a 100, that not before 3.5 s over UDP, then by itself", () => {
  const { clock, counters, bob, put, sentAt, nothingLeft } = setUp();
  bob.answer = (transaction) => {
    respond(transaction, 100);
    respond(transaction, 180);
  };
  assert.deepEqual(put({ method: "OPTIONS" }), []);
  assert.deepEqual(put({ method: "OPTIONS" }), []);
  assert.equal(counters.get('sip_responses_withheld{reason="provisional"}'), 2);
  clock.advance(4000);
  assert.deepEqual(sentAt("SIP/2.0"), [3501]);
  assert.deepEqual(put({ method: "OPTIONS" }), ["SIP/2.0 100 Trying"]);
  respond(bob.requests[0]!, 200);
  clock.advance(10);
  assert.deepEqual(put({ method: "OPTIONS" }), ["SIP/2.0 200 OK"]);
  nothingLeft();
});

test("RFC 4320: a 408 to a non-INVITE stays here, and copies are still absorbed", () => {
  const { counters, bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 408);
  assert.deepEqual(put({ method: "OPTIONS" }), []);
  assert.deepEqual(put({ method: "OPTIONS" }), []);
  assert.equal(bob.requests.length, 1);
  assert.equal(counters.get('sip_responses_withheld{reason="408"}'), 1);
  nothingLeft();
});

test("a non-INVITE that the user forgets ends after 64*T1, and the user hears of it", () => {
  const { clock, bob, put, nothingLeft } = setUp();
  put({ method: "INFO", toTag: "x" });
  clock.advance(31_990);
  assert.deepEqual([bob.live, bob.failures.length], [1, 0]);
  clock.advance(1);
  assert.deepEqual([bob.live, bob.failures], [0, ["INFO: no final response was given in time"]]);
  respond(bob.requests[0]!, 200);
  nothingLeft();
});

test("a CANCEL is answered 200 with the INVITE's tag, told once, and its copies are absorbed (§9.2)", () => {
  const { network, bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 180);
  put({});
  assert.deepEqual(put({ method: "CANCEL" }), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
  assert.equal(network.log.find(({ startLine }) => startLine === "SIP/2.0 200 OK")?.message.to.tag, "uas");
  assert.deepEqual(put({ method: "CANCEL" }), ["SIP/2.0 200 OK"]);
  assert.equal(bob.cancels.length, 1);
  assert.equal(bob.requests.length, 1);
  put({ method: "ACK", toTag: "uas" });
  nothingLeft();
});

test("a CANCEL before any response, and after a final one, gets 200; after it without effect", () => {
  const { bob, put, nothingLeft } = setUp();
  bob.answerCancel = () => {};
  put({});
  assert.deepEqual(put({ method: "CANCEL" }), ["SIP/2.0 200 OK"]);
  assert.equal(bob.cancels.length, 1);
  // With another branch of its own it is a second CANCEL of the same INVITE: answered, not told again.
  assert.deepEqual(put({ method: "CANCEL", branch: "z9hG4bKother" }), ["SIP/2.0 200 OK"]);
  assert.equal(bob.cancels.length, 1);
  respond(bob.requests[0]!, 200);
  assert.deepEqual(put({ method: "CANCEL", branch: "z9hG4bKthird" }), ["SIP/2.0 200 OK"]);
  assert.equal(bob.cancels.length, 1);
  nothingLeft();
});

test("a CANCEL that matches nothing gets 481, costs no state, and its answer is the same each time", () => {
  const { network, bob, put } = setUp();
  const refused = "SIP/2.0 481 Call/Transaction Does Not Exist";
  assert.deepEqual(put({ method: "CANCEL" }), [refused]);
  assert.deepEqual(put({ method: "CANCEL" }), [refused]);
  assert.equal(network.log[0]?.text, network.log[1]?.text);
  assert.match(network.log[0]?.message.to.tag ?? "", /^s/);
  assert.deepEqual([bob.live, bob.cancels.length], [0, 0]);
});

test("NAT changed the sent-by: CANCEL and ACK find their INVITE by Call-ID, From tag and CSeq from the same address", () => {
  const { bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 180);
  put({});
  const moved = { method: "CANCEL", sentBy: "198.51.100.7:31000" };
  const stranger = put(moved, { host: "203.0.113.9", port: 5060 });
  assert.deepEqual(stranger, ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
  assert.deepEqual(put({ ...moved, cseq: 2 }), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
  assert.deepEqual(put(moved, { host: here.host, port: 31_000 }), [
    "SIP/2.0 200 OK",
    "SIP/2.0 487 Request Terminated",
  ]);
  const ack = { method: "ACK", sentBy: "198.51.100.7:31000", branch: "z9hG4bKnew" };
  put({ ...ack, toTag: "other" });
  assert.equal(bob.acks.length, 1, "another To tag: not for this response");
  put({ ...ack, toTag: "uas" });
  assert.equal(bob.acks.length, 1);
  assert.deepEqual(put({}), [], "confirmed: a copy of the INVITE is absorbed");
  nothingLeft();
});

test("RFC 2543 peers without a branch: retransmission, ACK and CANCEL are matched by the old rule (§17.2.3)", () => {
  const { bob, put, nothingLeft } = setUp();
  const old = { branch: "", fromTag: "" };
  bob.answer = (transaction) => respond(transaction, 180);
  assert.deepEqual(put(old), [ringing]);
  assert.deepEqual(put(old), [ringing]);
  assert.deepEqual(put({ ...old, method: "CANCEL" }), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
  assert.deepEqual(put({ ...old, method: "ACK", toTag: "uas" }), []);
  assert.deepEqual([bob.requests.length, bob.acks.length], [1, 0]);
  assert.deepEqual(put({ ...old, cseq: 2 }), [ringing], "the next CSeq is another transaction");
  bob.answer = (transaction) => respond(transaction, 200);
  assert.deepEqual(put({ ...old, cseq: 3 }), ["SIP/2.0 200 OK"]);
  put({ ...old, cseq: 3, method: "ACK", toTag: "uas" });
  assert.equal(bob.acks.length, 1);
  respond(bob.requests[1]!, 486);
  nothingLeft();
});

test("a merged request gets 482, one in a dialog or with the next CSeq does not (§8.2.2.2)", () => {
  const { bob, put, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 180);
  put({});
  assert.deepEqual(put({ branch: "z9hG4bKtwo" }), ["SIP/2.0 482 Loop Detected"]);
  put({ method: "ACK", branch: "z9hG4bKtwo", toTag: "s1" });
  assert.deepEqual(put({ branch: "z9hG4bKthree", cseq: 2 }), [ringing]);
  assert.deepEqual(put({ branch: "z9hG4bKfour", fromTag: "b" }), [ringing]);
  assert.deepEqual(put({ branch: "z9hG4bKfive", toTag: "uas" }), [ringing]);
  for (const transaction of bob.requests) respond(transaction, 486);
  assert.equal(bob.requests.length, 4);
  // A refused request may be tried again by another way (RFC 3263 §4.3).
  assert.deepEqual(put({ branch: "z9hG4bKsix" }), [ringing]);
  respond(bob.requests[4]!, 486);
  nothingLeft();
});

test("the same INVITE on a new stream, as the first has broken: what it got last comes again, another branch is 482", () => {
  const { network, clock, bob, nothingLeft } = setUp();
  bob.answer = (transaction) => {
    transaction.answerBy(() => bob.transport.flowTo({ transport: "tcp", ...here }));
    respond(transaction, 180);
  };
  const alice = network.host(here.host);
  const put = (shape: Shape): readonly string[] => {
    const before = network.log.length;
    const flow = alice.flowTo({ transport: "tcp", ...there }) ?? assert.fail();
    alice.send(shaped(shape), flow, ({ text }) => assert.fail(text));
    clock.advance(10);
    return network.log.slice(before + 1).map(({ startLine }) => startLine);
  };
  assert.deepEqual(put({}), [ringing]);
  alice.dropStreams();
  clock.advance(10);
  assert.deepEqual(put({}), [ringing]);
  assert.deepEqual(put({ branch: "z9hG4bKtwo" }), ["SIP/2.0 482 Loop Detected"]);
  assert.equal(bob.requests.length, 1);
  respond(bob.requests[0]!, 486);
  nothingLeft();
});

test("a peer that uses its branch again for another request gets an answer of its own, and a copy the same again", () => {
  const { bob, put, network, nothingLeft } = setUp();
  bob.answer = (transaction) => respond(transaction, 486);
  for (const shape of [{}, { callId: "other" }, { callId: "other", cseq: 2 }]) {
    assert.deepEqual(put(shape), [busy]);
    assert.equal(network.log.at(-1)?.message.callId, shape.callId ?? "call");
  }
  assert.deepEqual(put({}), [busy]);
  assert.equal(bob.requests.length, 3);
  assert.deepEqual(put({}, { host: "198.51.100.7", port: 5060 }), [busy]);
  assert.deepEqual([bob.requests.length, network.log.at(-1)?.to.host], [4, "198.51.100.7"]);
  nothingLeft();
});

test("a dismissed INVITE is answered once and forgotten; a copy is asked about again, its ACK finds nothing (§8.2.7)", () => {
  const { bob, put, sentAt, clock, nothingLeft } = setUp();
  bob.answer = (transaction) =>
    transaction.dismiss(buildResponse(transaction.request, 403, undefined, { toTag: "none" }));
  const forbidden = "SIP/2.0 403 Forbidden";
  assert.deepEqual(put({}), [forbidden]);
  assert.equal(bob.live, 0);
  assert.deepEqual(put({ method: "ACK", toTag: "none" }), []);
  assert.deepEqual(put({}), [forbidden]);
  clock.advance(40_000);
  assert.deepEqual([sentAt(forbidden).length, bob.requests.length, bob.failures.length], [2, 2, 0]);
  nothingLeft();
});

test("at the limit new calls get 503 and Retry-After, calls in progress go on, at twice the limit silence", () => {
  const { network, counters, bob, put, nothingLeft } = setUp({ maxServer: 3 });
  bob.answer = (transaction) => {
    if (transaction.request.method !== "INVITE") respond(transaction, 200);
  };
  for (const at of [1, 2, 3]) put({ branch: `z9hG4bK${at}`, callId: `c${at}` });
  assert.deepEqual(put({ branch: "z9hG4bK4", callId: "c4" }), ["SIP/2.0 503 Service Unavailable"]);
  const retryAfter = Number(network.log.at(-1)?.message.headers.get("retry-after"));
  assert.ok(retryAfter >= 5 && retryAfter <= 30, `${retryAfter}`);
  assert.deepEqual(put({ method: "CANCEL", branch: "z9hG4bK1", callId: "c1" }), [
    "SIP/2.0 200 OK",
    "SIP/2.0 487 Request Terminated",
  ]);
  assert.deepEqual(put({ method: "BYE", branch: "z9hG4bK5", callId: "c5", toTag: "x" }), ["SIP/2.0 200 OK"]);
  assert.deepEqual(put({ method: "INFO", branch: "z9hG4bK6", callId: "c6", toTag: "x" }), ["SIP/2.0 200 OK"]);
  put({ method: "ACK", branch: "z9hG4bK7", callId: "c7", toTag: "x" });
  assert.equal(bob.acks.length, 1);
  assert.equal(bob.live, 6);
  assert.deepEqual(put({ method: "INFO", branch: "z9hG4bK8", callId: "c8", toTag: "x" }), []);
  assert.equal(counters.get('sip_requests_refused{reason="full"}'), 1);
  assert.equal(counters.get('sip_requests_refused{reason="503"}'), 1);
  for (const transaction of bob.requests) respond(transaction, 486);
  nothingLeft();
});

test("a response of the user's own making after the end of the transaction changes nothing", () => {
  const { clock, network, bob, put } = setUp();
  put({});
  const [invite] = bob.requests;
  respond(invite!, 486);
  put({ method: "ACK", toTag: "uas" });
  clock.advance(10_000);
  const sent = network.log.length;
  respond(invite!, 200);
  invite!.respond(buildResponse(invite!.request, 180));
  assert.equal(network.log.length, sent);
  assert.equal(invite!.answered, true);
});

test("a final response that cannot be sent is reported, and copies of the request are still absorbed", () => {
  const { clock, bob, put, nothingLeft } = setUp();
  const send = bob.transport.send.bind(bob.transport);
  bob.transport.send = (_message, _flow, onError) =>
    void clock.after(1, () => onError(sipSaid("flow.noRouteToHost", {})));
  bob.answer = (transaction) => respond(transaction, transaction.request.method === "INVITE" ? 486 : 200);
  put({});
  put({ method: "OPTIONS", branch: "z9hG4bKtwo", callId: "two" });
  assert.deepEqual(bob.failures, ["INVITE: no route to the host", "OPTIONS: no route to the host"]);
  bob.transport.send = send;
  assert.deepEqual(put({}), [busy]);
  assert.deepEqual(put({ method: "OPTIONS", branch: "z9hG4bKtwo", callId: "two" }), ["SIP/2.0 200 OK"]);
  assert.equal(bob.requests.length, 2);
  nothingLeft();
});
