import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { TestCallers } from "./test-callers.ts";

const at = (port: number, host = "127.0.0.1", transport: "udp" | "tcp" = "udp") =>
  ({ transport, remote: { host, port } }) as const;

test("a port is our caller's from when it is told until it is taken back, by UDP and from this machine only", () => {
  const callers = new TestCallers(new VirtualClock());
  assert.equal(callers.has(at(4000)), false);
  callers.vouch(4000, false);
  assert.ok(callers.has(at(4000)));
  for (const other of [at(4001), at(4000, "192.0.2.1"), at(4000, "127.0.0.2"), at(4000, "127.0.0.1", "tcp")])
    assert.equal(callers.has(other), false);
  callers.vouch(4000, true);
  assert.equal(callers.has(at(4000)), false);
});

test("nobody who forgot to take it back has it for ever, and there are few", () => {
  const clock = new VirtualClock();
  const callers = new TestCallers(clock);
  for (const port of [1, 2, 3, 4, 5]) callers.vouch(port, false);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((port) => callers.has(at(port))),
    [false, true, true, true, true],
  );
  clock.advance(15 * 60_000);
  assert.equal(callers.has(at(5)), false);
});
