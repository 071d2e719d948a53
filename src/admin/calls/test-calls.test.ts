import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import type { CallSummary } from "../../model/repositories.ts";
import { TestCalls } from "./test-calls.ts";

const WANTED = { number: "+31501234567", from: "+31612345678", name: "", codes: [], talkMs: 2_000 };

test("N12: the caller's time to talk begins when somebody has answered, and not at a message", async () => {
  const clock = new VirtualClock();
  let call: Partial<CallSummary> | undefined;
  let isConnected = false;
  const calls = new TestCalls({
    clock,
    server: () => ({ host: "127.0.0.1", port: 5060 }),
    place: (_wanted, _server, { connected }) => {
      call = { id: "4f1c", caller: WANTED.from, called: WANTED.number, result: "ongoing" };
      return connected.then(() => {
        isConnected = true;
        return { kind: "answered" };
      });
    },
    list: () => Promise.resolve(call === undefined ? [] : [call as CallSummary]),
  });
  const placed = await calls.run(WANTED);
  assert.deepEqual(placed, { ok: true, value: { id: "4f1c", outcome: undefined, heard: [] } });
  await clock.advanceAsync(30_000);
  assert.equal(isConnected, false, "a message is heard, and phones ring");
  call = { ...call, answeredAt: 1 };
  await clock.advanceAsync(200);
  assert.equal(isConnected, true);
});
