import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ScenarioFolder, scenarioFolders } from "./folder.ts";
import { type Trace, timeless } from "./trace.ts";

/** Whoever can play a scenario. */
export interface Player {
  readonly name: string;
  /** Times are as expected, too. */
  readonly exact: boolean;
  /** These will be played. */
  open(folders: readonly ScenarioFolder[]): Promise<void>;
  close(): Promise<void>;
  /** Why it cannot play this one; false: it can. */
  skips(folder: ScenarioFolder): string | false;
  play(folder: ScenarioFolder): Promise<Trace>;
}

/** `UPDATE_SCENARIOS=1` writes what the exact player sees in place of what was expected. */
const updates = process.env["UPDATE_SCENARIOS"] === "1";

/** Every scenario, played: its trace is the one that stands in its folder, so that all players agree. */
export function playersAgree(player: Player): void {
  describe(player.name, () => {
    const folders = scenarioFolders().filter((folder) => player.skips(folder) === false);
    before(() => player.open(folders));
    after(() => player.close());
    for (const folder of folders) {
      test(`${folder.name}: ${folder.title}`, async () => {
        const trace = await player.play(folder);
        if (updates && player.exact) return update(folder, trace);
        const { expected } = folder;
        assert.ok(expected, "it has no expected.yaml yet: UPDATE_SCENARIOS=1 writes it");
        if (player.exact) assert.deepEqual(trace, expected);
        else assert.deepEqual(timeless(trace), timeless(expected));
      });
    }
  });
}

function update(folder: ScenarioFolder, trace: Trace): void {
  assert.notEqual(process.env["CI"], "true", "expectations are written by people, never in CI");
  folder.expect(trace);
}
