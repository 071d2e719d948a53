import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentCall } from "../agent-call.ts";
import { CARRIER, NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

/** A call that rings: what the carrier and phone 215 have of it. */
async function ringing(): Promise<{ readonly s: Scenario; readonly a: AgentCall; readonly b: AgentCall }> {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.ring();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 180);
  return { s, a, b: s.at("215").call };
}

async function answered(s: Scenario, a: AgentCall, b: AgentCall): Promise<void> {
  b.answer();
  await s.until(() => a.last === 200);
  a.bye();
  await s.until(() => b.got("BYE") === 1);
  await s.assertClean();
  assert.equal(s.record.result, "completed");
}

test("S11: what either side asks before the answer harms nothing: UPDATE without SDP, INFO, OPTIONS are 200", async () => {
  const { s, a, b } = await ringing();
  for (const side of [a, b]) {
    const update = side.update("");
    const optional = side.update("<presence/>", [
      ["Content-Type", "application/pidf+xml"],
      ["Content-Disposition", "render;handling=optional"],
    ]);
    const info = side.info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
    const options = side.send("OPTIONS");
    for (const { heard } of [update, optional, info, options]) await s.until(() => heard.includes(200));
    assert.ok(update.responses.at(-1)?.headers.has("contact"), "UPDATE refreshes a target (RFC 3311 §5.2)");
  }
  await answered(s, a, b);
});

test("S11: an early offer is put off, what is unknown or unreadable is refused, and the call goes on", async () => {
  const { s, a, b } = await ringing();
  const offer = b.update(sdp({ at: "10.1.1.215", version: 2 }));
  await s.until(() => offer.heard.includes(491));
  const invite = b.reinvite(sdp({ at: "10.1.1.215", version: 3 }));
  await s.until(() => invite.heard.includes(491));
  const theirs = a.update(sdp({ at: CARRIER, version: 2 }));
  await s.until(() => theirs.heard.includes(500));
  const unknown = b.send("INFO", { headers: [["Require", "sorcery"]] });
  await s.until(() => unknown.heard.includes(420));
  const unread = b.update("?", [["Content-Type", "text/plain"]]);
  await s.until(() => unread.heard.includes(415));
  await answered(s, a, b);
});
