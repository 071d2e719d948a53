import type { CallEnd, CallHead, CallRecord, Happening } from "./call-record.ts";

/** Which entry is written next: one object a call, which is changed for each of them. */
export interface Stamp {
  /** What `open` gave. */
  call: number;
  /** From 1. */
  seq: number;
  /** Milliseconds since the call began. */
  atMs: number;
  /** 0: the caller's; n: the leg Bn. Of messages alone. */
  leg: number;
  /** Of messages alone. */
  isOut: boolean;
}

/** Where records are written while their calls happen. Nothing here waits or throws, and nothing that is given is kept. */
export interface RecordTape {
  /** A call begins; it is written on under this number. */
  open(head: CallHead): number;
  /** `octets`: the whole message, secrets masked. */
  message(stamp: Stamp, peer: string, octets: Uint8Array): void;
  event(stamp: Stamp, event: Happening): void;
  /** The call is over; nothing of it comes after. */
  close(stamp: Stamp, end: CallEnd): void;
  /** A record that is whole. */
  put(record: CallRecord): void;
}
