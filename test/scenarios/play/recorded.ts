import assert from "node:assert/strict";
import type { CallRecord } from "../../../src/model/call-record.ts";
import { timeline } from "../../../src/model/timeline.ts";
import type { Packet } from "../../fakes/loop-network.ts";

/** A record is closed so long after its call's end; what comes later is in none. */
const LINGER_MS = 250;

/** That a record holds what was on the wire: every message that we sent, in order, and every one that came to us. */
export function assertRecorded(
  record: CallRecord,
  wire: readonly Packet[],
  board: string,
  wallMs: number,
): void {
  const numbers = timeline(record).map(({ seq }) => seq);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
    "numbers without a gap",
  );
  const callIds = callIdsOf(record);
  // Strangers' messages are in no record.
  if (callIds.size === 0) return;
  // A challenge and what leads to it come before there is a call; a message is on its way for a millisecond.
  const openedAt = record.startedAt - wallMs - 1;
  const closedAt = record.endedAt + LINGER_MS - wallMs;
  const ours = wire.filter(({ message, from, to, at }) => {
    return (
      callIds.has(message.callId) &&
      (from.host === board || to.host === board) &&
      at < closedAt &&
      at >= openedAt
    );
  });
  const shown = (out: boolean): string[] =>
    ours
      .filter(({ from, copies }) => (from.host === board) === out && (out || copies > 0))
      .map(({ text }) => plain(text));
  const kept = (out: boolean): string[] =>
    record.sip.filter(({ direction }) => (direction === "out") === out).map(({ text }) => plain(text));
  assert.deepEqual(kept(true).slice(0, shown(true).length), shown(true), "what we sent");
  // What is on its way while the record is closed may be missing.
  const came = kept(false).toSorted();
  for (const text of came)
    if (!text.includes("***")) assert.ok(shown(false).includes(text), `never on the wire: ${text}`);
  assert.ok(shown(false).length - came.length <= 2, `${came.length} of ${shown(false).length} came in`);
}

/** Of the messages that a record holds. */
export function callIdsOf({ sip }: CallRecord): ReadonlySet<string> {
  return new Set(sip.flatMap(({ text }) => /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(text)?.[1] ?? []));
}

/** A message without what is masked. */
export function plain(text: string): string {
  if (text.startsWith("INFO ")) return text.slice(0, text.indexOf("\r\n\r\n"));
  return text.replace(/^((?:proxy-)?authorization[ \t]*:).*$/gim, "$1");
}
