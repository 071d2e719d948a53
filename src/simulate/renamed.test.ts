import assert from "node:assert/strict";
import { test } from "node:test";
import type { Directory } from "../dialplan/directory.ts";
import type { SimulatedCall } from "./given.ts";
import { byNamesOfToday, renamesBetween } from "./renamed.ts";

const phone = (extension: string) => ({ type: "phone", phone: extension, ringSeconds: 20 });
const outside = { type: "fixedDestination", number: "+31201234567", ringSeconds: 25 };
const plan = (webhook: string, ...success: readonly unknown[]) => ({
  name: "main",
  steps: [
    { type: "audio", message: "welcome" },
    { type: "webhook", webhook, success, failed: [outside] },
  ],
});
const directory: Directory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map(["216", "225"].map((extension) => [extension, { name: "" }])),
  groups: new Map(),
  webhooks: new Map(["CRM 2", "VIP"].map((name) => [name, { callerIdForwarding: "caller", ivr: undefined }])),
  audioMessages: new Map([["welcome", {}]]),
  plans: new Map(),
};

test("what is gone by its old name has that of the same step; what is still there keeps its own", () => {
  const before = plan("CRM", phone("215"), phone("216"));
  assert.deepEqual(
    [...renamesBetween(before, plan("CRM 2", phone("225"), phone("216")), directory)],
    [
      ["webhook CRM", "CRM 2"],
      ["phone 215", "225"],
    ],
  );
  assert.deepEqual(
    [...renamesBetween(plan("CRM 2", phone("216")), plan("VIP", phone("225")), directory)],
    [],
  );
  assert.deepEqual(
    [...renamesBetween(plan("CRM"), plan("nobody"), directory)],
    [],
    "that is not there either",
  );
});

test("a call goes by the names of today", () => {
  const result = { body: "status=ACK", status: 200, afterMs: 40 };
  const call: SimulatedCall = {
    number: "+31501234567",
    from: "anonymous",
    callerName: "",
    at: 0,
    digits: [],
    replies: { CRM: [result] },
    phones: { "215": [{ does: "busy" }], "216": { does: "noAnswer" } },
    messagesMs: { welcome: 4000 },
  };
  const named = byNamesOfToday(
    call,
    new Map([["webhook CRM", "CRM 2"] as const, ["phone 215", "225"] as const]),
  );
  assert.deepEqual(named, {
    ...call,
    replies: { "CRM 2": [result] },
    phones: { "225": [{ does: "busy" }], "216": { does: "noAnswer" } },
  });
});
