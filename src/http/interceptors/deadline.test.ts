import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { ok } from "../../lib/result.ts";
import { type HttpReply, type HttpRequest, Progress, type Send } from "../request.ts";
import { deadline } from "./deadline.ts";

const REPLY: HttpReply = {
  status: 200,
  headers: {},
  body: Buffer.alloc(0),
  hops: [],
};

function request(): HttpRequest {
  return {
    origin: "http://crm.example",
    target: "/",
    headers: [],
    secretHeaders: [],
    followRedirects: true,
    timeoutMs: 5_000,
  };
}

describe("the deadline", () => {
  test("ends a request at its very millisecond, says how far it came, and has it dropped", async () => {
    const clock = new VirtualClock();
    const progress = new Progress();
    let dropped = 0;
    const never: Send = (_request, inner) => {
      inner.host = "crm.example";
      inner.phase = "reading";
      inner.whenCancelled(() => {
        dropped += 1;
      });
      return new Promise(() => {});
    };
    const outcome = deadline(clock)(never)(request(), progress);
    clock.advance(4_999);
    assert.equal(progress.cancelled, false);
    clock.advance(1);
    assert.deepEqual(await outcome, {
      ok: false,
      error: { code: "deadline", ms: 5_000, phase: "reading", host: "crm.example" },
    });
    assert.equal(progress.cancelled, true);
    assert.equal(dropped, 1);
  });

  test("lets a reply through and leaves no timer behind", async () => {
    const clock = new VirtualClock();
    const outcome = await deadline(clock)(async () => ok(REPLY))(request(), new Progress());
    assert.deepEqual(outcome, ok(REPLY));
    assert.equal(clock.pending, 0);
  });

  test("hides no bug: what is thrown inside comes out", async () => {
    const clock = new VirtualClock();
    const broken: Send = async () => {
      throw new TypeError("a bug");
    };
    await assert.rejects(deadline(clock)(broken)(request(), new Progress()), /a bug/);
    assert.equal(clock.pending, 0);
  });
});
