// Reliability: a full disk. Every write is refused with 507, nothing is half done, and edits are taken again when there is room.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { withCompanyApi } from "../../test/support/company-api.ts";

/** What SQLite says when it cannot grow. */
function sqliteIsFull(): Error {
  const database = new DatabaseSync(":memory:");
  try {
    database.exec("PRAGMA max_page_count = 2; CREATE TABLE t (c)");
    for (;;) database.exec("INSERT INTO t VALUES (zeroblob(4000))");
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  } finally {
    database.close();
  }
}

test("on a full disk each write is 507 and changes nothing; reads go on, and with room again writes do", () =>
  withCompanyApi({}, async ({ ask, desk, store }) => {
    const phone = desk.entities.get("phone", "215")?.id;
    const plan = desk.entities.get("plan", "main");
    const any = { "if-match": "*" };
    const document = { ...plan?.document, steps: [{ type: "phone", phone: "216" }] };
    assert.equal((await ask("PUT", `/plans/${plan?.id}/draft`, document, any)).status, 200);
    const spare = await ask("POST", "/phones", { extension: "240", name: "x" });
    await ask("DELETE", `/phones/${String(spare.body["id"])}`, undefined, any);
    const { commit } = store.company;
    const { saveDraft } = store.plans;
    const full = (): Promise<never> => Promise.reject(sqliteIsFull());
    Object.assign(store.company, { commit: full });
    Object.assign(store.plans, { saveDraft: full });
    const before = desk.entities;
    const writes: readonly Parameters<typeof ask>[] = [
      ["PATCH", `/phones/${phone}`, { name: "new" }, any],
      ["POST", "/phones", { extension: "230", name: "x" }],
      ["POST", `/phones/${phone}/password`, {}, any],
      ["DELETE", `/numbers/${desk.entities.all("number")[0]?.id}`, undefined, any],
      ["POST", `/trash/${String(spare.body["id"])}/restore`, {}],
      ["PUT", "/company?overwrite=true", COMPANY_TEXT.replace("Reception", "Desk")],
      ["PUT", `/plans/${plan?.id}/draft`, document, any],
      ["POST", `/plans/${plan?.id}/publish`, { note: "" }],
    ];
    for (const write of writes) {
      const { status, body } = await ask(...write);
      assert.deepEqual([status, body["code"]], [507, "diskFull"], `${write[0]} ${write[1]}`);
      assert.match(String(body["detail"]), /no room on the disk: database or disk is full/);
    }
    assert.equal(desk.entities, before);
    assert.equal((await ask("GET", `/phones/${phone}`)).status, 200);
    Object.assign(store.company, { commit });
    Object.assign(store.plans, { saveDraft });
    for (const write of writes) {
      const { status, body } = await ask(...write);
      assert.ok(status < 300, `${write[0]} ${write[1]}: ${JSON.stringify(body)}`);
    }
  }));
