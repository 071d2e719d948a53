import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { Flow, Target } from "../sip/index.ts";
import { searchTrunk } from "./trunk-search.ts";

function places(count: number): readonly Target[] {
  return Array.from({ length: count }, (_, at) => ({
    transport: "tcp",
    host: `10.0.${at >> 8}.${at & 255}`,
    port: 5060,
  }));
}

interface Search {
  readonly count: number;
  /** How many of the last ones are down. */
  readonly down: number;
  /** How long each is silent, in ms; beyond its patience: as long as that. */
  readonly silentMs?: number;
}

/** Asks one after the other, each silent for a while; what was opened, with what patience, and how long it took. */
function search({ count, down, silentMs = 60_000 }: Search) {
  const clock = new VirtualClock();
  const all = places(count);
  const opened: string[] = [];
  const patience: number[] = [];
  const ways = searchTrunk({
    places: all,
    isDown: (place) => all.indexOf(place as Target) >= count - down,
    flowTo: (target) => {
      opened.push(target.host);
      return { transport: target.transport, remote: target } as unknown as Flow;
    },
    clock,
  });
  let next = ways.next();
  while (next.done !== true) {
    assert.equal(opened.length, patience.length + 1, "a place is opened when its turn has come");
    const patienceMs = next.value.patienceMs ?? 0;
    patience.push(patienceMs);
    clock.advance(Math.min(patienceMs, silentMs));
    next = ways.next();
  }
  return { patience, opened, ms: clock.now(), said: next.value?.text };
}

const TABLE: readonly (readonly [
  what: string,
  search: Search,
  patience: readonly number[],
  said: string | undefined,
])[] = [
  ["one host", { count: 1, down: 0 }, [9000], undefined],
  ["two", { count: 2, down: 0 }, [4000, 5000], "none of its 2 addresses took the call"],
  ["three", { count: 3, down: 0 }, [3000, 3000, 3000], "none of its 3 addresses took the call"],
  ["three that are down", { count: 3, down: 3 }, [200, 200, 200], "none of its 3 addresses took the call"],
  ["one that is down", { count: 1, down: 1 }, [600], undefined],
  ["one of two is down", { count: 2, down: 1 }, [4000, 600], "none of its 2 addresses took the call"],
  [
    "three that fail at once",
    { count: 3, down: 0, silentMs: 0 },
    [3000, 4000, 9000],
    "none of its 3 addresses took the call",
  ],
  [
    "two hundred",
    { count: 200, down: 0 },
    [1125, 1125, 1125, 1125, 1125, 1125, 1125, 1125],
    "none of 8 of its 200 addresses took the call, and no more are tried for one call",
  ],
  [
    "two hundred that are down",
    { count: 200, down: 200 },
    [200, 200, 200],
    "none of 3 of its 200 addresses took the call, and no more are tried for one call",
  ],
];

for (const [what, parts, patience, said] of TABLE) {
  test(`T9: a search, ${what}`, () => {
    const found = search(parts);
    assert.deepEqual(found.patience, patience);
    assert.equal(found.said, said);
    assert.ok(found.ms <= 10_000, `${found.ms} ms`);
    if (parts.down === parts.count) assert.ok(found.ms <= 1_000, `${found.ms} ms`);
  });
}

test("T9: a place that answered 100 and failed later does not use up the time of the next", () => {
  const clock = new VirtualClock();
  const ways = searchTrunk({
    places: places(2),
    isDown: () => false,
    flowTo: (target) => ({ transport: "tcp", remote: target }) as unknown as Flow,
    clock,
  });
  ways.next();
  clock.advance(30_000);
  const second = ways.next();
  assert.ok(second.done !== true && (second.value.patienceMs ?? 0) >= 4_000);
});
