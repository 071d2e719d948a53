import type { CallHead } from "../model/call-record.ts";

/** Part of a slab on its way to whoever keeps records. What is in it does not change until it has been settled. */
export interface Portion {
  /** From 1, without gaps. */
  readonly number: number;
  readonly memory: SharedArrayBuffer;
  readonly from: number;
  readonly to: number;
}

/** A call that is not over yet. */
export interface OpenCall {
  readonly handle: number;
  readonly head: CallHead;
}

/** Octets before each entry: a u32 that says of which call it is; 0: of none. */
export const HANDLE = 4;
