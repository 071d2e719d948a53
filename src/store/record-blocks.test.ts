import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { callRecord } from "../../test/support/call-record.ts";
import type { CallRecord } from "../model/call-record.ts";
import { rowOfEntries, toCallRow } from "../model/call-row.ts";
import { eventEntry } from "../model/record-entries.ts";
import { DATABASE_FILE } from "./database-file.ts";
import { openStore, type Store } from "./store.ts";

async function inStore(work: (store: Store, raw: DatabaseSync) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-blocks-"));
  const store = await openStore(folder);
  assert.ok(store.ok);
  const raw = new DatabaseSync(join(folder, DATABASE_FILE));
  try {
    await work(store.value, raw);
  } finally {
    raw.close();
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A record whose message is its own and so long. */
function record(id: string, length: number, at = 1000): CallRecord {
  const text = `INVITE sip:${id}@x SIP/2.0\r\n\r\n`.padEnd(length, id);
  return callRecord(id, at, {
    sip: [{ atMs: 1, leg: "A", direction: "in", peer: "udp:127.0.0.1:5090", text }],
  });
}

function count(raw: DatabaseSync): number {
  return Number(raw.prepare("select count(*) as n from record_blocks").get()?.["n"]);
}

// First of all: what other tests leave would be collected meanwhile.
test("what the compressor has written into does not wait for a full collection of all objects", () =>
  inStore(async ({ calls }) => {
    await calls.insertMany([toCallRow(record("first", 1000))]);
    const before = process.memoryUsage().arrayBuffers;
    for (let nth = 0; nth < 30; nth += 1) await calls.insertMany([toCallRow(record(`c${nth}`, 1000))]);
    const grown = (process.memoryUsage().arrayBuffers - before) / 1024;
    assert.ok(grown < 30 * 100, `${grown.toFixed(0)} KiB for 30 blocks`);
  }));

test("traces that share a memory, and others between them, come back as they were", () =>
  inStore(async ({ calls }) => {
    const entry = (index: number) =>
      eventEntry({ atMs: index, seq: 1 }, { type: "answered", leg: "B1", target: `phone ${index}` });
    const memory = new ArrayBuffer(64 * 1024);
    let used = 0;
    const roomFor = (length: number) => new Uint8Array(memory, (used += length) - length, length);
    const rows = Array.from({ length: 40 }, (_, index) => {
      const { story: _story, sip: _sip, ...summary } = record(`a${index}`, 10);
      const octets = entry(index);
      return rowOfEntries(summary, [{ octets, places: [0, octets.length] }], roomFor);
    });
    assert.equal(rows[0]?.trace.buffer, rows[1]?.trace.buffer);
    const other = toCallRow(record("b", 3000));
    await calls.insertMany([...rows.slice(0, 10), other, ...rows.slice(10).toReversed()]);
    for (const index of rows.keys()) {
      const [event] = (await calls.get(`a${index}`))?.story ?? [];
      assert.equal(event?.type === "answered" && event.target, `phone ${index}`);
    }
    assert.equal((await calls.get("b"))?.sip[0]?.text.length, 3000);
  }));

test("a row that the store refuses takes all of its batch back, and the next batch is kept", () =>
  inStore(async ({ calls }, raw) => {
    const rows = Array.from({ length: 70 }, (_, index) => toCallRow(record(`a${index}`, 100)));
    const bad = { ...toCallRow(record("bad", 100)), caller: null as unknown as string };
    await assert.rejects(calls.insertMany([...rows, bad]), /NOT NULL/);
    assert.deepEqual([count(raw), (await calls.list({ limit: 100 })).length], [0, 0]);
    await calls.insertMany(rows);
    assert.equal((await calls.list({ limit: 100 })).length, 70);
  }));

test("records of one batch share blocks, by number and by size, and each comes back as it was", () =>
  inStore(async ({ calls }, raw) => {
    const small = Array.from({ length: 70 }, (_, index) => record(`a${index}`, 4000));
    await calls.insertMany(small.map(toCallRow));
    assert.equal(count(raw), 3);
    const large = Array.from({ length: 5 }, (_, index) => record(`b${index}`, 200_000));
    await calls.insertMany(large.map(toCallRow));
    assert.equal(count(raw), 6);
    for (const one of [...small, ...large]) assert.deepEqual((await calls.get(one.id))?.sip, one.sip);
    const kept = raw.prepare("select sum(length(octets)) as n from record_blocks").get();
    assert.ok(Number(kept?.["n"]) < 70 * 4000, "what is alike is kept once");
  }));

test("a record in two parts is put together; a batch that comes twice does not double it", () =>
  inStore(async ({ calls }) => {
    const whole = record("cc", 300);
    const first = { ...whole, result: "ongoing" as const };
    const sip = whole.sip.map((message) => ({ ...message, atMs: 7 }));
    const second = { ...whole, story: [], sip };
    await calls.insertMany([toCallRow(first)]);
    await calls.insertMany([toCallRow(second)]);
    await calls.insertMany([toCallRow(second)]);
    const kept = await calls.get("cc");
    assert.deepEqual(
      kept?.sip.map(({ atMs }) => atMs),
      [1, 7],
    );
    assert.equal(kept?.story.length, 1);
  }));

test("a block goes when all of its calls are gone, and not before", () =>
  inStore(async ({ calls }, raw) => {
    await calls.insertMany([toCallRow(record("dd", 300, 1000)), toCallRow(record("ee", 300, 5000))]);
    await calls.insertMany([toCallRow(record("ff", 300, 2000))]);
    assert.equal(await calls.purge(1000, 10), false);
    assert.equal(await calls.purge(3000, 10), false);
    assert.equal(count(raw), 1);
    assert.equal((await calls.get("ee"))?.sip.length, 1);
    assert.equal(await calls.purge(6000, 1), true);
    assert.equal(count(raw), 1, "there may be more of them");
    assert.equal(await calls.purge(6000, 1), true, "a block went, and there may be more of them too");
    assert.equal(count(raw), 0);
    assert.equal(await calls.purge(6000, 1), false);
  }));

test("a block that is damaged costs its records their trace and nothing else", () =>
  inStore(async ({ calls }, raw) => {
    await calls.insertMany([toCallRow(record("ff", 300)), toCallRow(record("gg", 300))]);
    await calls.insertMany([toCallRow(record("hh", 300))]);
    raw.prepare("update record_blocks set octets = x'28b52ffd0011' where id = 1").run();
    assert.deepEqual((await calls.get("ff"))?.story, []);
    assert.equal((await calls.get("hh"))?.sip.length, 1);
    raw.prepare("delete from record_blocks").run();
    assert.equal((await calls.get("gg"))?.caller, "+31201234567");
  }));
