import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { bridges } from "./media-bridges.suite.ts";
import { changes, endings } from "./media-changes.suite.ts";
import { keys } from "./media-keys.suite.ts";
import { oddFiles } from "./media-odd-files.suite.ts";
import { answers, families, offers } from "./media-offer-answer.suite.ts";
import { noises, numbers, places } from "./media-places.suite.ts";
import { type MediaEngineCase, type On, type OpenEngine, openScene } from "./media-scene.ts";
import { silences } from "./media-silence.suite.ts";
import { sounds } from "./media-sounds.suite.ts";
import { spacings } from "./media-spacing.suite.ts";

/** Calls that go on side by side: nearly all of a test is waiting for sound to be spoken. */
const AT_ONCE = 4;

/** What a call relies on, whichever driver it is: real packets on loopback, sound told by its frequency. */
export function mediaEngineContract(kind: MediaEngineCase): void {
  describe(kind.name, { skip: kind.skip }, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-media-"));
    let open: OpenEngine | undefined;
    let calls = 0;

    before(async () => {
      open = await kind.open(folder);
    });
    after(async () => {
      await open?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const leftOut = new Set<string>();
    const on: On = (title, run, skip = false) => {
      if (kind.cannot?.includes(title) === true) {
        leftOut.add(title);
        return;
      }
      test(title, { skip }, async () => {
        calls += 1;
        const scene = openScene(open?.engine ?? assert.fail("no engine"), `call-${calls}`);
        try {
          await run(scene);
        } finally {
          await scene.end();
        }
      });
    };

    describe("calls side by side", { concurrency: AT_ONCE }, () => {
      answers(on, kind);
      offers(on);
      families(on);
      sounds(on, folder);
      oddFiles(on, folder);
      keys(on, kind, folder);
      if (kind.can.keepsGoing) silences(on, folder);
      bridges(on, kind, folder);
      changes(on, folder);
      places(on);
      numbers(on);
      noises(on);
      endings(on, kind, folder);
    });
    // Looks at single packets, and so for itself.
    describe("evenness", () => spacings(on, folder));
    test("what it cannot is a case of the suite, each once", () => {
      assert.deepEqual([...leftOut].toSorted(), (kind.cannot ?? []).toSorted());
    });
  });
}
