import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callRecord } from "../../test/contract/repositories.suite.ts";
import { toCallRow } from "../model/call-row.ts";
import { packRecords, unpackRecords } from "./record-batch.ts";

test("packed, moved to the other side and unpacked, records are the rows they would have been", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 8 }), (names) => {
      const records = names.map((callerName, index) =>
        callRecord(`id${index}`, index, { reason: callerName }),
      );
      const batch = packRecords(records.map(toCallRow));
      const moved = structuredClone(batch, { transfer: [batch.traces.buffer] });
      assert.equal(batch.traces.length, 0);
      const rows = unpackRecords(moved).map((row) => ({ ...row, trace: Buffer.from(row.trace).toString() }));
      const wanted = records.map((record) => ({
        ...toCallRow(record),
        trace: Buffer.from(toCallRow(record).trace).toString(),
      }));
      assert.deepEqual(rows, wanted);
    }),
    { numRuns: 50 },
  );
});
