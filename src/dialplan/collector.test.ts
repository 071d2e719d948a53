import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { Timer } from "../runtime/clock.ts";
import {
  type Collector,
  type CollectorEvent,
  type CollectorStep,
  type CollectorTimer,
  startCollector,
  stepCollector,
} from "./collector.ts";
import { type CollectRule, MAX_CODE_DIGITS } from "./command.ts";

const RULE: CollectRule = { keys: "code", timeoutMs: 10_000, interDigitMs: 3_000, length: undefined };
const FOUR: CollectRule = { ...RULE, length: 4 };
const MENU: CollectRule = { ...RULE, keys: "menu", length: 1 };

/**
 * A shell around the collector: plays a message of `promptMs` (undefined: none), runs its timers on a virtual clock, and
 * writes down what it does, each as `500 done 1234 hash`: at which millisecond, and what.
 */
class Shell {
  readonly clock = new VirtualClock();
  readonly log: string[] = [];
  readonly #timers = new Map<CollectorTimer, Timer>();
  readonly #prompt: Timer | undefined;
  #state: Collector;

  constructor(rule: CollectRule, promptMs: number | undefined) {
    const [state, commands] = startCollector(rule, promptMs !== undefined);
    this.#state = state;
    if (promptMs !== undefined) {
      this.#prompt = this.clock.after(promptMs, () => {
        this.log.push(`${this.clock.now()} promptEnded`);
        this.tell({ type: "promptEnded" });
      });
    }
    this.#perform(commands);
  }

  get done(): boolean {
    return this.#state.phase === "done";
  }

  get runningTimers(): number {
    return this.#timers.size;
  }

  tell(event: CollectorEvent): void {
    const [state, commands] = stepCollector(this.#state, event);
    this.#state = state;
    this.#perform(commands);
  }

  /** Each key at its millisecond, then whatever time is needed. */
  run(script: readonly (readonly [atMs: number, keys: string])[], untilMs = 200_000): readonly string[] {
    for (const [atMs, keys] of script) {
      this.clock.advance(atMs - this.clock.now());
      for (const digit of keys) this.tell({ type: "digit", digit });
    }
    this.clock.advance(untilMs - this.clock.now());
    return this.log;
  }

  #perform(commands: CollectorStep[1]): void {
    for (const command of commands) {
      switch (command.type) {
        case "stopPrompt":
          this.#prompt?.cancel();
          this.log.push(`${this.clock.now()} stopPrompt`);
          break;
        case "startTimer":
          this.#timers.get(command.timer)?.cancel();
          this.#timers.set(
            command.timer,
            this.clock.after(command.ms, () => this.#fire(command.timer)),
          );
          break;
        case "cancelTimer":
          assert.ok(this.#timers.has(command.timer), `${command.timer} runs when it is cancelled`);
          this.#timers.get(command.timer)?.cancel();
          this.#timers.delete(command.timer);
          break;
        case "done":
          assert.equal(this.#timers.size, 0, "no timer outlives the end");
          this.log.push(`${this.clock.now()} done ${command.digits || "-"} ${command.ended}`);
      }
    }
  }

  #fire(timer: CollectorTimer): void {
    this.#timers.delete(timer);
    this.tell({ type: "timer", timer });
  }
}

type Row = readonly [
  name: string,
  rule: CollectRule,
  promptMs: number | undefined,
  script: readonly (readonly [atMs: number, keys: string])[],
  expected: readonly string[],
];

function table(rows: readonly Row[]): void {
  for (const [name, rule, promptMs, script, expected] of rows) {
    test(name, () => {
      const shell = new Shell(rule, promptMs);
      assert.deepEqual(shell.run(script), expected);
      assert.equal(shell.runningTimers, 0);
      assert.equal(shell.clock.pending, 0);
    });
  }
}

describe("a code without a message", () => {
  table([
    ["nothing typed: the time is up", RULE, undefined, [], ["10000 done - timeout"]],
    ["# ends at once", RULE, undefined, [[500, "1234#"]], ["500 done 1234 hash"]],
    ["3 s of silence after a digit", RULE, undefined, [[500, "1234"]], ["3500 done 1234 silence"]],
    [
      "each digit begins the silence anew",
      RULE,
      undefined,
      [
        [1_000, "1"],
        [3_900, "2"],
        [6_800, "3"],
      ],
      ["9800 done 123 silence"],
    ],
    [
      "what is typed when the time is up counts",
      RULE,
      undefined,
      [
        [6_000, "1"],
        [8_500, "2"],
      ],
      ["10000 done 12 timeout"],
    ],
    [
      "a digit after 3 s of silence is too late",
      RULE,
      undefined,
      [
        [0, "1"],
        [3_001, "2#"],
      ],
      ["3000 done 1 silence"],
    ],
    ["a single digit is a code", RULE, undefined, [[0, "7#"]], ["0 done 7 hash"]],
    ["zeros in front are kept", RULE, undefined, [[0, "0070#"]], ["0 done 0070 hash"]],
    [
      "the total is shorter than the silence",
      { ...RULE, timeoutMs: 1_000 },
      undefined,
      [[500, "1"]],
      ["1000 done 1 timeout"],
    ],
  ]);
});

describe("the message, and keys that end it", () => {
  table([
    [
      "the time counts from the end of the message",
      RULE,
      4_000,
      [],
      ["4000 promptEnded", "14000 done - timeout"],
    ],
    ["a digit stops it and counts", RULE, 4_000, [[1_500, "12#"]], ["1500 stopPrompt", "1500 done 12 hash"]],
    [
      "the time then counts from that digit",
      { ...RULE, interDigitMs: 60_000 },
      4_000,
      [[1_500, "12"]],
      ["1500 stopPrompt", "11500 done 12 timeout"],
    ],
    ["typed after the message", RULE, 4_000, [[5_000, "12"]], ["4000 promptEnded", "8000 done 12 silence"]],
    ["a digit at its very beginning", RULE, 4_000, [[0, "1#"]], ["0 stopPrompt", "0 done 1 hash"]],
    [
      "# and * without a digit let it play on",
      RULE,
      4_000,
      [[1_000, "#*#"]],
      ["4000 promptEnded", "14000 done - timeout"],
    ],
    ["A to D let it play on", RULE, 4_000, [[1_000, "ABCD"]], ["4000 promptEnded", "14000 done - timeout"]],
    [
      "a code of one digit stops it and is complete",
      { ...RULE, length: 1 },
      4_000,
      [[1_000, "5"]],
      ["1000 stopPrompt", "1000 done 5 length"],
    ],
  ]);
});

describe("* clears, # without digits does nothing", () => {
  table([
    ["* and then the right one", RULE, undefined, [[0, "12*34#"]], ["0 done 34 hash"]],
    ["* stops the silence; the total goes on", RULE, undefined, [[8_000, "12*"]], ["10000 done - timeout"]],
    [
      "the total is not begun again by *",
      RULE,
      undefined,
      [
        [2_000, "12*"],
        [9_000, "3"],
      ],
      ["10000 done 3 timeout"],
    ],
    ["* again and again", RULE, undefined, [[0, "1**2*3#"]], ["0 done 3 hash"]],
    [
      "* with nothing typed",
      RULE,
      undefined,
      [
        [9_000, "*"],
        [9_500, "1#"],
      ],
      ["9500 done 1 hash"],
    ],
    [
      "# with nothing typed is ignored",
      RULE,
      undefined,
      [
        [0, "#"],
        [1_000, "1#"],
      ],
      ["1000 done 1 hash"],
    ],
    ["# after * is # with nothing typed", RULE, undefined, [[0, "12*#"]], ["10000 done - timeout"]],
  ]);
});

describe("how long a code is", () => {
  table([
    ["complete at its length, at once", FOUR, undefined, [[700, "1234"]], ["700 done 1234 length"]],
    ["keys after the end are nobody's", FOUR, undefined, [[700, "1234567#"]], ["700 done 1234 length"]],
    ["a shorter one by #", FOUR, undefined, [[700, "12#"]], ["700 done 12 hash"]],
    ["a shorter one by silence", FOUR, undefined, [[700, "12"]], ["3700 done 12 silence"]],
    ["* makes room again", FOUR, undefined, [[700, "123*4567"]], ["700 done 4567 length"]],
    ["A to D and rubbish are not digits", FOUR, undefined, [[0, "1A2BC3Dx\n4"]], ["0 done 1234 length"]],
    [
      "32 digits at most",
      RULE,
      undefined,
      [[0, "5".repeat(40)]],
      [`0 done ${"5".repeat(MAX_CODE_DIGITS)} length`],
    ],
    [
      "a longer length does not lift that",
      { ...RULE, length: 1_000 },
      undefined,
      [[0, "5".repeat(40)]],
      [`0 done ${"5".repeat(MAX_CODE_DIGITS)} length`],
    ],
  ]);
});

describe("a menu: every key but A to D is a choice", () => {
  table([
    ["a digit", MENU, 4_000, [[1_000, "3"]], ["1000 stopPrompt", "1000 done 3 length"]],
    ["*", MENU, 4_000, [[5_000, "*"]], ["4000 promptEnded", "5000 done * length"]],
    ["#", MENU, undefined, [[5_000, "A#"]], ["5000 done # length"]],
    ["none", MENU, undefined, [], ["10000 done - timeout"]],
  ]);
});

test("events that come too late change nothing", () => {
  const [typing] = startCollector(RULE, false);
  assert.deepEqual(stepCollector(typing, { type: "promptEnded" }), [typing, []]);
  // The timer had fired before `*` cancelled it.
  assert.deepEqual(stepCollector(typing, { type: "timer", timer: "interDigit" }), [typing, []]);
  const [prompt] = startCollector(RULE, true);
  assert.deepEqual(stepCollector(prompt, { type: "timer", timer: "total" }), [prompt, []]);
  const done: Collector = { phase: "done" };
  const events: readonly CollectorEvent[] = [
    { type: "promptEnded" },
    { type: "digit", digit: "1" },
    { type: "digit", digit: "#" },
    { type: "timer", timer: "total" },
    { type: "timer", timer: "interDigit" },
  ];
  for (const event of events) assert.deepEqual(stepCollector(done, event), [done, []]);
});

const scripts = fc.record({
  rule: fc.record({
    keys: fc.constantFrom("code" as const, "menu" as const),
    timeoutMs: fc.integer({ min: 1_000, max: 60_000 }),
    interDigitMs: fc.constant(3_000),
    length: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  }),
  promptMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
  keys: fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 4_000 }),
      fc.oneof(fc.constantFrom(..."0123456789*#ABCD"), fc.string({ maxLength: 2 })),
    ),
    { maxLength: 80 },
  ),
});

test("it always ends, once, in time, within its limits, and leaves no timer behind", () => {
  fc.assert(
    fc.property(scripts, ({ rule, promptMs, keys }) => {
      const shell = new Shell(rule, promptMs);
      let at = 0;
      const script = keys.map(([afterMs, key]): [number, string] => {
        at += afterMs;
        return [at, key];
      });
      const log = shell.run(script, Math.max(at, 20_000 + rule.timeoutMs));
      assert.ok(shell.done);
      assert.equal(shell.runningTimers, 0);
      assert.equal(shell.clock.pending, 0);
      const ends = log.filter((line) => line.includes(" done "));
      assert.equal(ends.length, 1);
      assert.equal(log.at(-1), ends[0], "nothing after the end");
      const [when, , digits = "", ended] = (ends[0] ?? "").split(" ");
      // The message ends once, by itself or by a key, and the time in all counts from there.
      const began = log.length > 1 ? Number(log[0]?.split(" ")[0]) : 0;
      assert.ok(log.length <= 2 && (log.length === 2) === (promptMs !== undefined));
      assert.ok(Number(when) <= began + rule.timeoutMs);
      if (digits === "-") assert.equal(ended, "timeout");
      else {
        assert.match(digits, rule.keys === "menu" ? /^[0-9*#]+$/ : /^[0-9]+$/);
        assert.ok(digits.length <= Math.min(rule.length ?? MAX_CODE_DIGITS, MAX_CODE_DIGITS));
      }
    }),
    { numRuns: 1_000 },
  );
});

for (const [name, keys] of [
  ["one key", ["5"]],
  ["the second of two keys", ["5", "6"]],
] as const)
  test(`M1: the pause that ends a code begins when a key is let go: ${name} is held`, () => {
    let [state] = startCollector(RULE, false);
    for (const digit of keys) [state] = stepCollector(state, { type: "digit", digit });
    for (let times = 0; times < 20; times++) {
      const [next, commands] = stepCollector(state, { type: "held" });
      state = next;
      assert.deepEqual(commands, [{ type: "startTimer", timer: "interDigit", ms: RULE.interDigitMs }]);
    }
    assert.deepEqual(stepCollector(state, { type: "timer", timer: "interDigit" })[1].at(-1), {
      type: "done",
      digits: keys.join(""),
      ended: "silence",
    });
  });

test("M1: a key that is held before the code, in its message or after its end changes nothing", () => {
  for (const prompted of [true, false]) {
    const [state] = startCollector(RULE, prompted);
    assert.deepEqual(stepCollector(state, { type: "held" }), [state, []]);
  }
  assert.deepEqual(stepCollector({ phase: "done" }, { type: "held" })[1], []);
});
