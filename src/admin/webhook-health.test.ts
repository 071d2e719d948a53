import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { entitiesOf } from "../../test/support/entities.ts";
import { readCompany } from "../company/file.ts";
import type { WebhookFigures, WebhookRequest } from "../model/webhook-requests.ts";
import { overview } from "./overview.ts";
import { WebhookHealths } from "./webhook-health.ts";

const company = readCompany(COMPANY_TEXT, "c.yaml");
assert.ok(company.ok);
const entities = entitiesOf(company.value.company);
const NOW = Date.UTC(2026, 10, 29, 11, 0);

function healths(day: Partial<WebhookFigures>, failures: number): WebhookHealths {
  const request = (verdict: string, nth: number): WebhookRequest => ({
    webhook: "CRM",
    at: 1,
    call: "a",
    nth,
    verdict,
    failure: undefined,
    status: 200,
    elapsedMs: 1,
    reason: "",
  });
  return new WebhookHealths({
    entities: () => entities,
    wall: () => NOW,
    requests: {
      figures: async (name) => ({
        requests: name === "CRM" ? 30 : 0,
        failures,
        p50Ms: 1,
        p95Ms: 2,
        ...(name === "CRM" ? day : {}),
      }),
      recent: async (_name, limit) =>
        Array.from({ length: limit }, (_, nth) => request(nth < failures ? "error" : "nak", nth)),
      askedSince: async () => [],
    },
  });
}

test("a webhook is failing, slow, healthy or idle", async () => {
  assert.equal((await healths({}, 5).named("CRM")).state, "failing");
  assert.deepEqual((await healths({}, 4).named("CRM")).lately, { requests: 20, failures: 4 });
  assert.equal((await healths({}, 4).named("CRM")).state, "healthy");
  assert.equal((await healths({ p95Ms: 1001 }, 0).named("CRM")).state, "slow");
  assert.equal((await healths({}, 0).named("VIP code")).state, "idle");
  assert.equal(await healths({}, 0).of("no such id"), undefined);
  const phone = entities.get("phone", "215");
  assert.equal(await healths({}, 0).of(phone?.id ?? ""), undefined, "an id of another kind");
});

test("the overview adds up, and names what needs somebody", async () => {
  const guessed = readCompany(COMPANY_TEXT.replace("correct-horse", "Change-me-reception"), "c.yaml");
  assert.ok(guessed.ok);
  const seen = await overview({
    healths: healths({}, 6),
    entities: () => entitiesOf(guessed.value.company),
    day: async (hours) => {
      assert.deepEqual([hours[0], hours[23]], [Date.UTC(2026, 10, 28, 23, 0), Date.UTC(2026, 10, 29, 22, 0)]);
      return {
        counts: [
          { hour: 9, result: "completed", calls: 3 },
          { hour: 9, result: "busy", calls: 1 },
          { hour: 11, result: "completed", calls: 2 },
        ],
        withoutPlan: [{ number: "+31501234999", calls: 3 }],
      };
    },
    status: async () => undefined,
    access: async () => undefined,
    wall: () => NOW,
  });
  assert.deepEqual([seen.callsNow, seen.today.all], [undefined, 6]);
  assert.deepEqual(seen.today.byResult, { completed: 5, busy: 1 });
  assert.deepEqual([seen.today.perHour[9], seen.today.perHour[11], seen.today.perHour.length], [4, 2, 24]);
  assert.deepEqual(seen.phones, { registered: 0, all: 2 });
  assert.deepEqual(seen.numbers, { withPlan: 1, all: 1 });
  assert.deepEqual(
    seen.needsYou.map(({ code, text }) => [code, text.slice(0, 34)]),
    [
      ["callsSideSilent", "The calls' side of the server did "],
      ["webhookFailing", "CRM failed 6 of its last 20 reques"],
      ["numberWithoutPlan", "3 calls were refused today: +31501"],
      ["weakPassword", "Passwords of 1 phone are easily gu"],
    ],
  );
});
