import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenIdAnswer } from "../../../../src/api/contract/open-id.ts";
import { documentOf, textsOf, valueIn, withoutSecret } from "./open-id-texts.ts";

const SETTINGS: OpenIdAnswer = {
  label: "Office account",
  issuer: "https://login.example",
  clientId: "switchhook",
  clientSecret: "***",
  scope: "openid email",
  allowedDomains: ["example.com", "example.org"],
  roles: { claim: "groups", values: [{ value: "desk", role: "operator" }], otherwise: "viewer" },
  networks: ["10.1.0.0/16"],
  revision: 3,
  changedAt: 0,
  changedBy: "admin",
};

test("settings that are shown and sent back are the same", () => {
  const { revision: _revision, changedAt: _at, changedBy: _by, ...given } = SETTINGS;
  assert.deepEqual(documentOf(textsOf(SETTINGS, ""), SETTINGS.scope), given);
  assert.equal(textsOf(undefined, "Company account").label, "Company account");
  assert.equal(valueIn("desk: operator"), undefined);
});

test("the browser keeps no secret, and forgets none that the server has", () => {
  const texts = textsOf(SETTINGS, "");
  const typed = { ...texts, clientSecret: "correct-horse" };
  assert.equal(withoutSecret(typed, true).clientSecret, "***");
  assert.equal(withoutSecret(typed, false).clientSecret, "");
  assert.equal(withoutSecret(texts, true).clientSecret, "***");
  assert.equal(withoutSecret({ ...texts, clientSecret: "" }, true).clientSecret, "", "a public client");
});
