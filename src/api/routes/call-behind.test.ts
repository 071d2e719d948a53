import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { callRecord } from "../../../test/support/call-record.ts";
import { silentPorts } from "../silent-ports.suite.ts";
import { callBehind } from "./call-behind.ts";

test("a call that is quiet is answered as it is after 10 s, and nothing is left behind", async () => {
  const clock = new VirtualClock();
  const record = callRecord("abc", 1, { result: "ongoing", sip: [], story: [] });
  let followed = 0;
  const ports = {
    calls: { ...silentPorts.calls, get: async () => record },
    liveCalls: {
      ...silentPorts.liveCalls,
      follow: () => {
        followed += 1;
        return () => void (followed -= 1);
      },
    },
  };
  const socket = new EventEmitter() as Socket;
  let answer: unknown;
  const answered = callBehind(ports, { id: "abc", behind: 7, socket }, clock).then((told) => (answer = told));
  await clock.advanceAsync(9_999);
  assert.deepEqual([answer, followed], [undefined, 1]);
  await clock.advanceAsync(1);
  await answered;
  assert.deepEqual([answer, followed, socket.listenerCount("close")], [record, 0, 0]);
});
