// A proxy that records itself by a name that nobody resolves (RFC 3261 §16.6, RFC 3263 §4): requests in the dialog go where its
// own came from, and both sides hear of the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentCall } from "../agent-call.ts";
import type { Field } from "../agent-dialog.ts";
import { trunkBy } from "../dying-streams.ts";
import { BOARD, CARRIER, NUMBER, Scenario } from "../harness.ts";

const NOWHERE = "<sip:edge.nowhere.invalid;lr>";
const headers: readonly Field[] = [["Record-Route", NOWHERE]];

/** The legs at the phone and at the trunk, once the call is up. */
async function upCall(
  s: Scenario,
  direction: "to" | "from",
): Promise<{ phone: AgentCall; trunk: AgentCall }> {
  if (direction === "to") {
    s.carrier.onCall = (call) => call.answer({ headers });
    const phone = s.at("215").invite("+31612345678");
    await s.until(() => phone.last === 200 && s.carrier.call.acks.length === 1);
    return { phone, trunk: s.carrier.call };
  }
  s.at("215").onCall = (call) => call.answer();
  const trunk = s.carrier.invite(NUMBER, { headers });
  await s.until(() => trunk.last === 200 && s.at("215").call.acks.length === 1);
  return { phone: s.at("215").call, trunk };
}

for (const kind of ["udp", "tcp", "tls"] as const) {
  for (const direction of ["to", "from"] as const) {
    const parts = kind === "udp" ? {} : trunkBy(kind);

    test(`T1: ${kind}: the proxy before a trunk that nobody resolves, a call ${direction} the trunk: hung up by either side`, async () => {
      for (const who of ["phone", "trunk"] as const) {
        const s = await Scenario.start(parts);
        const legs = await upCall(s, direction);
        await s.run(5_000);
        const bye = legs[who].bye();
        await s.until(() => legs[who === "phone" ? "trunk" : "phone"].ended);
        assert.deepEqual(bye.heard, [200]);
        const ours = s.network.log.filter(
          ({ from, to, message }) => from.host === BOARD && to.host === CARRIER && message.kind === "request",
        );
        const routed = ours.filter(({ message }) => message.headers.get("route")?.includes(NOWHERE) === true);
        if (who === "phone") assert.ok(routed.some(({ startLine }) => startLine.startsWith("BYE")));
        await s.assertClean();
      }
    });

    if (kind !== "udp")
      test(`T1: ${kind}: the same, and its stream closes in the call ${direction} the trunk: opened again where the trunk is`, async () => {
        const s = await Scenario.start(parts);
        const { phone, trunk } = await upCall(s, direction);
        s.carrier.transport.dropStreams();
        await s.run(5_000);
        assert.deepEqual([phone.ended, trunk.ended], [false, false]);
        const bye = phone.bye();
        await s.until(() => trunk.ended);
        assert.deepEqual(bye.heard, [200]);
        await s.run(40_000);
        assert.equal(s.board.counts().dialogs, 0);
      });
  }
}
