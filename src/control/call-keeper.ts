import type { Turns } from "../admin/turns.ts";
import type { ApiPorts } from "../api/ports.ts";
import { reasonOf } from "../lib/failure.ts";
import type { FromControl } from "../link/link.ts";
import { Requests } from "../link/requests.ts";
import type { CallRecord, StoryEvent } from "../model/call-record.ts";
import { toCallRecord, toCallSummary } from "../model/call-row.ts";
import { callSearch } from "../model/call-search.ts";
import type { LiveCalls, LiveListener } from "../model/live-calls.ts";
import type { CallFilter, CallRepository, CallRow, CallSummary } from "../model/repositories.ts";
import { decodeTrace, packEntries, saidAgain } from "../model/trace-bytes.ts";
import { LiveFeed } from "../record/live-feed.ts";
import type { OpenCall, Portion } from "../record/portion.ts";
import { type EntryMasker, SPILL_AFTER_MS, UpCalls } from "../record/up-calls.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

/** Rows of one transaction. */
const MOST_ROWS = 256;
/**
 * Transactions are so far apart at least, as long as no rows are waiting for one that is full: most of what a call costs to
 * write are pages that many calls of a transaction share. A record is on its way for 400 ms before, and may not be lost later
 * than a second after its call.
 */
const APART_MS = 300;
/** After a failure the same rows are written again this much later. */
const RETRY_MS = 1000;
const FLUSH_TIMEOUT_MS = 1000;

export interface CallKeeperParts {
  readonly calls: CallRepository;
  readonly clock: Clock;
  readonly send: (message: FromControl) => void;
  readonly masker: () => EntryMasker;
  /** All writing waits for one another. */
  readonly writes: Turns;
}

/** Keeps calls: while they are up in memory, where readers find them, and in the store once they are over or are up for long. */
export class CallKeeper implements LiveCalls {
  readonly #parts: CallKeeperParts;
  readonly #up: UpCalls;
  readonly #feed: LiveFeed;
  readonly #flushes: Requests<true>;
  #isWriting = false;
  #timer: Timer | undefined;
  #timerMs = 0;
  #wroteMs = Number.NEGATIVE_INFINITY;
  /** After a failure nothing is tried before then: a store that is locked holds up the whole thread each time. */
  #retryAt = Number.NEGATIVE_INFINITY;
  #kept = 0;
  #stopping = false;

  constructor(parts: CallKeeperParts) {
    this.#parts = parts;
    this.#up = new UpCalls(parts.masker);
    this.#flushes = new Requests(parts.clock, FLUSH_TIMEOUT_MS);
    this.#feed = new LiveFeed(parts.clock, (isRead) => parts.send({ type: "live", isRead }));
    this.#up.listener = this.#feed;
  }

  /** A portion of what the signalling thread has written. */
  take(portion: Portion): void {
    this.#up.take(portion, this.#parts.clock.now());
    this.#writeInTime();
  }

  /** Which calls are up, where this thread takes the place of another. */
  restore(calls: readonly OpenCall[]): void {
    this.#up.restore(calls);
  }

  /** All that had been written when it was asked for has arrived. */
  flushed(request: number): void {
    this.#flushes.answer(request, true);
  }

  async list(): Promise<readonly CallSummary[]> {
    await this.#settled();
    return this.#up.list();
  }

  async get(idOrPrefix: string): Promise<CallRecord | undefined> {
    await this.#settled();
    const call = this.#up.find(idOrPrefix);
    if (call === undefined) return undefined;
    const fresh = decodeTrace(packEntries(call.entries));
    const summary = call.summary();
    const stored = await this.#parts.calls.get(call.head.id);
    if (stored === undefined) return { ...summary, ...fresh };
    return {
      ...summary,
      story: joined(stored.story, fresh.story),
      sip: joined(stored.sip, fresh.sip),
    };
  }

  follow(id: string, listener: LiveListener): () => void {
    return this.#feed.follow(id, listener);
  }

  all(listener: LiveListener): () => void {
    return this.#feed.all(listener);
  }

  /** What the API lists and shows: calls that are up and those in the store. */
  readonly ports: ApiPorts["calls"] = {
    list: (filter) => this.#listed(filter),
    get: async (id) => (await this.get(id)) ?? (await this.#over(id)) ?? this.#parts.calls.get(id),
    refusedSince: (since) => this.#parts.calls.refusedSince(since),
  };

  /** What has come is still written. */
  stop(): void {
    this.#stopping = true;
    this.#timer?.cancel();
    this.#write();
    this.#feed.stop();
  }

  /** A call that is over and could not be written yet, by id or the beginning of one. */
  async #over(idOrPrefix: string): Promise<CallRecord | undefined> {
    const rows = [...this.#up.unwritten.values()].filter(({ id }) => id.startsWith(idOrPrefix));
    const [row] = rows;
    if (row === undefined || rows.length > 1) return undefined;
    const fresh = toCallRecord(toCallSummary(row), this.#up.unwrittenTrace(row.id));
    const stored = await this.#parts.calls.get(row.id);
    if (stored === undefined) return fresh;
    return { ...fresh, story: joined(stored.story, fresh.story), sip: joined(stored.sip, fresh.sip) };
  }

  async #listed(filter: CallFilter): Promise<readonly CallSummary[]> {
    const { calls } = this.#parts;
    const isMerged = isMergeable(filter);
    await (isMerged ? this.#arrived() : this.#settled());
    // Looked at before the store is: what is written meanwhile is in both.
    const over = isMerged ? this.#up.unwritten : NONE;
    const involved = await this.#involved(filter);
    const up = [...this.#up.list(), ...[...over.values()].map(shownOf)]
      .filter((call) => isShown(call, filter) && involved?.has(call.id) !== false)
      .toSorted(newestFirst);
    const place = up.findIndex(({ id }) => id === filter.before);
    // The page goes on behind a call that is up: what the store has is not older than all of it. Of those that are over it may
    // have what they were while they were up.
    const limit = filter.limit + over.size;
    const stored = await calls.list({ ...filter, limit, before: place < 0 ? filter.before : undefined });
    if ((up.length === 0 && over.size === 0) || (filter.before !== undefined && place < 0)) return stored;
    const ids = new Set(up.map(({ id }) => id));
    const last = up[place];
    const rest = stored.filter(
      (call) =>
        !ids.has(call.id) && !over.has(call.id) && (last === undefined || newestFirst(last, call) < 0),
    );
    return [...up.slice(place + 1), ...rest].toSorted(newestFirst).slice(0, filter.limit);
  }

  /** Ids of calls that are up and have had to do with the filter's webhook and phone; undefined: it names neither. */
  async #involved({ webhook, phone }: CallFilter): Promise<ReadonlySet<string> | undefined> {
    if (webhook === undefined && phone === undefined) return undefined;
    const all = this.#up.all;
    let found = new Set(all.map(({ head }) => head.id));
    // Before anything is waited for: what is written meanwhile is not in a call's own entries any more.
    const facets = new Map(all.map((call) => [call.head.id, call.facets()]));
    for (const [kind, name] of [
      ["webhooks", webhook],
      ["phones", phone],
    ] as const) {
      if (name === undefined || found.size === 0) continue;
      // A part of a call that has been up for long is in the store.
      const asked: CallFilter = { limit: MOST_STORED, results: ["ongoing"], [FILTER[kind]]: name };
      const stored = new Set((await this.#parts.calls.list(asked)).map(({ id }) => id));
      found = new Set([...found].filter((id) => stored.has(id) || facets.get(id)?.[kind].includes(name)));
    }
    return found;
  }

  /** Has the other thread send what it has written, or gives up on that after a second. */
  async #arrived(): Promise<void> {
    await this.#flushes.ask((request) => this.#parts.send({ type: "askFlush", request }));
  }

  /** The same; what is over is in the store then. */
  async #settled(): Promise<void> {
    await this.#arrived();
    // Twice where one was on its way; a disk that fails is not waited for.
    for (let tries = 0; tries < 2 && this.#up.jobCount > 0; tries += 1) {
      this.#write();
      await this.#parts.writes.last;
    }
  }

  #writeInTime(): void {
    const wait = this.#wroteMs + APART_MS - this.#parts.clock.now();
    if (wait <= 0 || this.#up.jobCount >= MOST_ROWS) this.#write();
    else this.#later(wait);
  }

  #write(): void {
    if (this.#isWriting) return;
    const pause = this.#stopping ? 0 : this.#retryAt - this.#parts.clock.now();
    if (pause > 0) return this.#later(pause);
    this.#isWriting = true;
    void this.#parts.writes.take(() => this.#writeSome());
  }

  async #writeSome(): Promise<void> {
    const { calls, clock, send } = this.#parts;
    this.#wroteMs = clock.now();
    const jobs = this.#up.jobs(this.#wroteMs, MOST_ROWS);
    let failure: string | undefined;
    try {
      if (jobs.length > 0) await calls.insertMany(jobs.map(({ row }) => row));
      this.#up.written(jobs);
    } catch (error) {
      failure = reasonOf(error);
    }
    this.#isWriting = false;
    const upTo = this.#up.settled;
    if (upTo > this.#kept || failure !== undefined) send({ type: "kept", upTo, failure });
    this.#kept = upTo;
    if (this.#stopping) return;
    // What came while this was being written.
    if (failure === undefined && this.#up.jobCount > 0) this.#writeInTime();
    else if (failure !== undefined) {
      this.#retryAt = clock.now() + RETRY_MS;
      this.#later(RETRY_MS);
    }
    // What is up and not written yet has its time.
    else if (this.#up.hasUnsaved) this.#later(SPILL_AFTER_MS);
  }

  #later(ms: number): void {
    const due = this.#parts.clock.now() + ms;
    if (this.#timer !== undefined && this.#timerMs <= due) return;
    this.#timer?.cancel();
    this.#timerMs = due;
    this.#timer = this.#parts.clock.after(ms, () => {
      this.#timer = undefined;
      this.#write();
    });
  }
}

/** Of the calls that are up and in the store, so many are looked at: the longest list there is. */
const MOST_STORED = 1000;

/** The filter that asks for a facet. */
const FILTER = { webhooks: "webhook", phones: "phone" } as const;

const NONE: ReadonlyMap<string, CallRow> = new Map();

/**
 * Whether calls that are over and not written yet can be put among those of the store: what every call shows decides about them.
 * To write them first would cost a transaction for each list (docs/adr/0134).
 */
function isMergeable({ before, webhook, phone, party, missed }: CallFilter): boolean {
  return [before, webhook, phone, party, missed].every((asked) => asked === undefined);
}

/** As the store would list it. */
function shownOf(row: CallRow): CallSummary {
  const { said } = row;
  const shown = toCallSummary(row);
  return said === undefined
    ? shown
    : { ...shown, said: { ...said, args: saidAgain(said.code, said.args).args } };
}

/** Whether it is one that the filter asks for by what every call has. */
function isShown(call: CallSummary, filter: CallFilter): boolean {
  const { kinds = ["call"], results, party, number, caller, plan, missed } = filter;
  if (!kinds.includes(call.kind) || results?.includes(call.result) === false) return false;
  // Whoever is up may still be answered.
  if (missed === true && call.result === "ongoing") return false;
  const isOneOf = (wanted: string | undefined, ...values: readonly (string | undefined)[]): boolean =>
    wanted === undefined || values.includes(wanted);
  const isItsOwn =
    isOneOf(party, call.caller, call.called) &&
    isOneOf(number, call.called) &&
    isOneOf(caller, call.caller) &&
    isOneOf(plan, call.plan);
  return isItsOwn && isInPlace(call, filter);
}

function isInPlace(call: CallSummary, { from = 0, to, after, q }: CallFilter): boolean {
  const { startedAt } = call;
  if (startedAt < from || (to !== undefined && startedAt >= to)) return false;
  if (
    after !== undefined &&
    (startedAt > after.startedAt || (startedAt === after.startedAt && call.id >= after.id))
  )
    return false;
  if (q === undefined) return true;
  const { text, digits } = callSearch(q);
  const all = `${call.callerName}\n${call.caller}\n${call.called}`.toLowerCase();
  return all.includes(digits ?? text.toLowerCase()) || (text !== "" && call.id.startsWith(text));
}

function newestFirst(a: CallSummary, b: CallSummary): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
}

/** Entries of the store and those that came since; one that is in both is there once. */
function joined<One extends Pick<StoryEvent, "seq">>(stored: readonly One[], fresh: readonly One[]): One[] {
  const known = new Set(stored.map(({ seq }) => seq));
  return [...stored, ...fresh.filter(({ seq }) => !known.has(seq))];
}
