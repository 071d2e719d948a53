import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { Timed, TimerQueues } from "./timer-queue.ts";

class Note extends Timed {
  readonly #fired: () => void;
  constructor(fired: () => void) {
    super();
    this.#fired = fired;
  }
  onTimer(): void {
    this.#fired();
  }
}

test("ten thousand timers of one length need one timer of the clock", () => {
  const clock = new VirtualClock();
  const queues = new TimerQueues(clock);
  const fired: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    queues.start(new Note(() => fired.push(clock.now() - i)), 32_000);
    clock.advance(1);
  }
  assert.equal(clock.pending, 1);
  assert.equal(queues.size, 10_000);
  clock.advance(32_000);
  assert.equal(fired.length, 10_000);
  assert.ok(fired.every((at) => at === 32_000));
  assert.equal(queues.size, 0);
  assert.equal(clock.pending, 0);
});

test("any mix of starts, restarts from within and without, and cancels fires what is left, each at its time", () => {
  const operations = fc.array(
    fc.record({
      who: fc.nat(9),
      what: fc.constantFrom("start", "start", "cancel"),
      delay: fc.constantFrom(5, 500, 1000, 4000),
      wait: fc.nat(700),
      again: fc.nat(2),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(operations, (script) => {
      const clock = new VirtualClock();
      const queues = new TimerQueues(clock);
      const expected = new Map<number, number>();
      const again = new Map<number, number>();
      const problems: string[] = [];
      const notes: Note[] = Array.from({ length: 10 }, (_, who) => {
        return new Note(() => {
          if (expected.get(who) !== clock.now()) problems.push(`${who} at ${clock.now()}`);
          expected.delete(who);
          const left = again.get(who) ?? 0;
          if (left === 0) return;
          again.set(who, left - 1);
          queues.start(notes[who] as Note, 500);
          expected.set(who, clock.now() + 500);
        });
      });
      for (const { who, what, delay, wait, again: times } of script) {
        const note = notes[who] as Note;
        if (what === "start") {
          queues.start(note, delay);
          again.set(who, times);
          expected.set(who, clock.now() + delay);
        } else {
          queues.cancel(note);
          expected.delete(who);
        }
        clock.advance(wait);
      }
      clock.advance(10_000);
      assert.deepEqual(problems, []);
      assert.equal(expected.size, 0);
      assert.equal(clock.pending, 0);
    }),
  );
});

test("one that throws does not stop the others", () => {
  const clock = new VirtualClock();
  const queues = new TimerQueues(clock);
  let fired = 0;
  queues.start(
    new Note(() => {
      throw new Error("a bug");
    }),
    10,
  );
  queues.start(new Note(() => fired++), 10);
  assert.throws(() => clock.advance(10), /a bug/);
  clock.advance(10);
  assert.equal(fired, 1);
});

test("close forgets all and leaves nothing on the clock", () => {
  const clock = new VirtualClock();
  const queues = new TimerQueues(clock);
  const note = new Note(() => assert.fail("fired after close"));
  queues.start(note, 10);
  queues.start(new Note(() => assert.fail("fired after close")), 20);
  queues.close();
  assert.equal(clock.pending, 0);
  queues.cancel(note);
  queues.start(note, 10);
  clock.advance(100);
});
