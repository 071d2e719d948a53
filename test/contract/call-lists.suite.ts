import assert from "node:assert/strict";
import type { CallRecord } from "../../src/model/call-record.ts";
import { toCallRow } from "../../src/model/call-row.ts";
import { callRecord } from "../support/call-record.ts";
import type { Check } from "./store-under-test.ts";

/** Lists of calls, and what they filter by. */
export function callListContract(check: Check): void {
  check("lists are newest first, in pages that lose nothing", async ({ repositories }) => {
    // Ten calls that began at the same three moments.
    const rows = Array.from({ length: 10 }, (_, index) =>
      toCallRow(callRecord(`id${index}`, 1000 + (index % 3))),
    );
    await repositories.calls.insertMany(rows);
    const seen: string[] = [];
    for (let before: string | undefined; ; before = seen.at(-1)) {
      const page = await repositories.calls.list({ limit: 4, before });
      if (page.length === 0) break;
      seen.push(...page.map((call) => call.id));
    }
    assert.equal(new Set(seen).size, 10);
    assert.deepEqual(seen, ["id8", "id5", "id2", "id7", "id4", "id1", "id9", "id6", "id3", "id0"]);
  });

  check("lists filter by result and party", async ({ repositories }) => {
    await repositories.calls.insertMany(
      [callRecord("a", 1), callRecord("b", 2, { result: "busy" }), callRecord("c", 3, { called: "215" })].map(
        toCallRow,
      ),
    );
    const ids = async (filter: object) =>
      (await repositories.calls.list({ limit: 10, ...filter })).map((call) => call.id);
    assert.deepEqual(await ids({ results: ["busy"] }), ["b"]);
    assert.deepEqual(await ids({ party: "215" }), ["c"]);
    assert.deepEqual(await ids({ party: "+31201234567" }), ["c", "b", "a"]);
    assert.deepEqual(await ids({ before: "unknown" }), []);
  });

  check("lists filter by all that a call has to do with", async ({ repositories }) => {
    const { calls } = repositories;
    const asked = (webhook: string) => ({ atMs: 1, type: "asked", webhook, url: "" }) as const;
    const rung = (extension: string) => {
      const target = `phone ${extension} at udp:192.0.2.1:5060`;
      return { atMs: 2, type: "leg", leg: "B1", target, shownName: "", shownNumber: "" } as const;
    };
    await calls.insertMany(
      [
        callRecord("a1", 1000, { story: [asked("CRM"), rung("215")], plan: "main" }),
        callRecord("b2", 2000, { story: [asked("CRM 2"), asked("CRM"), rung("21")], callerName: "Żółć %" }),
        callRecord("c3", 3000, { caller: "215", called: "+31612345678", origin: "phone 215", story: [] }),
        callRecord("d4", 4000, { result: "busy", plan: "other", caller: "", callerName: "50_50" }),
        callRecord("e5", 5000, { kind: "stranger", result: "refused", story: [], sip: [] }),
      ].map(toCallRow),
    );
    const ids = async (filter: object) =>
      (await calls.list({ limit: 10, ...filter })).map(({ id }) => id).join(" ");
    assert.equal(await ids({ webhook: "CRM" }), "b2 a1");
    assert.equal(await ids({ webhook: "CRM 2" }), "b2");
    assert.equal(await ids({ webhook: "CR" }), "");
    assert.equal(await ids({ phone: "215" }), "c3 a1");
    assert.equal(await ids({ phone: "21" }), "b2");
    assert.equal(await ids({ plan: "other" }), "d4");
    assert.equal(await ids({ results: ["busy", "refused"], kinds: ["call", "stranger"] }), "e5 d4");
    assert.equal(await ids({ caller: "215" }), "c3");
    assert.equal(await ids({ number: "+31612345678" }), "c3");
    assert.equal(await ids({ from: 2000, to: 4000 }), "c3 b2");
    assert.equal(await ids({ after: { startedAt: 3000, id: "c3" } }), "b2 a1");
    // A place whose call is gone is a place all the same.
    assert.equal(await ids({ after: { startedAt: 3000, id: "zz" } }), "c3 b2 a1");
    for (const [q, found] of [
      ["06 1234 5678", "c3"],
      ["0031-612345", "c3"],
      ["+31 (6) 1234", "c3"],
      ["612345678", "c3"],
      ["żółć", "b2"],
      ["%", "b2"],
      ["_", "d4"],
      ["b2", "b2"],
      ["B", ""],
      ["'; drop table calls", ""],
      ["", "d4 c3 b2 a1"],
    ] as const)
      assert.equal(await ids({ q }), found, q);
    assert.equal(await ids({ q: "215", phone: "215", from: 3000 }), "c3");
  });

  check("a call that was kept in two parts is found by both", async ({ repositories }) => {
    const { calls } = repositories;
    const asked = { atMs: 1, type: "asked", webhook: "CRM", url: "" } as const;
    const late = { ...asked, atMs: 2, webhook: "VIP" };
    await calls.insertMany([toCallRow(callRecord("up", 1, { result: "ongoing", story: [asked] }))]);
    await calls.insertMany([toCallRow(callRecord("up", 1, { result: "completed", story: [late] }))]);
    for (const webhook of ["CRM", "VIP"])
      assert.equal((await calls.list({ limit: 9, webhook })).length, 1, webhook);
  });

  check("X8: a list holds calls; what strangers tried is listed and counted by itself", async (store) => {
    const { calls } = store.repositories;
    const stranger = (id: string, at: number, attempts: number): CallRecord =>
      callRecord(id, at, { kind: "stranger", attempts, result: "refused", story: [], sip: [] });
    await calls.insertMany(
      [
        callRecord("a", 1),
        ...Array.from({ length: 2000 }, (_, at) => stranger(`s${String(at).padStart(4, "0")}`, 10 + at, 1)),
        callRecord("login", 1500, { kind: "registration", attempts: 3, result: "refused" }),
        callRecord("b", 2, { said: undefined }),
        callRecord("refused", 3, { result: "refused" }),
      ].map(toCallRow),
    );
    const ids = async (filter: object) =>
      (await calls.list({ limit: 3, ...filter })).map(
        ({ id, kind, attempts }) => `${id} ${kind} ${attempts}`,
      );
    assert.deepEqual(await ids({}), ["refused call 1", "b call 1", "a call 1"]);
    assert.deepEqual(await ids({ results: ["refused"] }), ["refused call 1"]);
    assert.deepEqual(await ids({ kinds: ["registration"] }), ["login registration 3"]);
    const both = { kinds: ["stranger", "registration"] };
    assert.deepEqual(await ids({ ...both, before: "s1492" }), [
      "s1491 stranger 1",
      "s1490 stranger 1",
      "login registration 3",
    ]);
    assert.deepEqual(await ids({ kinds: ["call", "stranger"], before: "s0001" }), [
      "s0000 stranger 1",
      "refused call 1",
      "b call 1",
    ]);
    assert.deepEqual(await calls.refusedSince(0), { calls: 2000, registrations: 3 });
    assert.deepEqual(await calls.refusedSince(1501), { calls: 509, registrations: 0 });
    const hour = 3_600_000;
    await calls.insertMany(
      [callRecord("late", 9.5 * hour), callRecord("midnight", 30 * hour)].map(toCallRow),
    );
    const { counts } = await calls.day(Array.from({ length: 24 }, (_, at) => 3 + at * hour));
    assert.deepEqual(
      counts.map((one) => [one.hour, one.result, one.calls]),
      [
        [0, "refused", 1],
        [9, callRecord("late", 0).result, 1],
        [23, callRecord("late", 0).result, 1],
      ],
      "what came later counts with the last",
    );
    const uneven = await calls.day([3, 9 * hour, 9 * hour, 30 * hour]);
    assert.deepEqual(
      uneven.counts.map((one) => [one.hour, one.calls]),
      [
        [0, 1],
        [2, 1],
        [3, 1],
      ],
      "an hour that lasts no time has no calls",
    );
    const login = await (await store.reopen()).calls.get("login");
    assert.deepEqual([login?.kind, login?.attempts], ["registration", 3]);
  });
}
