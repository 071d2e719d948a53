import type { CallRow, CallSummary } from "../model/repositories.ts";

/** Records on their way to the control thread: the long traces in one piece of memory, which moves and is not copied. */
export interface RecordBatch {
  readonly summaries: readonly CallSummary[];
  /** The traces in a row. */
  readonly traces: Uint8Array<ArrayBuffer>;
  /** Bytes of each trace. */
  readonly lengths: readonly number[];
}

/** Packs rows; `traces.buffer` is the batch's own and may be transferred. */
export function packRecords(rows: readonly CallRow[]): RecordBatch {
  const lengths = rows.map(({ trace }) => trace.length);
  // Not filled with zeros first: every octet is written below.
  const traces = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { trace } of rows) {
    traces.set(trace, at);
    at += trace.length;
  }
  return { summaries: rows.map(({ trace: _, ...summary }) => summary), traces, lengths };
}

/** The rows of a batch; their traces are views of its memory. */
export function unpackRecords(batch: RecordBatch): CallRow[] {
  let at = 0;
  return batch.summaries.map((summary, index) => {
    const trace = batch.traces.subarray(at, at + (batch.lengths[index] ?? 0));
    at += trace.length;
    return { ...summary, trace };
  });
}
