import assert from "node:assert/strict";
import { test } from "node:test";
import { entityLists, entitySingles } from "../../../src/api/contract/entities.ts";
import type { KindName } from "../../../src/model/entities/kinds.ts";
import { leastRoleOf } from "./roles.ts";

test("the role that a form asks for is the one that its route asks for", () => {
  for (const [kind, { replace }] of Object.entries({ ...entityLists, ...entitySingles }))
    assert.equal(leastRoleOf(kind as KindName), replace.role, kind);
});
