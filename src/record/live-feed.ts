import type { CallEnd } from "../model/call-record.ts";
import type { LiveListener, LiveUpdate } from "../model/live-calls.ts";
import { type EntryRun, u32 } from "../model/record-entries.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { UpCall } from "./up-call.ts";
import type { UpListener } from "./up-calls.ts";

/**
 * At most so many updates of a call in a second, so far apart at least: a little less than portions are while somebody reads, so that what
 * comes in a portion is told with it, in one go for all calls.
 */
const PACE = { updates: 4, windowMs: 1000, apartMs: 140 } as const;
/** What is more than this of a call is not told: the reader reads it anew. */
const MOST = { entries: 200, octets: 1024 * 1024 } as const;

/** What has come of a call since its readers heard last. */
interface News {
  /** Those of which they hear later, in octets of their own. */
  entries: EntryRun[];
  count: number;
  octets: number;
  isReset: boolean;
  end: CallEnd | undefined;
  /** When the last updates went out, oldest first. */
  readonly told: number[];
  dueMs: number;
}

/**
 * Tells readers of calls that are up what is new of them. It costs nothing as long as nobody reads; a listener may not wait,
 * and one that throws is not called again.
 */
export class LiveFeed implements UpListener {
  readonly #clock: Clock;
  readonly #onReaders: (some: boolean) => void;
  readonly #all = new Set<LiveListener>();
  readonly #byId = new Map<string, Set<LiveListener>>();
  readonly #news = new Map<UpCall, News>();
  #timer: Timer | undefined;
  #timerMs = 0;

  /** `onReaders`: whether there are any has changed. */
  constructor(clock: Clock, onReaders: (some: boolean) => void) {
    this.#clock = clock;
    this.#onReaders = onReaders;
  }

  get hasReaders(): boolean {
    return this.#all.size + this.#byId.size > 0;
  }

  /** Gives how to end it. */
  all(listener: LiveListener): () => void {
    return this.#reading(() => {
      this.#all.add(listener);
      return () => this.#all.delete(listener);
    });
  }

  /** The same of one call. */
  follow(id: string, listener: LiveListener): () => void {
    return this.#reading(() => {
      const these = this.#byId.get(id) ?? new Set();
      this.#byId.set(id, these.add(listener));
      return () => {
        these.delete(listener);
        if (these.size === 0 && this.#byId.get(id) === these) this.#byId.delete(id);
      };
    });
  }

  onEntries(call: UpCall, entries: readonly EntryRun[], end: CallEnd | undefined): void {
    if (this.#all.size === 0 && !this.#byId.has(call.head.id)) return;
    const now = this.#clock.now();
    const known = this.#news.get(call);
    const news = known ?? { entries: [], count: 0, octets: 0, isReset: false, end, told: [], dueMs: now };
    if (known === undefined) this.#news.set(call, news);
    news.end = end;
    for (const { places } of entries) {
      news.count += places.length / 2;
      news.octets += octetsAt(places);
    }
    if (news.count > MOST.entries || news.octets > MOST.octets) {
      news.entries = [];
      news.isReset = true;
    }
    const told = news.isReset ? [] : entries;
    if (news.dueMs <= now) return this.#tell(call, news, [...news.entries, ...told], now);
    news.entries.push(...told.map(copied));
    this.#wake(news.dueMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#all.clear();
    this.#byId.clear();
    this.#news.clear();
  }

  #reading(begin: () => () => void): () => void {
    const before = this.hasReaders;
    const end = begin();
    if (!before) this.#onReaders(true);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      end();
      if (this.hasReaders) return;
      this.#news.clear();
      this.#onReaders(false);
    };
  }

  #wake(dueMs: number): void {
    if (this.#timer !== undefined && this.#timerMs <= dueMs) return;
    this.#timer?.cancel();
    this.#timerMs = dueMs;
    this.#timer = this.#clock.after(Math.max(1, dueMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#look(this.#clock.now());
    });
  }

  #look(now: number): void {
    let next = Number.POSITIVE_INFINITY;
    for (const [call, news] of this.#news) {
      if (isNews(news)) {
        if (news.dueMs <= now) this.#tell(call, news, news.entries, now);
        else next = Math.min(next, news.dueMs);
        continue;
      }
      // Of a call that is quiet nothing is remembered once its pace does not matter any more.
      const forgetMs = (news.told.at(-1) ?? 0) + PACE.windowMs;
      if (forgetMs <= now) this.#news.delete(call);
      else next = Math.min(next, forgetMs);
    }
    if (next !== Number.POSITIVE_INFINITY) this.#wake(next);
  }

  #tell(call: UpCall, news: News, entries: readonly EntryRun[], now: number): void {
    const { isReset, end } = news;
    const isFirst = firstSeq(entries) === 1;
    const update: LiveUpdate = { call: call.summary(end), entries, isFirst, isReset };
    news.entries = [];
    news.count = 0;
    news.octets = 0;
    news.isReset = false;
    news.told.push(now);
    if (news.told.length > PACE.updates) news.told.shift();
    const oldest = news.told.length === PACE.updates ? (news.told[0] ?? now) : Number.NEGATIVE_INFINITY;
    news.dueMs = Math.max(now + PACE.apartMs, oldest + PACE.windowMs);
    if (end !== undefined) this.#news.delete(call);
    else this.#wake(now + PACE.windowMs);
    for (const listener of [...this.#all, ...(this.#byId.get(call.head.id) ?? [])])
      this.#call(listener, update);
  }

  #call(listener: LiveListener, update: LiveUpdate): void {
    try {
      listener(update);
    } catch {
      this.#all.delete(listener);
      for (const these of this.#byId.values()) these.delete(listener);
    }
  }
}

function isNews({ entries, isReset, end }: News): boolean {
  return entries.length > 0 || isReset || end !== undefined;
}

/** The same in octets of its own. */
function copied({ octets, places }: EntryRun): EntryRun {
  const own = new Uint8Array(octetsAt(places));
  const moved: number[] = [];
  let end = 0;
  for (let index = 0; index < places.length; index += 2) {
    const entry = octets.subarray(places[index], places[index + 1]);
    own.set(entry, end);
    moved.push(end, end + entry.length);
    end += entry.length;
  }
  return { octets: own, places: moved };
}

function octetsAt(places: readonly number[]): number {
  let length = 0;
  for (let index = 0; index < places.length; index += 2)
    length += (places[index + 1] ?? 0) - (places[index] ?? 0);
  return length;
}

function firstSeq([first]: readonly EntryRun[]): number | undefined {
  const at = first?.places[0];
  return first === undefined || at === undefined ? undefined : u32(first.octets, at + 4);
}
