import assert from "node:assert/strict";
import type { CallRecord } from "../../src/model/call-record.ts";
import { toCallRow } from "../../src/model/call-row.ts";
import { endReason } from "../../src/model/end-words.ts";
import type { PlanPath } from "../../src/model/plan-path.ts";
import { callRecord } from "../support/call-record.ts";
import type { Check } from "./store-under-test.ts";

/** With its event as this one in the call, and its message as the next. */
function numbered(record: CallRecord, seq: number): CallRecord {
  const { story, sip } = record;
  return {
    ...record,
    story: story.map((event) => ({ ...event, seq })),
    sip: sip.map((message) => ({ ...message, seq: seq + 1 })),
  };
}

/** Records of calls: kept whole, once, and not for ever. */
export function callContract(check: Check): void {
  check("a record comes back the same", async ({ repositories }) => {
    const answered = callRecord("aaaa1111", 1000);
    const refused = callRecord("bbbb2222", 2000, {
      answeredAt: undefined,
      plan: undefined,
      answeredBy: undefined,
      result: "refused",
      missed: true,
      story: [],
      sip: [],
    });
    await repositories.calls.insertMany([answered, refused].map(toCallRow));
    assert.deepEqual(await repositories.calls.get("aaaa1111"), JSON.parse(JSON.stringify(answered)));
    assert.deepEqual(await repositories.calls.get("bbbb2222"), refused);
  });

  check("the beginning of an id is enough when only one call has it", async ({ repositories }) => {
    await repositories.calls.insertMany(
      ["aa11", "aa22", "aa", "bb11"].map((id) => toCallRow(callRecord(id, 1))),
    );
    assert.equal((await repositories.calls.get("b"))?.id, "bb11");
    assert.equal((await repositories.calls.get("aa"))?.id, "aa");
    assert.equal(await repositories.calls.get("a"), undefined);
    assert.equal(await repositories.calls.get("c"), undefined);
    assert.equal(await repositories.calls.get("%"), undefined);
  });

  check("a batch that is sent a second time is kept once", async ({ repositories }) => {
    const rows = ["a", "b"].map((id) => toCallRow(callRecord(id, 1)));
    await repositories.calls.insertMany(rows);
    await repositories.calls.insertMany([...rows, toCallRow(callRecord("c", 2))]);
    assert.equal((await repositories.calls.list({ limit: 10 })).length, 3);
  });

  check("who answered a call that is up, and when, stays known whatever follows", async (store) => {
    const { calls } = store.repositories;
    const up = { result: "ongoing", reason: "the call is up", answeredAt: 5, answeredBy: "215" } as const;
    const end = { endedAt: 99, result: "completed", answeredAt: undefined, answeredBy: undefined } as const;
    await calls.insertMany([toCallRow(callRecord("up", 1, up))]);
    await calls.insertMany([toCallRow(callRecord("up", 1, end))]);
    const whole = await calls.get("up");
    assert.deepEqual([whole?.result, whole?.answeredAt, whole?.answeredBy], ["completed", 5, "215"]);
  });

  check("a call that is up is kept, what comes goes behind it, and its end follows once", async (store) => {
    const { calls } = store.repositories;
    const up = { result: "ongoing", reason: "the call is up" } as const;
    const begun = numbered(callRecord("up", 1, up), 1);
    const more = numbered(callRecord("up", 1, up), 3);
    const rest = numbered(callRecord("up", 1, { endedAt: 99, result: "completed", reason: "hung up" }), 5);
    await calls.insertMany([toCallRow(begun)]);
    await calls.insertMany([toCallRow(begun)]);
    assert.equal((await calls.get("up"))?.result, "ongoing");
    await calls.insertMany([toCallRow(more)]);
    await calls.insertMany([toCallRow(more), toCallRow(rest)]);
    await calls.insertMany([toCallRow(rest), toCallRow(begun)]);
    const whole = await calls.get("up");
    assert.deepEqual([whole?.result, whole?.reason, whole?.endedAt], ["completed", "hung up", 99]);
    assert.deepEqual(
      [whole?.story, whole?.sip].map((entries) => entries?.map(({ seq }) => seq)),
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
    );
  });

  check(
    "a batch holds calls that are new, one that was up, and one that began and ended since",
    async (store) => {
      const { calls, plans } = store.repositories;
      const up = { result: "ongoing", reason: "the call is up" } as const;
      const [old, fresh] = ["old", "fresh"].map((id) => [
        numbered(callRecord(id, 1, up), 1),
        numbered(callRecord(id, 1, { endedAt: 99 }), 3),
      ]);
      const path = ({ id, result }: CallRecord, step: string): PlanPath => ({
        callId: id,
        planId: "p",
        version: 1,
        startedAt: 1,
        path: [{ step, answered: false }],
        isOpen: result === "ongoing",
      });
      const save = (...records: readonly CallRecord[]) =>
        calls.insertMany(
          records.map(toCallRow),
          records.map((record) => path(record, record.result === "ongoing" ? "1" : "2")),
        );
      const [oldUp, oldEnd, freshUp, freshEnd] = [...(old ?? []), ...(fresh ?? [])];
      assert.ok(oldUp && oldEnd && freshUp && freshEnd);
      await save(oldUp);
      const batch = [callRecord("other", 1), freshUp, oldEnd, freshEnd, callRecord("another", 1)];
      for (const _ of ["once", "and again"]) await save(...batch);
      const paths = new Map((await plans.paths("p", 0, 9)).map(({ callId, path: steps }) => [callId, steps]));
      for (const [id, seqs] of [
        ["old", [1, 3]],
        ["fresh", [1, 3]],
      ] as const) {
        const call = await calls.get(id);
        assert.deepEqual([call?.result, call?.endedAt], ["completed", 99]);
        assert.deepEqual(
          call?.story.map(({ seq }) => seq),
          seqs,
        );
        assert.deepEqual(
          paths.get(id)?.map(({ step }) => step),
          ["1", "2"],
        );
      }
      assert.equal((await calls.get("other"))?.story.length, 1);
      assert.equal((await calls.list({ limit: 10 })).length, 4);
    },
  );

  check("calls that were up when the process died are closed", async ({ repositories }) => {
    const { calls } = repositories;
    const rows = [callRecord("a", 1, { result: "ongoing" }), callRecord("b", 2)];
    await calls.insertMany(rows.map(toCallRow));
    const why = endReason("end.cut", {});
    assert.equal((await calls.closeOngoing(why)).length, 1);
    const cut = await calls.get("a");
    assert.deepEqual(
      [cut?.result, cut?.reason, cut?.said],
      ["failed", why.reason, { code: "end.cut", args: {} }],
    );
    assert.equal((await calls.get("b"))?.result, "completed");
  });

  check(
    "why a call ended is kept as code and arguments too, sentences in them whole",
    async ({ repositories: { calls } }) => {
      const { reason, ...said } = endReason("end.afterAnswer", {
        step: "step 1 (Phone 215)",
        why: { code: "end.callerHungUp", args: {}, text: "the caller hung up" },
      });
      const quoting = { code: "end.lost", args: { side: "caller", why: "x".repeat(5000) } };
      const rows = [
        callRecord("a", 3, {
          reason,
          said,
        }),
        callRecord("b", 2, { said: undefined }),
        callRecord("c", 1, { said: quoting }),
      ];
      await calls.insertMany(rows.map(toCallRow));
      const listed = await calls.list({ limit: 10 });
      assert.deepEqual(
        listed.map((call) => call.said),
        [{ code: said.code, args: said.args }, undefined, undefined],
      );
    },
  );

  check("X8: a stranger's row grows with its attempts, and never back; a call's does not", async (store) => {
    const { calls } = store.repositories;
    const row = (attempts: number, change: Partial<CallRecord> = {}) =>
      toCallRow(
        callRecord("s", 1, {
          kind: "stranger",
          attempts,
          endedAt: 100 + attempts,
          result: "refused",
          ...change,
        }),
      );
    await calls.insertMany([row(1)]);
    await calls.insertMany([row(5), row(3), row(5)]);
    const grown = await calls.get("s");
    assert.deepEqual([grown?.attempts, grown?.endedAt, grown?.story.length], [5, 105, 1]);
    assert.deepEqual(await calls.refusedSince(0), { calls: 5, registrations: 0 });
  });

  check("purge deletes the oldest, a bounded number at a time", async ({ repositories }) => {
    await repositories.calls.insertMany([1, 2, 3, 4].map((at) => toCallRow(callRecord(`id${at}`, at))));
    assert.equal(await repositories.calls.purge(4, 2), true);
    assert.deepEqual(
      (await repositories.calls.list({ limit: 10 })).map((call) => call.id),
      ["id4", "id3"],
    );
    assert.equal(await repositories.calls.purge(4, 2), false);
    assert.equal(await repositories.calls.purge(4, 2), false);
  });
}
