import { EvaluationLane, type LaneShape } from "./evaluation-lane.ts";

/** What can be told of whoever sends credentials, besides the name: where from, and marks of the device. */
export interface Claim {
  readonly account: string;
  /** IP literal. */
  readonly address: string;
  /** `udp:192.0.2.7:5060`. */
  readonly flow: string;
  /** Of a REGISTER: a phone uses one for all its registrations (RFC 3261 §10.2), and no stranger knows it. */
  readonly callId?: string | undefined;
  /** `+sip.instance` of its Contact (RFC 5626 §4.1). */
  readonly instance?: string | undefined;
  readonly userAgent?: string | undefined;
}

interface Mark {
  readonly lane: EvaluationLane;
  provenAt: number;
}

export interface ProvenLimits {
  /** Of each mark. */
  readonly lane: LaneShape;
  /** For how long a mark counts after its last success. */
  readonly provenMs: number;
  readonly accounts: number;
  readonly marksPerAccount: number;
}

const MAX_MARK_LENGTH = 200;

/**
 * The devices and places that have proved an account. Each mark has a lane of its own, which no guess from elsewhere
 * can use up; only successes get in here, so its size is that of the configuration.
 */
export class ProvenDevices {
  readonly #limits: ProvenLimits;
  readonly #accounts = new Map<string, Map<string, Mark>>();

  constructor(limits: ProvenLimits) {
    this.#limits = limits;
  }

  get size(): number {
    let size = 0;
    for (const marks of this.#accounts.values()) size += marks.size;
    return size;
  }

  /** A lane of this claim that has room, the surest mark first. */
  lane(claim: Claim, now: number): EvaluationLane | undefined {
    const marks = this.#accounts.get(claim.account);
    if (marks === undefined) return undefined;
    for (const kind of KINDS) {
      const key = keyOf(claim, kind);
      const mark = key === undefined ? undefined : marks.get(key);
      if (mark === undefined || now - mark.provenAt >= this.#limits.provenMs) continue;
      if (mark.lane.waitMs(now) === 0) return mark.lane;
    }
    return undefined;
  }

  put(claim: Claim, now: number): void {
    const marks = this.#accounts.get(claim.account) ?? new Map<string, Mark>();
    // The account used last stands last, and so does the mark used last.
    this.#accounts.delete(claim.account);
    this.#accounts.set(claim.account, marks);
    for (const kind of KINDS) {
      const key = keyOf(claim, kind);
      if (key === undefined) continue;
      const mark = marks.get(key) ?? { lane: new EvaluationLane(this.#limits.lane), provenAt: now };
      mark.provenAt = now;
      marks.delete(key);
      marks.set(key, mark);
    }
    dropOldest(marks, this.#limits.marksPerAccount);
    dropOldest(this.#accounts, this.#limits.accounts);
  }

  forget(account: string): void {
    this.#accounts.delete(account);
  }
}

/** Surest first. */
const KINDS = ["callId", "instance", "flow", "address", "userAgent"] as const;

/** Undefined where the claim does not show this mark. */
function keyOf(claim: Claim, kind: (typeof KINDS)[number]): string | undefined {
  const value = claim[kind];
  return value === undefined || value === "" ? undefined : `${kind} ${value.slice(0, MAX_MARK_LENGTH)}`;
}

function dropOldest(map: Map<string, unknown>, size: number): void {
  for (const key of map.keys()) {
    if (map.size <= size) return;
    map.delete(key);
  }
}
