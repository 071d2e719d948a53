import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import type { Topic } from "../../api/contract/events.ts";
import { EventBus, type EventSource, FOLLOWERS, type Followed, KEPT_EVENTS } from "./event-bus.ts";

const CONFIG = new Set<Topic>(["config.changed"]);
const CALLS = new Set<Topic>(["call.started", "config.changed"]);

function dataOf(octets: Uint8Array): string {
  return /^data: (.*)$/m.exec(Buffer.from(octets).toString())?.[1] ?? "";
}

/** What a follower has got so far, in short. */
function reader(bus: EventBus, topics: ReadonlySet<Topic>, last?: string) {
  const followed = bus.follow(topics, last);
  assert.ok(followed.ok);
  const got: string[] = [];
  const ids: string[] = [];
  const iterator = followed.value[Symbol.asyncIterator]();
  const waiting: Followed[] = [];
  let ended = false;
  const next = async (): Promise<void> => {
    if (waiting.length === 0) {
      const { value, done } = (await iterator.next()) as IteratorResult<readonly Followed[], undefined>;
      if (done === true) ended = true;
      else waiting.push(...(value ?? []));
    }
    const event = waiting.shift();
    if (event === "heartbeat" || event === "reset") got.push(event);
    else if (event !== undefined) {
      got.push(`${event.topic} ${String(JSON.parse(dataOf(event.octets)))}`);
      ids.push(event.id);
    }
  };
  return { got, ids, next, leave: () => iterator.return?.(), isOver: () => ended };
}

describe("following events", () => {
  test("gives those of the topics, in order, and a sign of life every 15 s where there is none", async () => {
    const clock = new VirtualClock();
    const bus = new EventBus(clock, "a");
    const one = reader(bus, CONFIG);
    await one.next();
    bus.publish("phone.lost", 1);
    bus.publish("config.changed", 2);
    bus.publish("config.changed", 3);
    await one.next();
    await one.next();
    const waiting = one.next();
    await clock.advanceAsync(14_999);
    assert.equal(one.got.length, 3);
    await clock.advanceAsync(1);
    await waiting;
    assert.deepEqual(one.got, ["heartbeat", "config.changed 2", "config.changed 3", "heartbeat"]);
    await one.leave();
    assert.equal(clock.pending, 0);
  });

  test("goes on behind the last event that was seen, over 1,000 events; else it says that something is missing", async () => {
    const bus = new EventBus(new VirtualClock(), "a");
    const first = reader(bus, CONFIG);
    bus.publish("config.changed", 1);
    await first.next();
    await first.next();
    await first.leave();
    const [last] = first.ids;
    bus.publish("phone.lost", 2);
    bus.publish("config.changed", 3);
    const again = reader(bus, CONFIG, last);
    await again.next();
    await again.next();
    assert.deepEqual(again.got, ["heartbeat", "config.changed 3"]);
    for (let count = 0; count < KEPT_EVENTS.most; count += 1) bus.publish("phone.lost", count);
    for (const id of [last, "b-1", "a-99999", "a-x", "", "a-1.5"]) {
      const late = reader(bus, CONFIG, id);
      await late.next();
      await late.next();
      assert.deepEqual(late.got, ["heartbeat", "reset"], id);
      await late.leave();
    }
  });

  test("lets go of who does not take what comes, and of nobody else", async () => {
    const bus = new EventBus(new VirtualClock(), "a");
    const slow = reader(bus, CONFIG);
    const quick = reader(bus, CONFIG);
    await slow.next();
    await quick.next();
    for (let count = 0; count <= FOLLOWERS.waiting; count += 1) {
      bus.publish("config.changed", count);
      await quick.next();
    }
    assert.equal(quick.got.length, FOLLOWERS.waiting + 2);
    await slow.next();
    assert.equal(slow.isOver(), true);
    bus.publish("config.changed", "last");
    await quick.next();
    assert.equal(quick.got.at(-1), "config.changed last");
  });

  test("what is long counts by its octets, for who comes back and for who is slow", async () => {
    const bus = new EventBus(new VirtualClock(), "a");
    const slow = reader(bus, CONFIG);
    await slow.next();
    const text = "x".repeat(KEPT_EVENTS.octets / 4);
    for (let count = 0; count < 4; count += 1) bus.publish("config.changed", text);
    await slow.next();
    assert.equal(slow.isOver(), true);
    // Three are kept: the fourth had no room beside them.
    for (const [last, wanted] of [
      ["a-0", ["heartbeat", "reset"]],
      ["a-1", ["heartbeat", `config.changed ${text}`]],
    ] as const) {
      const back = reader(bus, CONFIG, last);
      await back.next();
      await back.next();
      assert.deepEqual(back.got, wanted);
      await back.leave();
    }
    // One that is more than all that may wait comes all the same.
    const one = reader(bus, CONFIG);
    await one.next();
    bus.publish("config.changed", "x".repeat(FOLLOWERS.octets + 1));
    await one.next();
    assert.deepEqual([one.got.length, one.isOver()], [2, false]);
    await one.leave();
  });

  test("has room for a hundred", async () => {
    const bus = new EventBus(new VirtualClock(), "a");
    const all = Array.from({ length: FOLLOWERS.most }, () => reader(bus, CONFIG));
    assert.deepEqual(bus.follow(CONFIG, undefined), { ok: false, error: "full" });
    await all[0]?.next();
    await all[0]?.leave();
    assert.ok(bus.follow(CONFIG, undefined).ok);
  });

  test("begins what costs something for those who want it, ends it a minute after, and tells of the gap", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    let tell: (number: number) => void = () => {};
    let fail = (): void => {};
    const source: EventSource = {
      topics: ["call.started"],
      begin(publish) {
        log.push("begin");
        fail = () =>
          publish("call.started", (out) => {
            out.text("begun");
            throw new Error("damaged");
          });
        tell = (number) => publish("call.started", (out) => out.number(number));
        return () => log.push("end");
      },
    };
    const bus = new EventBus(clock, "a", source);
    const config = reader(bus, CONFIG);
    assert.deepEqual(log, []);
    bus.publish("config.changed", 1);
    await config.next();
    await config.next();
    const calls = reader(bus, CALLS);
    assert.deepEqual(log, ["begin"]);
    tell(2);
    await calls.next();
    await calls.next();
    // One that cannot be written is none, and leaves nothing to the next one.
    assert.throws(fail, /damaged/);
    await calls.leave();
    await clock.advanceAsync(30_000);
    // Within the minute nothing is missed.
    const again = reader(bus, CALLS, calls.ids[0]);
    tell(3);
    await again.next();
    await again.next();
    assert.deepEqual(again.got, ["heartbeat", "call.started 3"]);
    await again.leave();
    await clock.advanceAsync(60_000);
    assert.deepEqual(log, ["begin", "end"]);
    const late = reader(bus, CALLS, again.ids[0]);
    await late.next();
    await late.next();
    assert.deepEqual(late.got, ["heartbeat", "reset"]);
    await late.leave();
    await config.leave();
  });

  test("a bus that is closed leaves no timer: a server with readers stops at once", async () => {
    const clock = new VirtualClock();
    let begun = 0;
    const source: EventSource = {
      topics: ["call.started"],
      begin: () => {
        begun += 1;
        return () => {
          begun -= 1;
        };
      },
    };
    const bus = new EventBus(clock, "a", source);
    const idle = clock.pending;
    const one = reader(bus, CALLS);
    await one.next();
    const waiting = one.next();
    bus.close();
    await waiting;
    assert.deepEqual([one.isOver(), begun, clock.pending], [true, 0, idle]);
  });
});
