import { putEntity } from "../../src/admin/edit-entity.ts";
import { readCompany } from "../../src/company/file.ts";
import { toCallRow } from "../../src/model/call-row.ts";
import { openStore } from "../../src/store/store.ts";
import { person } from "../../test/support/person.ts";
import { callRecord } from "../support/call-record.ts";
import { deskOf, saveCompany } from "../support/entities.ts";
import { COMPANY_TEXT } from "./company-text.ts";

// A process to be killed: writes configurations and call records as fast as it can, and says each one on its
// standard output only after the store has acknowledged it.

const folder = process.argv[2] ?? "";
const first = Number(process.argv[3]);
const store = await openStore(folder);
const read = readCompany(COMPANY_TEXT, "c.yaml");
if (!store.ok || !read.ok) throw new Error(store.ok ? "the company has errors" : store.error);

for (let round = first; ; round++) {
  const numbers = [{ number: `+3150${String(1_000_000 + round)}`, plan: "main" }];
  const saved = await saveCompany(store.value.company, { ...read.value.company, numbers }, round);
  process.stdout.write(`c ${saved.version} ${round}\n`);
  // As the API does it: one thing, with its entry in the audit log.
  const desk = await deskOf(store.value.company, () => round);
  const phone = desk.entities.get("phone", "215");
  const put = await putEntity(
    desk,
    { kind: "phone", id: phone?.id, document: { ...phone?.document, name: `round ${round}` } },
    person("anna"),
  );
  if (!put.ok) throw new Error(put.error.sentence);
  process.stdout.write(`e ${put.value.entities.version} ${round}\n`);
  const ids = [0, 1, 2].map((index) => `r${round}-${index}`);
  await store.value.calls.insertMany(ids.map((id) => toCallRow(callRecord(id, round))));
  process.stdout.write(`r ${ids.join(" ")}\n`);
}
