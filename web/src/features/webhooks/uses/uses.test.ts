import assert from "node:assert/strict";
import { test } from "node:test";
import { SAMPLE_VALUES } from "../../../../../src/dialplan/template-preview.ts";
import { judgeReply } from "../../../../../src/webhook/reply/judgement.ts";
import { schemaProblems } from "../../../lib/rules.ts";
import { templateProblems, templateWarnings } from "../template-rules.ts";
import { madeFor, USES } from "./uses.ts";

const ADDRESS = "http://127.0.0.1:8088/practice/abc1";
const around = { name: "It", address: ADDRESS, phones: ["215", "216"] };

/** The branch that a body leads to. */
function branchOf(body: string, asksForCode: boolean): string {
  const bytes = new TextEncoder().encode(body);
  const reply = { status: 200, body: bytes, contentEncoding: undefined };
  return judgeReply(reply, { callerIdForwarding: "caller", asksForCode }, SAMPLE_VALUES).next;
}

for (const use of USES)
  test(`the recipe ${use} makes a webhook and a plan without a mistake, with phones and without, and its receiver plays it`, () => {
    for (const phones of [["215", "216"], ["215"], []]) {
      const { webhook, plan, reply } = madeFor(use, { ...around, phones });
      assert.deepEqual(schemaProblems("webhook", webhook), []);
      assert.deepEqual([templateProblems(webhook), templateWarnings(webhook)], [[], []]);
      assert.ok(webhook.urlTemplate.startsWith(ADDRESS));
      assert.deepEqual(schemaProblems("plan", plan), []);
      assert.ok(JSON.stringify(plan.steps).includes('"webhook":"It"'));
      const asks = webhook.ivr !== undefined;
      const branches = [reply.body, ...reply.when.map(({ body }) => body)].map((body) =>
        branchOf(body, asks),
      );
      if (webhook.ignoreAnswer !== true) assert.ok(branches.includes("success"), branches.join());
    }
  });

test("what decides has both answers: a code, a caller", () => {
  for (const [use, parameter] of [
    ["pin", "code"],
    ["gate", "callerid"],
  ] as const) {
    const { reply } = madeFor(use, around);
    assert.equal(reply.body, "status=NAK");
    assert.deepEqual(
      reply.when.map((rule) => rule.parameter),
      [parameter],
    );
  }
});
