import type { AuditEntry } from "../../model/audit.ts";

/** A try to sign in that did not succeed. */
export interface FailedTry {
  /** The user who was meant; undefined: nobody of this name, and what was typed may be a password. */
  readonly user: string | undefined;
  readonly address: string;
  readonly way: SignInWay;
}

/** By what somebody signs in. */
export type SignInWay = "password" | "link" | "openId";

/** Entries that may be written at once, and an hour after that: guessing all day long must not fill the log. */
const ENTRIES = { atOnce: 60, perHour: 20 } as const;
const HOUR_MS = 3_600_000;
/** Of so many users and addresses tries are counted by themselves. */
const MAX_ROWS = 200;

interface Row {
  readonly tried: FailedTry;
  /** Since the entry of the first one. */
  more: number;
}

/**
 * What the audit log says of tries that failed: the first of a user from an address at once, those after it as a number, and
 * all that are too many as one number. What is due is asked for every minute.
 */
export class FailedSignIns {
  readonly #rows = new Map<string, Row>();
  #others = 0;
  #units: number = ENTRIES.atOnce;
  #refilledAtMs: number | undefined;

  /** Counts a try; the value is an entry to be written now. Times: since the epoch, and one that never goes back. */
  take(tried: FailedTry, at: number, nowMs: number): AuditEntry | undefined {
    const key = JSON.stringify([tried.user, tried.address, tried.way]);
    const known = this.#rows.get(key);
    if (known !== undefined) known.more += 1;
    else if (this.#rows.size >= MAX_ROWS || !this.#mayWrite(nowMs)) this.#others += 1;
    else {
      this.#rows.set(key, { tried, more: 0 });
      return entryOf(tried, 1, at);
    }
    return undefined;
  }

  /** What came after the first ones, and what was too much. */
  due(at: number, nowMs: number): readonly AuditEntry[] {
    const entries: AuditEntry[] = [];
    for (const { tried, more } of this.#rows.values()) {
      if (more === 0) continue;
      if (this.#mayWrite(nowMs)) entries.push(entryOf(tried, more, at));
      else this.#others += more;
    }
    this.#rows.clear();
    if (this.#others > 0 && this.#mayWrite(nowMs)) {
      entries.push(entryOf(undefined, this.#others, at));
      this.#others = 0;
    }
    return entries;
  }

  #mayWrite(nowMs: number): boolean {
    const since = nowMs - (this.#refilledAtMs ?? nowMs);
    this.#refilledAtMs = nowMs;
    this.#units = Math.min(ENTRIES.atOnce, this.#units + (since / HOUR_MS) * ENTRIES.perHour);
    if (this.#units < 1) return false;
    this.#units -= 1;
    return true;
  }
}

/** `tried` undefined: of several. */
function entryOf(tried: FailedTry | undefined, tries: number, at: number): AuditEntry {
  return {
    at,
    by: "",
    what: "signInFailed",
    version: undefined,
    changes: [],
    from: tried?.address,
    about: tried?.user,
    details: [
      ...(tried === undefined ? [] : [{ name: "way", after: tried.way }]),
      { name: "tries", after: String(tries) },
    ],
  };
}
