import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { Turns } from "../admin/turns.ts";
import { OctetWriter } from "../lib/octet-writer.ts";
import type { FromControl } from "../link/link.ts";
import type { CallEnd, Happening } from "../model/call-record.ts";
import { toCallRecord } from "../model/call-row.ts";
import type { CallFilter, CallRepository, CallRow, CallSummary } from "../model/repositories.ts";
import { timeline } from "../model/timeline.ts";
import { writeEntries } from "../record/entry-json.ts";
import type { Portion } from "../record/portion.ts";
import { SlabWriter } from "../record/slab-writer.ts";
import { SPILL_AFTER_MS } from "../record/up-calls.ts";
import { CallKeeper } from "./call-keeper.ts";
import { RecordSecrets } from "./record-secrets.ts";

const CANARY = "canary-of-a-trunk";
const END: CallEnd = {
  result: "completed",
  reason: CANARY,
  missed: false,
  answeredBy: undefined,
  endedAtMs: undefined,
};
const NOTE: Happening = { type: "note", leg: "A", text: `it said ${CANARY}` };

/** A store in memory that may be broken. */
function memoryStore() {
  const rows = new Map<string, CallRow>();
  const store = { isBroken: false, writes: 0, tries: 0 };
  const calls = {
    insertMany: async (batch: readonly CallRow[]) => {
      store.tries += 1;
      if (store.isBroken) throw new Error("the disk is full");
      store.writes += 1;
      for (const row of batch) {
        const before = rows.get(row.id);
        const trace = Buffer.concat([before?.trace ?? Buffer.alloc(0), row.trace]);
        const webhooks = [...(before?.webhooks ?? []), ...row.webhooks];
        const phones = [...(before?.phones ?? []), ...row.phones];
        rows.set(row.id, { ...row, webhooks, phones, trace });
      }
    },
    get: async (id: string) => {
      const row = rows.get(id);
      return row === undefined ? undefined : toCallRecord(row, row.trace);
    },
    list: async ({ webhook, phone, missed }: CallFilter): Promise<readonly CallSummary[]> =>
      [...rows.values()]
        .filter((row) => missed !== true || (row.missed && row.result !== "ongoing"))
        .filter((row) => webhook === undefined || row.webhooks.includes(webhook))
        .filter((row) => phone === undefined || row.phones.includes(phone))
        .toSorted((a, b) => b.startedAt - a.startedAt),
  };
  return { rows, store, calls: calls as unknown as CallRepository };
}

function scene() {
  const clock = new VirtualClock();
  const kept = memoryStore();
  const secrets = new RecordSecrets();
  secrets.become([CANARY]);
  const messages: FromControl[] = [];
  const portions: Portion[] = [];
  const send = (message: FromControl): void => {
    messages.push(message);
    if (message.type === "live") writer.pace(message.isRead);
    if (message.type === "kept") writer.settle(message.upTo);
    if (message.type !== "askFlush") return;
    writer.flush();
    keeper.flushed(message.request);
  };
  const writer = new SlabWriter(clock, (portion) => {
    portions.push(portion);
    keeper.take(portion);
  });
  const writes = new Turns();
  const keeper = new CallKeeper({ calls: kept.calls, clock, send, masker: () => secrets, writes });
  const open = (id: string) => {
    const parties = { caller: "+31", callerName: CANARY, called: "215", origin: "trunk" };
    const call = writer.open({ id, kind: "call", startedAt: clock.wall(), plan: undefined, ...parties });
    let seq = 0;
    const stamp = () => ({ call, seq: ++seq, atMs: seq, leg: 0, isOut: false });
    return {
      say: (text: string) => writer.message(stamp(), "udp:x", Buffer.from(text)),
      note: () => writer.event(stamp(), NOTE),
      asks: (webhook: string) => writer.event(stamp(), { type: "asked", webhook, url: "" }),
      rings: (target: string) =>
        writer.event(stamp(), { type: "leg", leg: "B1", target, shownName: "", shownNumber: "" }),
      end: () => writer.close(stamp(), END),
    };
  };
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await writes.last;
  };
  return { clock, writer, keeper, open, settled, messages, ...kept };
}

test("a call is listed and read while it is up, whole although a part of it is in the store already", async () => {
  const { clock, writer, keeper, open, settled, rows } = scene();
  const one = open("one");
  one.say("first");
  assert.deepEqual(
    (await keeper.ports.list({ limit: 10 })).map(({ id, result }) => [id, result]),
    [["one", "ongoing"]],
  );
  await clock.advanceAsync(SPILL_AFTER_MS + 500);
  await settled();
  assert.equal(rows.get("one")?.result, "ongoing");
  one.say("second");
  const read = await keeper.ports.get("on");
  assert.ok(read !== undefined);
  assert.deepEqual(
    timeline(read).map((entry) => [entry.seq, entry.type === "sip" ? entry.text : entry.type]),
    [
      [1, "first"],
      [2, "second"],
    ],
  );
  one.end();
  writer.flush();
  await settled();
  assert.deepEqual(await keeper.list(), []);
  const stored = await keeper.ports.get("one");
  assert.deepEqual(
    stored?.sip.map(({ text }) => text),
    ["first", "second"],
  );
  assert.equal(stored?.result, "completed");
});

test("a call that has just ended is in a list before it is in the store, and no list is a reason to write", async () => {
  const { clock, keeper, open, settled, rows, store } = scene();
  const ids = async (filter: Partial<CallFilter> = {}): Promise<string[]> =>
    (await keeper.ports.list({ limit: 10, ...filter })).map(({ id, result }) => `${id} ${result}`);
  const [long, short] = [open("long"), open("short")];
  long.say("here");
  await clock.advanceAsync(SPILL_AFTER_MS + 500);
  await settled();
  assert.equal(rows.get("long")?.result, "ongoing");
  assert.deepEqual(await ids({ missed: true }), [], "who is up may still be answered");
  store.isBroken = true;
  const { tries } = store;
  for (const call of [long, short]) call.end();
  assert.deepEqual((await ids()).toSorted(), ["long completed", "short completed"]);
  assert.deepEqual(await ids({ limit: 1 }), (await ids()).slice(0, 1));
  assert.deepEqual(await ids({ results: ["refused"] }), []);
  assert.deepEqual(await ids({ q: "215", number: "215", kinds: ["stranger"] }), []);
  assert.equal((await ids({ q: "215", number: "215", kinds: ["call"] })).length, 2);
  assert.equal(store.tries, tries);
  const shown = await keeper.ports.get("lon");
  assert.deepEqual(
    [shown?.id, shown?.result, shown?.sip.map(({ text }) => text)],
    ["long", "completed", ["here"]],
  );
  assert.equal((await keeper.ports.get("short"))?.result, "completed");
  assert.ok(shown !== undefined && !("trace" in shown), "a row's octets are no part of a record");
  store.isBroken = false;
  // What asks for a phone is asked of the store, which has it first.
  assert.deepEqual(await ids({ phone: "215" }), []);
  await clock.advanceAsync(2000);
  await settled();
  assert.deepEqual(
    [...rows.values()].map(({ id, result }) => `${id} ${result}`).toSorted(),
    (await ids()).toSorted(),
  );
});

test("of a call that has been up for long while nothing could be written, all is shown once it is over", async () => {
  const { clock, keeper, open, settled, rows, store } = scene();
  store.isBroken = true;
  const long = open("long");
  long.say("first");
  await clock.advanceAsync(SPILL_AFTER_MS + 500);
  await settled();
  long.say("second");
  long.end();
  const shown = await keeper.ports.get("long");
  assert.equal(rows.size, 0);
  assert.deepEqual([shown?.result, shown?.sip.map(({ text }) => text)], ["completed", ["first", "second"]]);
});

test("a call that is up is found by the webhook that it asked and the phone that it rang, in the store or not", async () => {
  const { clock, keeper, open, settled } = scene();
  const [early, late] = [open("early"), open("late")];
  const ids = async (filter: Partial<CallFilter>): Promise<string[]> =>
    (await keeper.ports.list({ limit: 10, ...filter })).map(({ id }) => id).toSorted();
  early.asks("CRM");
  late.asks("other");
  assert.deepEqual(await ids({ webhook: "CRM" }), ["early"]);
  await clock.advanceAsync(SPILL_AFTER_MS + 500);
  await settled();
  early.rings("phone 215 by its contact");
  late.rings("phone 215 by its contact");
  assert.deepEqual(await ids({ webhook: "CRM" }), ["early"]);
  assert.deepEqual(await ids({ phone: "215" }), ["early", "late"]);
  assert.deepEqual(await ids({ phone: "215", webhook: "other" }), ["late"]);
  assert.deepEqual(await ids({ phone: "216" }), []);
});

test("X13: a secret is in nothing that is listed, read, told or stored", async () => {
  const { clock, writer, keeper, open, settled, rows } = scene();
  const told: unknown[] = [];
  keeper.all((update) => {
    const out = new OctetWriter();
    writeEntries(out, update.entries);
    told.push({ ...update, entries: Buffer.from(out.take()).toString() });
  });
  const one = open("one");
  one.say(`INVITE\r\nX: ${CANARY}\r\n\r\n`);
  one.note();
  const seen = [await keeper.list(), await keeper.get("one")];
  one.end();
  writer.flush();
  await clock.advanceAsync(1000);
  await settled();
  const [row] = rows.values();
  assert.ok(row !== undefined && told.length > 0);
  const all = [
    JSON.stringify([seen, told, { ...row, trace: "" }]),
    Buffer.from(row.trace).toString("latin1"),
  ];
  for (const text of all) assert.ok(!text.includes(CANARY));
  assert.match(all[0] ?? "", /X: \*{17}/);
  assert.match(all[1] ?? "", /it said \*\*\*/);
});

test("F2: a store that fails loses nothing: it is told why, tried every second, and written when it can be", async () => {
  const { clock, writer, store, rows, open, settled, messages } = scene();
  store.isBroken = true;
  for (let call = 0; call < 50; call += 1) {
    const one = open(`call ${call}`);
    one.say("x");
    one.end();
    writer.flush();
    await settled();
  }
  await clock.advanceAsync(3000);
  assert.equal(rows.size, 0);
  assert.equal(writer.records, 50);
  const failures = messages.filter((message) => message.type === "kept" && message.failure !== undefined);
  assert.ok(failures.length >= 3);
  store.isBroken = false;
  await clock.advanceAsync(1100);
  await settled();
  assert.deepEqual([rows.size, writer.records], [50, 0]);
});

test("F2: a store that fails is tried once a second, however much comes, for each try holds up the thread; at a stop once more", async () => {
  const { clock, writer, store, rows, keeper, open, settled } = scene();
  store.isBroken = true;
  for (let at = 0; at < 5000; at += 50) {
    const one = open(`call ${at}`);
    one.say("x");
    one.end();
    writer.flush();
    if (at % 1000 === 0) assert.equal((await keeper.ports.get("call 0"))?.result, "completed");
    await clock.advanceAsync(50);
    await settled();
  }
  assert.ok(store.tries >= 4 && store.tries <= 6, `${store.tries} tries in 5 s`);
  store.isBroken = false;
  keeper.stop();
  await settled();
  assert.equal(rows.size, 100);
});

test("calls that end at any time are written together, 300 ms apart, within a second; who asks has what is over written first", async () => {
  const { clock, keeper, open, settled, rows, store } = scene();
  const endedMs = new Map<string, number>();
  const lateMs: number[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < 3000; at += 10) {
    const one = open(`call ${at}`);
    one.say("x");
    one.end();
    endedMs.set(`call ${at}`, clock.now());
    await clock.advanceAsync(10);
    await settled();
    for (const id of rows.keys())
      if (!seen.has(id)) {
        seen.add(id);
        lateMs.push(clock.now() - (endedMs.get(id) ?? 0));
      }
  }
  assert.ok(store.writes >= 3 && store.writes <= 10, `${store.writes} transactions in 3 s`);
  assert.ok(Math.max(...lateMs) < 1000, `${Math.max(...lateMs)} ms late`);
  const last = open("last");
  last.end();
  assert.equal((await keeper.ports.get("last"))?.result, "completed");
  keeper.stop();
  await settled();
  assert.equal(rows.size, 301);
});
