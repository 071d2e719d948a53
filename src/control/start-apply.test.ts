import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { controlStart } from "../../test/support/control-service.ts";
import { deskOf } from "../../test/support/entities.ts";
import { person } from "../../test/support/person.ts";
import { exportCompany } from "../admin/apply.ts";
import { putEntity } from "../admin/edit-entity.ts";
import { systemClock } from "../runtime/clock.ts";
import { openStore } from "../store/store.ts";
import { startControlService } from "./start.ts";

interface Place {
  /** Starts with the file and stops; the sentences where it does not start. */
  start(text: string): Promise<readonly string[]>;
  /** Gives a phone another name, as the interface does. */
  rename(extension: string, name: string): Promise<void>;
  names(): Promise<readonly string[]>;
  exported(): Promise<string>;
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-start-"));
  const applyFile = join(folder, "c.yaml");
  const withStore = async <T>(use: (desk: Awaited<ReturnType<typeof deskOf>>) => Promise<T>): Promise<T> => {
    const store = await openStore(folder);
    assert.ok(store.ok);
    try {
      return await use(await deskOf(store.value.company, () => Date.now()));
    } finally {
      await store.value.close();
    }
  };
  try {
    await work({
      async start(text) {
        writeFileSync(applyFile, text);
        const start = controlStart(folder, { applyFile });
        const started = await startControlService(start, systemClock, () => {});
        if (!started.ok) return started.error;
        await started.value.stop();
        return [];
      },
      rename: (extension, name) =>
        withStore(async (desk) => {
          const phone = desk.entities.get("phone", extension);
          const document = { ...phone?.document, name };
          assert.ok((await putEntity(desk, { kind: "phone", id: phone?.id, document }, person("anna"))).ok);
        }),
      names: () => withStore(async (desk) => desk.entities.all("phone").map(({ document }) => document.name)),
      exported: () => withStore(async (desk) => (await exportCompany(desk, "masked")) ?? ""),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("Shows 2: a restart with the same file undoes nothing that was changed on screen; nor does one after another file", () =>
  inPlace(async ({ start, rename, names }) => {
    assert.deepEqual(await start(COMPANY_TEXT), []);
    await rename("215", "Front desk");
    assert.deepEqual(await start(COMPANY_TEXT), []);
    assert.deepEqual(await names(), ["Front desk", "Andrew Garza"]);
  }));

test("a file that is new is applied at the start, beside what was changed on screen, or refuses the start by name", () =>
  inPlace(async ({ start, rename, names, exported }) => {
    assert.deepEqual(await start(COMPANY_TEXT), []);
    const file = (await exported()).replace("name: Andrew Garza", "name: A. Garza");
    await rename("215", "Front desk");
    assert.deepEqual(await start(file), []);
    assert.deepEqual(await names(), ["Front desk", "A. Garza"]);
    const [refusal = ""] = await start(file.replace("name: Reception", "name: Desk"));
    assert.match(
      refusal,
      /^.*c\.yaml:\d+:\d+: phones\[0\]: Phone 215 was changed here by anna on .* UTC, and in this file/,
    );
    const [other = ""] = await start(COMPANY_TEXT.replace("Sales", "Shop"));
    assert.match(other, /does not say which version it was made of \(basedOn\)/);
    assert.deepEqual(await names(), ["Front desk", "A. Garza"]);
  }));
