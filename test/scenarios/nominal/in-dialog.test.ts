import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, finish } from "../connected.ts";
import { media, originLine, sdp } from "../sdp.ts";

test("the caller holds and resumes: the phone gets the same media directions, our own o= with growing versions", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const before = originLine(b.remoteSdp);
  const hold = a.reinvite(sdp({ at: "10.0.0.9", direction: "sendonly", version: 2 }));
  b.on.set("INVITE", (transaction) =>
    b.reply(transaction, 200, sdp({ at: "10.1.1.215", direction: "recvonly", version: 2 })),
  );
  await s.until(() => hold.heard.includes(200));
  assert.equal(media(hold.responses.at(-1)?.body ?? ""), "10.1.1.215:4000 recvonly");
  assert.deepEqual(s.ladder(), [
    "carrier > us INVITE",
    "us > carrier 100 INVITE",
    "us > 215 INVITE",
    "215 > us 200 INVITE",
    "us > 215 ACK",
    "us > carrier 200 INVITE",
    "carrier > us ACK",
  ]);
  const resume = a.reinvite(sdp({ at: "10.0.0.9", version: 3 }));
  b.on.delete("INVITE");
  await s.until(() => resume.heard.includes(200));
  const [first, second] = b.requests.map(({ request }) => request.body);
  assert.equal(media(first ?? ""), "10.0.0.9:4000 sendonly");
  assert.equal(media(second ?? ""), "10.0.0.9:4000 sendrecv");
  const version = (line: string): number => Number(line.split(" ")[2]);
  assert.deepEqual([before, originLine(first ?? ""), originLine(second ?? "")].map(version), [1, 2, 3]);
  assert.equal(originLine(first ?? "").split(" ")[1], before.split(" ")[1], "the same session");
  await finish(call);
  assert.match(s.story, /The caller put the call on hold/);
});

test("the phone holds with c=0.0.0.0, and resumes with UPDATE", async () => {
  const call = await connected({}, { headers: [["Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"]] });
  const { s, a, b } = call;
  const hold = b.reinvite(sdp({ at: "0.0.0.0", version: 2 }));
  await s.until(() => hold.heard.includes(200));
  assert.equal(media(a.requests[0]?.request.body ?? ""), "0.0.0.0:4000 sendrecv");
  const resume = b.update(sdp({ at: "10.1.1.215", version: 3 }));
  await s.until(() => resume.heard.includes(200));
  assert.equal(a.got("UPDATE"), 1);
  await finish(call);
  assert.match(s.story, /The callee put the call on hold/);
});

test("an UPDATE for a peer that does not know UPDATE becomes a re-INVITE", async () => {
  const call = await connected({}, { headers: [["Allow", "INVITE, ACK, BYE, CANCEL"]] });
  const { s, a, b } = call;
  const update = b.update(sdp({ at: "10.1.1.215", direction: "inactive", version: 2 }));
  await s.until(() => update.heard.includes(200));
  assert.equal(a.got("INVITE"), 1);
  await s.run(5000);
  assert.equal(s.ladder().filter((line) => line === "us > carrier ACK").length, 1);
  await finish(call);
});

test("a re-INVITE without SDP: the other side is asked for an offer, the answer travels in both ACKs", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", (transaction) => {
    assert.equal(transaction.request.body.length, 0);
    b.reply(transaction, 200, sdp({ at: "10.1.1.215", port: 4444, version: 2 }));
  });
  const ask = a.reinvite("", [], sdp({ at: "10.0.0.9", port: 5555, version: 2 }));
  await s.until(() => b.acks.length === 2);
  assert.equal(media(ask.responses.at(-1)?.body ?? ""), "10.1.1.215:4444 sendrecv");
  assert.equal(media(b.acks.at(-1)?.body ?? ""), "10.0.0.9:5555 sendrecv");
  await finish(call);
});

test("a re-INVITE that repeats the same SDP is a refresh and stays on its own leg", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const refresh = a.reinvite(a.invite.body.toString());
  await s.until(() => refresh.heard.includes(200));
  assert.equal(b.got("INVITE"), 0);
  assert.equal(
    refresh.responses.at(-1)?.body.toString(),
    a.responses.find(({ status }) => status === 200)?.body.toString(),
    "the very same description, version included (RFC 4028 §7.4)",
  );
  await finish(call);
});

test("INFO goes through both ways with its body, and the answer comes back", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const digit = a.info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
  await s.until(() => digit.heard.includes(200));
  assert.equal(b.requests[0]?.request.body.toString(), "Signal=5\r\nDuration=160\r\n");
  assert.equal(b.requests[0]?.request.headers.get("content-type"), "application/dtmf-relay");
  a.on.set("INFO", (transaction) => a.reply(transaction, 415));
  const other = b.info("application/x-odd", "x");
  await s.until(() => other.heard.includes(415));
  await finish(call);
});

test("OPTIONS inside the dialog: 200 with what we can do, on this leg alone", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const ping = a.send("OPTIONS");
  await s.until(() => ping.heard.includes(200));
  assert.match(ping.responses[0]?.headers.get("allow") ?? "", /INVITE/);
  assert.equal(b.requests.length, 0);
  await finish(call);
});

test("REFER inside the dialog is refused with what we do take", async () => {
  const call = await connected();
  const { s, a } = call;
  const refer = a.send("REFER", { headers: [["Refer-To", "<sip:+31900123456@10.0.0.1>"]] });
  await s.until(() => refer.heard.includes(405));
  assert.doesNotMatch(refer.responses[0]?.headers.get("allow") ?? "", /REFER/);
  await finish(call);
});

test("a re-INVITE that requires what we do not know: 420, and the call goes on", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const odd = a.reinvite(sdp({ at: "10.0.0.9", version: 2 }), [["Require", "antigravity"]]);
  await s.until(() => odd.heard.includes(420));
  assert.equal(odd.responses.at(-1)?.headers.get("unsupported"), "antigravity");
  assert.equal(b.got("INVITE"), 0);
  await finish(call);
});

test("the phone hangs up: BYE to the caller", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const bye = b.bye();
  await s.until(() => a.got("BYE") === 1);
  assert.deepEqual(bye.heard, [200]);
  await s.assertClean();
  assert.match(s.story, /The called party hung up/);
  assert.match(s.record.reason, /step 1 \(Phone 215\) was answered; the called party hung up/);
});
