import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { saveCompany } from "../../test/support/entities.ts";
import { person } from "../../test/support/person.ts";
import { readCompany } from "../company/file.ts";
import { buildSnapshot, projectDoor } from "../company/snapshot.ts";
import { ok, type Result } from "../lib/result.ts";
import type { EditRefusal, PlannedChange } from "../model/entities/change.ts";
import { companyOf } from "../model/entities/difference.ts";
import { type Entity, keyOf } from "../model/entities/entities.ts";
import type { KindName } from "../model/entities/kinds.ts";
import { projectChange } from "../model/entities/project.ts";
import type { SnapshotChange } from "../model/snapshot-change.ts";
import { openStore, type Store } from "../store/store.ts";
import { Desk } from "./desk.ts";
import { dropEntity, putEntity } from "./edit-entity.ts";

interface Bench {
  readonly desk: Desk;
  readonly store: Store;
  /** What was published, as it goes to the signalling thread; undefined: everything. */
  readonly published: (SnapshotChange | undefined)[];
  /** From now on nobody takes what is published. */
  setDeaf(isDeaf: boolean): void;
  entity<Name extends KindName>(kind: Name, key: string): Entity<Name>;
}

const DOOR = projectDoor("switchhook", "/none");

async function onBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-edit-"));
  const store = await openStore(folder);
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(store.ok && read.ok);
  await saveCompany(store.value.company, read.value.company);
  const published: (SnapshotChange | undefined)[] = [];
  let deaf = false;
  const publish = async (_: unknown, change: PlannedChange | undefined): Promise<boolean> => {
    published.push(change === undefined ? undefined : projectChange(change, DOOR));
    return !deaf;
  };
  let now = 1000;
  const wall = (): number => (now += 1);
  try {
    const desk = await Desk.open({ repository: store.value.company, ids: seededIds(7), wall, publish });
    const entity: Bench["entity"] = (kind, key) => {
      const found = desk.entities.get(kind, key);
      assert.ok(found !== undefined, `${kind} ${key}`);
      return found;
    };
    await work({ desk, store: store.value, published, setDeaf: (is) => void (deaf = is), entity });
    // Whatever was done, disk and memory say the same.
    const stored = (await store.value.company.load()).entities;
    assert.deepEqual([stored.version, companyOf(stored)], [desk.entities.version, companyOf(desk.entities)]);
  } finally {
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function refusal(result: Result<unknown, EditRefusal>): EditRefusal {
  assert.ok(!result.ok, "it was not refused");
  return result.error;
}

test("one phone's new name is one row, one revision, one entry for the signalling thread", () =>
  onBench(async ({ desk, published, entity }) => {
    const before = entity("phone", "215");
    const document = { ...before.document, name: "Front desk", password: "***" };
    const put = await putEntity(
      desk,
      { kind: "phone", id: before.id, revision: before.revision, document },
      person("anna"),
    );
    assert.ok(put.ok);
    const { entity: after, entities, isLive } = put.value;
    assert.deepEqual(
      [after.id, after.revision, after.changedBy, entities.version, isLive],
      [before.id, 2, "anna", 2, true],
    );
    assert.equal(entity("phone", "215").document.password, "correct-horse");
    assert.deepEqual(published, [
      {
        version: 2,
        set: {},
        put: [
          {
            part: "phones",
            key: "215",
            value: {
              ...buildSnapshot(entities, "switchhook", "/none").phones.get("215"),
              name: "Front desk",
            },
          },
        ],
        drop: [],
      },
    ]);
    assert.equal(entity("phone", "216").revision, 1);
  }));

test("two edits at once: the second, made to what the first has replaced, is refused whole, with who and what", () =>
  onBench(async ({ desk, published, entity }) => {
    const { id, revision, document } = entity("webhook", "CRM");
    const edit = (description: string, by: string) =>
      putEntity(desk, { kind: "webhook", id, revision, document: { ...document, description } }, person(by));
    const [first, second] = await Promise.all([edit("one", "anna"), edit("two", "bert")]);
    assert.ok(first.ok);
    const refused = refusal(second);
    assert.equal(
      refused.sentence,
      'Webhook "CRM" was changed meanwhile by anna: it is at revision 2, and this change was made to revision 1. Nothing was changed.',
    );
    assert.ok(refused.code === "stale" && refused.current.revision === 2);
    assert.equal(entity("webhook", "CRM").document.description, "one");
    assert.equal(published.length, 1);
  }));

test("two edits of different things at once are both made, one after the other", () =>
  onBench(async ({ desk, entity }) => {
    const edits = ["215", "216"].map((key) => {
      const { id, document } = entity("phone", key);
      return putEntity(
        desk,
        { kind: "phone", id, document: { ...document, name: `New ${key}` } },
        person("anna"),
      );
    });
    const versions = (await Promise.all(edits)).map((made) => made.ok && made.value.entities.version);
    assert.deepEqual(versions, [2, 3]);
    assert.deepEqual(
      desk.entities.all("phone").map(({ document }) => document.name),
      ["New 215", "New 216"],
    );
  }));

test("what another process has stored meanwhile is not lost, and the next publication is whole", () =>
  onBench(async ({ desk, store, published, entity }) => {
    const read = readCompany(COMPANY_TEXT.replace("Andrew Garza", "Andy"), "c.yaml");
    assert.ok(read.ok);
    await saveCompany(store.company, read.value.company);
    const { id, document } = entity("phone", "215");
    const put = await putEntity(
      desk,
      { kind: "phone", id, document: { ...document, name: "Desk" } },
      person("anna"),
    );
    assert.ok(put.ok);
    assert.deepEqual(
      desk.entities.all("phone").map((one) => one.document.name),
      ["Desk", "Andy"],
    );
    assert.equal(put.value.entities.version, 3);
    assert.deepEqual(published, [undefined]);
  }));

test("what was not taken over is published whole with the next change, or when nothing is changed", () =>
  onBench(async ({ desk, published, setDeaf, entity }) => {
    const { id, document } = entity("phone", "215");
    const edit = (name: string) =>
      putEntity(desk, { kind: "phone", id, document: { ...document, name } }, person("anna"));
    setDeaf(true);
    const first = await edit("a");
    assert.ok(first.ok && !first.value.isLive);
    setDeaf(false);
    const again = await edit("a");
    assert.ok(again.ok && again.value.isLive && again.value.change === undefined);
    assert.deepEqual(published.slice(1), [undefined]);
    const third = await edit("a");
    assert.ok(third.ok);
    assert.equal(published.length, 2);
  }));

test("a thing that others refer to is not removed, nor renamed under them, unless they are told", () =>
  onBench(async ({ desk, published, entity }) => {
    const { id, document } = entity("phone", "215");
    const drop = refusal(await dropEntity(desk, { kind: "phone", id }, person("anna")));
    assert.equal(drop.sentence, 'Phone 215 is used by group 300, plan "main". Nothing was changed.');
    assert.ok(drop.code === "used");
    assert.deepEqual(drop.users.map(keyOf), ["300", "main"]);
    const moved = { kind: "phone" as const, id, document: { ...document, extension: "299" } };
    const renamed = refusal(await putEntity(desk, moved, person("anna")));
    assert.equal(renamed.sentence, drop.sentence);
    assert.equal(published.length, 0);
    const told = await putEntity(desk, { ...moved, renameUsers: true }, person("anna"));
    assert.ok(told.ok);
    assert.deepEqual(entity("group", "300").document.members, ["299", "216"]);
    assert.match(JSON.stringify(entity("plan", "main").document), /"phone":"299"/);
    assert.equal(entity("plan", "main").revision, 2);
    assert.equal(entity("phone", "299").id, id);
    const [change] = published;
    assert.deepEqual(change?.drop, [{ part: "phones", key: "215" }]);
    assert.deepEqual(
      change?.put.map(({ part, key }) => `${part} ${key}`),
      ["phones 299", "groups 300", "plans main"],
    );
  }));

test("every edit that cannot be made says why in a sentence, and changes nothing", () =>
  onBench(async ({ desk, published, entity }) => {
    const phone = entity("phone", "215");
    const settings = entity("settings", "");
    const put = (kind: KindName, document: unknown, id?: string) =>
      putEntity(desk, { kind, id, document }, person("anna"));
    const phoneStep = (extension: string) => ({ type: "phone", phone: extension });
    const cases: readonly (readonly [Promise<Result<unknown, EditRefusal>>, string, string])[] = [
      [put("phone", { extension: "2x" }), "invalid", "An extension is 2 to 8 digits, written in quotes."],
      [put("phone", JSON.parse('{"__proto__": 1}')), "invalid", "This setting is missing; it is text."],
      [
        put("phone", { extension: "217", name: "New" }),
        "invalid",
        "Phone 217 has no stored password that could be kept: write one here.",
      ],
      [
        put("group", { extension: "216", name: "x", members: ["215"] }),
        "taken",
        'Extension "216" is there already; it must be unique.',
      ],
      [
        put("plan", { name: "x", steps: [phoneStep("217")] }),
        "invalid",
        'There is no phone "217". Did you mean "215"?',
      ],
      // No number could name them.
      [
        put("plan", { name: "x ", steps: [phoneStep("215")] }),
        "invalid",
        "A name has no spaces at its ends.",
      ],
      [
        put("plan", { name: "x\ny", steps: [phoneStep("215")] }, entity("plan", "main").id),
        "invalid",
        "A name has no control characters or line breaks.",
      ],
      [
        put("number", { number: "+31501234560", plan: "mian" }),
        "invalid",
        'There is no plan "mian". Did you mean "main"?',
      ],
      [put("phone", phone.document, "no-such-id"), "gone", "This phone is not there any more."],
      [put("group", phone.document, phone.id), "invalid", "This setting is missing; it is a list."],
      [
        dropEntity(desk, { kind: "settings", id: settings.id }, person("anna")),
        "needed",
        "There are always company settings; change them instead.",
      ],
    ];
    for (const [made, code, sentence] of cases) {
      const refused = refusal(await made);
      assert.deepEqual([refused.code, refused.sentence], [code, sentence]);
    }
    assert.deepEqual([published.length, desk.entities.version], [0, 1]);
  }));

test("what nobody names any more can go, and what comes back under its name is the same thing", () =>
  onBench(async ({ desk, entity }) => {
    const number = entity("number", "+31501234567");
    const gone = await dropEntity(desk, { kind: "number", id: number.id, revision: 1 }, person("anna"));
    assert.ok(gone.ok);
    assert.equal(desk.entities.get("number", "+31501234567"), undefined);
    const back = await putEntity(desk, { kind: "number", document: number.document }, person("bert"));
    assert.ok(back.ok);
    assert.deepEqual([back.value.entity.id, back.value.entity.revision], [number.id, 2]);
  }));

test("a message that is named otherwise keeps its sound, and so does what plays it", () =>
  onBench(async ({ desk, entity }) => {
    const sound = { content: "c".repeat(64), durationMs: 900 };
    const document = { name: "greeting", file: "greeting.wav", sound };
    const added = await desk.change(person("anna"), () =>
      ok([{ type: "put", kind: "audioMessage", id: undefined, document }]),
    );
    assert.ok(added.ok);
    const { id } = entity("audioMessage", "greeting");
    const wanted = { name: "welcome", file: "greeting.wav" };
    const put = await putEntity(desk, { kind: "audioMessage", id, document: wanted }, person("anna"));
    assert.ok(put.ok);
    assert.deepEqual(entity("audioMessage", "welcome").document, { ...wanted, sound });
  }));
