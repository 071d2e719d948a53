import assert from "node:assert/strict";
import { test } from "node:test";
import { entityForm } from "../../../src/model/entities/forms.ts";
import { kindOf } from "../../../src/model/entities/kinds.ts";
import { labelsAt } from "./field-labels.ts";

test("a path is called what its fields are called, an entry of a list as its list", () => {
  const { fields } = entityForm(kindOf("settings"));
  assert.deepEqual(labelsAt(fields, "security.webhookAllowedNetworks.0"), [
    "Security",
    "Networks for webhooks",
  ]);
  assert.deepEqual(labelsAt(fields, "home"), ["Home"]);
  assert.deepEqual(labelsAt(fields, ""), []);
  assert.deepEqual(labelsAt(fields, "nowhere.at.all"), []);
});
