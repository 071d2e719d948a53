import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { BODY_MS, STRANGERS_BODIES, StrangersBodies } from "./strangers-bodies.ts";

/** A request with a body on its way from an address, and the answer to it. */
function coming(address: string) {
  const socket = { remoteAddress: address, isDestroyed: false, destroy: () => (socket.isDestroyed = true) };
  const request = { complete: false, socket };
  const response = new EventEmitter();
  return {
    socket,
    request,
    response,
    take: (bodies: StrangersBodies) =>
      bodies.take(
        request as unknown as Parameters<StrangersBodies["take"]>[0],
        response as Parameters<StrangersBodies["take"]>[1],
      ),
  };
}

test("I14: strangers send few bodies at once, of one source fewer; what is answered makes room", () => {
  const clock = new VirtualClock();
  const bodies = new StrangersBodies(clock);
  const own = Array.from({ length: STRANGERS_BODIES.ofSource + 1 }, (_, at) => coming(`2001:db8::${at}`));
  assert.deepEqual(
    own.map((one) => one.take(bodies)),
    [true, true, true, true, false],
  );
  const others = Array.from({ length: STRANGERS_BODIES.all }, (_, at) => coming(`198.51.100.${at}`));
  assert.equal(others.filter((one) => one.take(bodies)).length, STRANGERS_BODIES.all - own.length + 1);
  own[0]?.response.emit("close");
  assert.ok(coming("2001:db8::9").take(bodies));
  assert.ok(!coming("203.0.113.1").take(bodies));
  for (const { response } of [...own, ...others]) response.emit("close");
});

test("I14: a stranger's body that does not come ends its connection; one that is here may be worked with", () => {
  const clock = new VirtualClock();
  const bodies = new StrangersBodies(clock);
  const [slow, whole, answered] = [coming("198.51.100.1"), coming("198.51.100.2"), coming("198.51.100.3")];
  for (const one of [slow, whole, answered]) assert.ok(one.take(bodies));
  whole.request.complete = true;
  answered.response.emit("close");
  clock.advance(BODY_MS);
  assert.deepEqual(
    [slow, whole, answered].map(({ socket }) => socket.isDestroyed),
    [true, false, false],
  );
});
