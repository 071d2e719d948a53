import type { CallRow, CallSummary } from "../model/repositories.ts";

/** A record that waits to leave. */
export interface WaitingRecord {
  readonly summary: CallSummary;
  readonly trace: string;
}

/** Records on their way to the control thread: the long texts in one piece of memory, which moves and is not copied. */
export interface RecordBatch {
  readonly summaries: readonly CallSummary[];
  /** The traces in a row, in UTF-8. */
  readonly traces: Uint8Array<ArrayBuffer>;
  /** Bytes of each trace. */
  readonly lengths: readonly number[];
}

/** Packs records; `traces.buffer` is the batch's own and may be transferred. */
export function packRecords(records: readonly WaitingRecord[]): RecordBatch {
  const lengths = records.map(({ trace }) => Buffer.byteLength(trace));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  // Not from Node's shared pool: memory of the pool cannot be transferred.
  const traces = Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const { trace } of records) at += traces.write(trace, at);
  return { summaries: records.map(({ summary }) => summary), traces, lengths };
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
