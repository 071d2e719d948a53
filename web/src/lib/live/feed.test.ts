import assert from "node:assert/strict";
import { test } from "node:test";
import { TOPICS } from "../../../../src/api/contract/events.ts";
import { Feed, FOLLOWED, type Happening, type Link, type Source } from "./feed.ts";

class FakeSource implements Source {
  readonly listeners = new Map<string, (event: { data?: unknown; lastEventId?: string }) => void>();
  isClosed = false;
  addEventListener(type: string, listener: (event: { data?: unknown; lastEventId?: string }) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.isClosed = true;
  }
  say(type: string, event: { data?: unknown; lastEventId?: string } = {}): void {
    this.listeners.get(type)?.(event);
  }
}

interface Wait {
  readonly ms: number;
  readonly run: () => void;
}

/** A feed whose connections and clock are ours; `wait(ms)` lets the timers of up to that length fire. */
function feedOf() {
  const opened: { readonly address: string; readonly source: FakeSource }[] = [];
  const waits = new Set<Wait>();
  const happened: Happening[] = [];
  const links: Link[] = [];
  const feed = new Feed({
    open(address) {
      const source = new FakeSource();
      opened.push({ address, source });
      return source;
    },
    after(ms, run) {
      const wait = { ms, run };
      waits.add(wait);
      return () => waits.delete(wait);
    },
    random: () => 1,
    happened: (happening) => happened.push(happening),
    linked: (link) => links.push(link),
  });
  const fire = (most: number): readonly number[] => {
    const due = [...waits].filter(({ ms }) => ms <= most);
    for (const wait of due) {
      waits.delete(wait);
      wait.run();
    }
    return due.map(({ ms }) => ms);
  };
  const last = () => opened.at(-1)!;
  return { feed, opened, happened, links, fire, last };
}

test("pages follow topics that there are, each once", () => {
  assert.equal(new Set(FOLLOWED).size, FOLLOWED.length);
  for (const topic of FOLLOWED) assert.ok(Object.hasOwn(TOPICS, topic), topic);
});

test("a connection that breaks is made again behind the last event, and what came is told once", () => {
  const { feed, last, links, happened, fire, opened } = feedOf();
  feed.start();
  assert.doesNotMatch(last().address, /after=/);
  last().source.say("open");
  last().source.say("phone.lost", { data: '{"extension":"215"}', lastEventId: "e-7" });
  assert.deepEqual(happened, [{ topic: "phone.lost", data: { extension: "215" } }]);
  last().source.say("error");
  assert.ok(opened[0]?.source.isClosed);
  assert.deepEqual(fire(500), [500]);
  assert.match(last().address, /&after=e-7$/);
  last().source.say("open");
  assert.deepEqual(links, ["up", "lost", "up"]);
  assert.equal(happened.length, 1, "what is known needs no reading anew");
});

test("it waits longer each time, at most five seconds, and not at all when the network is back", () => {
  const { feed, last, fire, opened } = feedOf();
  feed.start();
  const waited: number[] = [];
  for (let time = 0; time < 8; time += 1) {
    last().source.say("error");
    waited.push(...fire(30_000));
  }
  assert.deepEqual(waited, [500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
  last().source.say("error");
  const before = opened.length;
  feed.retryNow();
  assert.equal(opened.length, before + 1);
  assert.deepEqual(fire(30_000), [], "the wait that was begun is over");
});

test("a connection on which nothing comes for 40 s is taken for broken; one that says it lives is not", () => {
  const { feed, last, fire, links } = feedOf();
  feed.start();
  last().source.say("open");
  last().source.say("alive");
  assert.deepEqual(fire(40_000), [40_000]);
  assert.deepEqual(links, ["up", "lost"]);
});

test("back after a break with no event seen yet, all is read anew; nonsense is no fault", () => {
  const { feed, last, fire, happened } = feedOf();
  feed.start();
  last().source.say("error");
  fire(500);
  last().source.say("open");
  assert.deepEqual(happened, [{ topic: "reset", data: {} }]);
  last().source.say("call.ended", { data: "{", lastEventId: "e-1" });
  assert.deepEqual(happened.at(-1), { topic: "call.ended", data: undefined });
  feed.stop();
  assert.deepEqual(fire(60_000), []);
});
