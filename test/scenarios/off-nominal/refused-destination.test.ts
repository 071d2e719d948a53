import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario, says } from "../harness.ts";

test("X9: a destination that a webhook may not name raises an alert, and the call goes on", async () => {
  const s = await Scenario.start({
    plan: `- type: webhook
  webhook: CRM
  success: [{ type: variableDestination, ringSeconds: 20 }, { type: phone, phone: "216", ringSeconds: 20 }]`,
    webhook: () => ({ result: says.ack({ destination: "+881612345678" }) }),
  });
  s.at("216").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.deepEqual(
    s.alerts.map(({ code, args }) => [code, ...Object.values(args)]),
    [["destinationRefused", "main", "1.1.1", "satellite"]],
  );
  call.bye();
  await s.run(1000);
  await s.assertClean();
});
