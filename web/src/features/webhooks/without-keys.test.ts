import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutKeys } from "./without-keys.ts";

const WEBHOOK = {
  name: "CRM",
  description: "",
  callerIdForwarding: "caller",
  urlTemplate: "https://crm.example/route?d={did}",
  timeoutSeconds: 5,
  followRedirects: true,
} as const;

test("the browser keeps no key of an address, nor of what is written about it; all else it does", () => {
  const typed = {
    ...WEBHOOK,
    description: "Ask Jo for correct-horse-battery.",
    urlTemplate: "https://jo:pass-of-jo@crm.example/route?d={did}&api_key=correct-horse-battery",
  };
  assert.deepEqual(withoutKeys(typed), {
    ...WEBHOOK,
    description: "Ask Jo for ***.",
    urlTemplate: "https://jo:***@crm.example/route?d={did}&api_key=***",
  });
  assert.deepEqual(withoutKeys(withoutKeys(typed)), withoutKeys(typed));
});

test("of an address without a key all is kept, also of one that is half typed", () => {
  for (const urlTemplate of [WEBHOOK.urlTemplate, "", "https://crm", "{callerid"])
    assert.deepEqual(withoutKeys({ ...WEBHOOK, urlTemplate }), { ...WEBHOOK, urlTemplate });
});
