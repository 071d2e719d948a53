import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRandom, maskUrl, urlSecrets } from "./url-secrets.ts";

const MASKED: readonly (readonly [string, string])[] = [
  ["https://crm.example/route?did={did}&key=sesame1", "https://crm.example/route?did={did}&key=***"],
  ["https://jan:sesame1@crm.example/", "https://jan:***@crm.example/"],
  ["https://jan:ses@me:1@crm.example/", "https://jan:***@crm.example/"],
  ["https://sk_live_12345:@crm.example/x", "https://***:@crm.example/x"],
  ["https://sk_live_12345@crm.example/x", "https://***@crm.example/x"],
  [
    "http://h/?x_api_key=a&apiKey=b&access_token=c&Signature=d",
    "http://h/?x_api_key=***&apiKey=***&access_token=***&Signature=***",
  ],
  ["http://h/?token=a{did}b&key={code}", "http://h/?token=***{did}***&key={code}"],
  ["http://h/?key=a&key=b", "http://h/?key=***&key=***"],
  ["https://hooks.example/services/T0B1C2/9aF3kL2mQ8xZ7vB4nC6d", "https://hooks.example/services/T0B1C2/***"],
  ["https://h/550e8400-e29b-41d4-a716-446655440000?a=1", "https://h/***?a=1"],
  ["https://h/?hook=9aF3kL2mQ8xZ7vB4nC6d", "https://h/?hook=***"],
];
for (const [template, masked] of MASKED) {
  test(`X13: ${template} is shown as ${masked}`, () => assert.equal(maskUrl(template, "***"), masked));
}

test("X13: what is no secret stays", () => {
  for (const template of [
    "https://crm.example/customers-lookup-2024-endpoint/{did}?callerid={callerid}&lang=nl&keyword=x&monkey=y",
    "https://crm.example/",
    "nonsense",
    "",
    "http://[::1]:8080/a/b?c",
  ]) {
    assert.equal(maskUrl(template, "***"), template);
  }
  assert.ok(!looksRandom("internationalization-of-numbers"));
});

test("X13: secrets are known as written and as they are sent", () => {
  assert.deepEqual(urlSecrets("https://u:p%40ss@h/?key=a%20b"), ["p%40ss", "p@ss", "a%20b", "a b"]);
});
