import assert from "node:assert/strict";
import { test } from "node:test";
import { projectDoor } from "../../../src/company/snapshot.ts";
import { type Edit, planChange } from "../../../src/model/entities/change.ts";
import type { Entity } from "../../../src/model/entities/entities.ts";
import type { AnyDocument, DocumentOf, KindName } from "../../../src/model/entities/kinds.ts";
import { projectChange } from "../../../src/model/entities/project.ts";
import { applyChange } from "../../../src/model/snapshot-change.ts";
import { countingEditor } from "../../support/entities.ts";
import { NUMBER, Scenario, says } from "../harness.ts";
import { REALM } from "../virtual-board.ts";

const PLAN = `- type: webhook
  webhook: CRM
  success: [{ type: phone, phone: "215", ringSeconds: 5 }]
  failed: [{ type: hangUp, as: busy }]`;

/** Publishes what these edits change, as the control thread would. */
function publish(s: Scenario, edits: readonly Edit[]): void {
  const planned = planChange(s.entities, edits, countingEditor());
  assert.ok(planned.ok, planned.ok ? "" : planned.error.sentence);
  assert.ok(planned.value !== undefined);
  s.entities = planned.value.after;
  const change = structuredClone(projectChange(planned.value, projectDoor(REALM, "/none")));
  s.snapshot = applyChange(s.snapshot, change);
  s.board.published(s.snapshot);
}

function put<Name extends KindName>(
  { kind, id, document }: Entity<Name>,
  change: Partial<DocumentOf<Name>>,
): Edit {
  return { type: "put", kind, id, document: Object.assign({}, document, change) as AnyDocument };
}

test("a delta that arrives while a call walks: that call goes on as it began, the next one by the new plan", async () => {
  const s = await Scenario.start({ plan: PLAN, webhook: () => ({ afterMs: 500, result: says.ack() }) });
  const call = s.carrier.invite(NUMBER);
  await s.run(100);
  const plan = s.entities.get("plan", "main");
  const [webhook, phone] = [s.entities.get("webhook", "CRM"), s.entities.get("phone", "216")];
  assert.ok(plan !== undefined && webhook !== undefined && phone !== undefined);
  // The webhook that it waits for goes with the plan's step; and the phone that it will ring is renamed.
  publish(s, [put(plan, { steps: [{ type: "phone", phone: "216", ringSeconds: 5 }] })]);
  publish(s, [{ type: "drop", kind: "webhook", id: webhook.id }]);
  publish(s, [put(phone, { name: "Somebody else" })]);
  s.at("215").onCall = (rung) => rung.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  s.at("216").onCall = (rung) => rung.answer();
  const next = s.carrier.invite(NUMBER);
  await s.until(() => next.last === 200);
  next.bye();
  await s.assertClean();
  const told = s.records.flatMap(({ story, answeredBy }) =>
    story.flatMap((event) =>
      event.type === "plan" ? [`${event.plan} ${event.version}: ${answeredBy?.slice(0, 9)}`] : [],
    ),
  );
  assert.deepEqual(told, ["main 3: phone 215", "main 4: phone 216"]);
});

test("a phone that goes while it is registered is not registered any more; one that is renamed stays", async () => {
  const s = await Scenario.start();
  const [renamed, gone] = [s.entities.get("phone", "215"), s.entities.get("phone", "216")];
  assert.ok(renamed !== undefined && gone !== undefined);
  const { location } = s.board.stack;
  const registered = () => ["215", "216"].map((extension) => location.lookup(extension).length);
  assert.deepEqual(registered(), [1, 1]);
  publish(s, [put(renamed, { name: "Front desk" })]);
  assert.deepEqual(registered(), [1, 1]);
  const groups = s.entities.all("group").filter(({ document }) => document.members.includes("216"));
  publish(s, [
    ...groups.map((group) => put(group, { members: ["215"] })),
    { type: "drop", kind: "phone", id: gone.id },
  ]);
  assert.deepEqual(registered(), [1, 0]);
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  s.at("215").call.respond(486);
  await s.until(() => call.last === 486);
  await s.assertClean();
});
