import type { CallHead } from "../model/call-record.ts";

/** Part of a slab on its way to whoever keeps records. What is in it does not change until it has been settled. */
export interface Portion {
  /** From 1, without gaps. */
  readonly number: number;
  /** Which slab, of the few that are used again and again; undefined: one of a burst, which its reader forgets. */
  readonly slab: number | undefined;
  /** Undefined: that slab is known. Handing it over each time would make an object of its whole size on the other side. */
  readonly memory: SharedArrayBuffer | undefined;
  readonly from: number;
  readonly to: number;
}

/** A call that is not over yet. */
export interface OpenCall {
  readonly handle: number;
  readonly head: CallHead;
  /** When and who; undefined: nobody has answered yet. */
  readonly answered: Answered | undefined;
}

/** Somebody answered a call. */
export interface Answered {
  /** Milliseconds from the beginning of the call. */
  readonly atMs: number;
  /** Who it was, as the event says. */
  readonly target: string;
}

/** Octets before each entry: a u32 that says of which call it is; 0: of none. */
export const HANDLE = 4;
