// The simulator walks every scenario (docs/adr/0064) to what the real call came to: each expected.yaml is what virtual.test.ts sees at a real
// switchboard, byte for byte.

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSnapshot } from "../../../src/company/snapshot.ts";
import { worldOf } from "../../../src/simulate/world.ts";
import { entitiesOf } from "../../support/entities.ts";
import { scenarioFolders } from "./folder.ts";
import { isDecided, simulatedLines } from "./simulated.ts";
import { simulatedFolder } from "./simulated-calls.ts";

const folders = scenarioFolders();

test("there are scenarios, and what is decided is in each of them", () => {
  assert.ok(folders.length > 60);
});

for (const folder of folders) {
  test(`${folder.name}: simulated as it was called`, () => {
    const { company, calls } = simulatedFolder(folder);
    assert.ok(calls.length > 0);
    const entities = entitiesOf(company);
    const worlds = [worldOf(entities), buildSnapshot(entities, "office.example", "/none")];
    for (const one of calls) {
      const real = one.story.filter(isDecided).map((line) => ({ ...line, at: 0 }));
      assert.ok(real.length > 0);
      for (const world of worlds) assert.deepEqual(simulatedLines(world, one), real);
    }
  });
}
