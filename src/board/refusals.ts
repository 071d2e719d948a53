import type { Counters } from "../lib/counters.ts";
import { flat } from "../lib/flat.ts";
import { printable } from "../lib/printable.ts";
import type { Why } from "../lib/said.ts";
import { sourceKey } from "../lib/source-key.ts";
import type { CallRecord } from "../model/call-record.ts";
import { type EndReason, endReason } from "../model/end-words.ts";
import type { RecordTape } from "../model/record-tape.ts";
import { note } from "../model/story-words.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";

/** A call or a login of somebody whom nobody vouches for. */
export interface RefusedCall {
  readonly kind: "stranger" | "registration";
  /** `udp:192.0.2.7:5060`. */
  readonly source: string;
  readonly address: string;
  readonly from: string;
  readonly to: string;
  readonly status: number;
  /** Why, and what would fix it: asked once a row, for it may look at the names of all phones. */
  readonly why: () => EndReason;
  /** No credentials came yet: a phone that does not say which one it is begins so as well, and its proof follows. */
  readonly mayProve?: boolean;
}

/** The attempt that began a row. */
interface FirstAttempt extends Omit<RefusedCall, "why" | "mayProve"> {
  readonly why: EndReason;
}

/** Why a login was refused: `cause` as the guard of credentials names it; `meant`: who may have been. */
export function loginRefused(cause: string, why: Why, meant: Why = ""): EndReason {
  return endReason("refused.login", { cause, why, meant });
}

/**
 * All strangers together may make this many rows an hour (docs/adr/0036), and a row more that counts the rest; of one
 * kind fewer, so that a flood of calls does not hide the logins that fail, nor the other way round.
 */
export const STRANGER_ROWS = { perHour: 60, ofOneKind: 40 } as const;
const WINDOW_MS = 3_600_000;
/** A first step becomes a row when no proof has followed for so long. */
const PROOF_MS = 3_000;
/** Of a name that is claimed. */
const MAX_NAME = 64;
/** So many names that one source logs in with have rows of their own; further ones are counted in its one other row. */
const NAMES_OF_A_SOURCE = 4;
/** The count of a row is written again when it has doubled, or after so long. */
const REWRITE_MS = 20_000;

/** What one source has tried in this hour. */
interface Row {
  readonly id: string;
  readonly first: FirstAttempt;
  readonly key: string;
  readonly startedAt: number;
  readonly openedMs: number;
  attempts: number;
  lastAt: number;
  /** Attempts as the store knows them; 0: it has no such row yet. */
  written: number;
  writtenMs: number;
}

const REST = "rest";

/** Writes what strangers try as rows of their own kind: one for each source and answer, with its number of attempts. */
export class Refusals {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #tape: Pick<RecordTape, "put">;
  readonly #counters: Counters;
  readonly #onRefusedLogin: ((text: string) => void) | undefined;
  readonly #rows = new Map<string, Row>();
  #begunMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(parts: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly tape: Pick<RecordTape, "put">;
    readonly counters: Counters;
    /** A line for the log with each new row of a login: as few as the rows. */
    readonly onRefusedLogin?: ((text: string) => void) | undefined;
  }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#tape = parts.tape;
    this.#counters = parts.counters;
    this.#onRefusedLogin = parts.onRefusedLogin;
  }

  /** Counts an attempt, in the row of its source or in that of the rest. */
  stranger(refused: RefusedCall): void {
    const now = this.#clock.now();
    this.#counters.add("calls_refused_stranger");
    if (now - this.#begunMs >= WINDOW_MS) {
      this.flush();
      this.#rows.clear();
      this.#begunMs = now;
    }
    const key = this.#keyOf(refused);
    const row = this.#rows.get(key) ?? this.#open(key, refused);
    row.attempts += 1;
    row.lastAt = this.#clock.wall();
    if (row.written === 0 && refused.mayProve !== true) this.#write(row);
    else this.#settleLater();
  }

  /** Somebody at this address has proved to be a phone: what began as a stranger's call there was its first step. */
  proved(address: string): void {
    if (this.#rows.size === 0) return;
    const source = sourceKey(address);
    for (const { key, written, first } of this.#rows.values()) {
      if (written === 0 && sourceKey(first.address) === source) this.#rows.delete(key);
    }
  }

  /** Writes all that is not written yet. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const row of this.#rows.values()) if (row.attempts > row.written) this.#write(row);
  }

  /** Source and answer; of a login the name too, as long as the source has named few. */
  #keyOf({ kind, status, address, from }: RefusedCall): string {
    const key = `${kind} ${status} ${sourceKey(address)}`;
    if (kind === "stranger") return key;
    const named = `${key} ${from}`;
    if (this.#rows.has(named)) return named;
    let names = 0;
    for (const known of this.#rows.keys()) if (known.startsWith(`${key} `)) names += 1;
    return names < NAMES_OF_A_SOURCE ? named : key;
  }

  #open(key: string, refused: RefusedCall): Row {
    const isRest = this.#isFull(refused.kind);
    const known = isRest ? this.#rows.get(REST) : undefined;
    if (known !== undefined) return known;
    const row: Row = {
      id: this.#ids.hex(128),
      first: isRest ? REST_OF_ALL : kept(refused),
      key: isRest ? REST : key,
      startedAt: this.#clock.wall(),
      openedMs: this.#clock.now(),
      attempts: 0,
      lastAt: 0,
      written: 0,
      writtenMs: 0,
    };
    this.#rows.set(row.key, row);
    if (refused.kind === "registration") this.#onRefusedLogin?.(loginLine(row.first));
    return row;
  }

  #isFull(kind: RefusedCall["kind"]): boolean {
    let [all, ofKind] = [0, 0];
    for (const { key, first } of this.#rows.values()) {
      if (key === REST) continue;
      all += 1;
      if (first.kind === kind) ofKind += 1;
    }
    return all >= STRANGER_ROWS.perHour || ofKind >= STRANGER_ROWS.ofOneKind;
  }

  #settleLater(): void {
    this.#timer ??= this.#clock.after(PROOF_MS, () => this.#settle());
  }

  #settle(): void {
    const now = this.#clock.now();
    this.#timer = undefined;
    for (const row of this.#rows.values()) {
      const { attempts, written } = row;
      if (attempts === written) continue;
      const due =
        written === 0
          ? now - row.openedMs >= PROOF_MS
          : attempts >= 2 * written || now - row.writtenMs >= REWRITE_MS;
      if (due) this.#write(row);
      else this.#settleLater();
    }
  }

  #write(row: Row): void {
    row.written = row.attempts;
    row.writtenMs = this.#clock.now();
    this.#tape.put(recordOf(row));
  }
}

const REST_OF_ALL: FirstAttempt = {
  kind: "stranger",
  source: "",
  address: "",
  from: "",
  to: "",
  status: 0,
  why: endReason("refused.rest", { most: STRANGER_ROWS.perHour }),
};

/** What a row keeps: parts of a message would keep the whole of it in memory. */
function kept({ kind, source, address, from, to, status, why }: RefusedCall): FirstAttempt {
  return { kind, source, address, from: flat(from).slice(0, MAX_NAME), to: flat(to), status, why: why() };
}

/** The line of the log; deploy/fail2ban reads it. */
export function loginLine({
  address,
  from,
  why: { reason },
}: Pick<FirstAttempt, "address" | "from" | "why">): string {
  if (address === "") return `Logins are refused from more places than are logged here: ${reason}.`;
  return `A login from ${address} as "${printable(from)}" was refused: ${printable(reason)} Further ones are counted in "switchhook calls --refused".`;
}

function recordOf({ id, first, key, startedAt, attempts, lastAt }: Row): CallRecord {
  const origin = key === REST ? "other strangers" : `stranger at ${first.address}`;
  return {
    id,
    kind: first.kind,
    attempts,
    startedAt,
    answeredAt: undefined,
    endedAt: lastAt,
    caller: first.from,
    callerName: "",
    called: first.to,
    origin,
    plan: undefined,
    result: "refused",
    reason: first.why.reason,
    said: { code: first.why.code, args: first.why.args },
    missed: false,
    answeredBy: undefined,
    story: key === REST ? [] : storyOf(first, origin),
    sip: [],
  };
}

function storyOf({ kind, source, from, to, status, why }: FirstAttempt, origin: string): CallRecord["story"] {
  if (kind === "registration") {
    const { code, args, reason: text } = why;
    const refused = note(undefined, "note.loginRefused", {
      who: origin,
      name: from,
      status,
      why: { code, args, text },
    });
    return [Object.assign(refused, { atMs: 0, seq: 1 })];
  }
  return [
    { atMs: 0, seq: 1, type: "received", source, origin, from, to },
    { atMs: 0, seq: 2, type: "ended", by: "switchhook", status, ...why },
  ];
}
