import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { createCredentialsGuard, type Slowed } from "./credentials-guard.ts";
import { type CredentialsLimits, defaultCredentialsLimits } from "./credentials-limits.ts";
import type { Claim } from "./proven-devices.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Where a claim is from: `192.0.2.7:5060`. */
function claim(place: string, account: string, device: Partial<Claim> = {}): Claim {
  return { account, address: place.slice(0, place.lastIndexOf(":")), flow: `udp:${place}`, ...device };
}

function setup(limits: Partial<CredentialsLimits> = {}) {
  const clock = new VirtualClock();
  const begun: Slowed[] = [];
  const guard = createCredentialsGuard(
    { clock, onSlowed: (slowed) => begun.push(slowed) },
    { ...defaultCredentialsLimits, ...limits },
  );
  /** One wrong password; whether it was looked at. */
  const guess = (place: string, account: string, device: Partial<Claim> = {}): boolean => {
    const from = claim(place, account, device);
    const look = guard.look(from, false);
    if (look.kind === "look") guard.wrong(from, look.charged);
    return look.kind === "look";
  };
  /** The right password, as the registrar and a phone that reads Retry-After handle it; calls back when it is in. */
  const login = (from: Claim, done: (afterMs: number) => void): void => {
    const began = clock.now();
    const attempt = (again: boolean): void => {
      const look = guard.look(from, again);
      if (look.kind === "look") {
        guard.right(from);
        done(clock.now() - began);
      } else if (look.mayWait && !again) clock.after(look.inMs, () => attempt(true));
      else clock.after(Math.max(SECOND, look.inMs), () => attempt(false));
    };
    attempt(false);
  };
  return { clock, guard, guess, login, begun };
}

/** One of a row of guessers: whose turn it is at guess `i` of 10,000. */
type Attack = (i: number) => {
  readonly place: string;
  readonly account: string;
  readonly device?: Partial<Claim>;
};

const HOME = "192.0.2.15:5060";
const OFFICE = "203.0.113.1:40000";
const guessers =
  (count: number, ports = 1): Attack =>
  (i) => {
    const source = i % count;
    return {
      place: `198.51.${source >> 8}.${source & 255}:${5060 + (Math.floor(i / count) % ports)}`,
      account: "215",
    };
  };

const attacks: readonly (readonly [what: string, attack: Attack])[] = [
  ["one address", guessers(1)],
  ["one address, another port with each guess", guessers(1, 10_000)],
  ["10 addresses", guessers(10)],
  ["100 addresses", guessers(100)],
  ["10,000 addresses, one guess each", (i) => ({ place: `10.${i >> 8}.${i & 255}.9:5060`, account: "215" })],
  ["the home of the phone", () => ({ place: "192.0.2.15:1024", account: "215" })],
  ["the office's NAT", () => ({ place: "203.0.113.1:1024", account: "215" })],
  [
    "the home of the phone, knowing its User-Agent",
    () => ({ place: "192.0.2.15:1024", account: "215", device: { userAgent: "Phone 1" } }),
  ],
];

/** A phone that registered before the attack (or `undefined`), and how it comes during it. */
const users: readonly (readonly [what: string, before: Claim | undefined, during: Claim])[] = [
  ["home phone", claim(HOME, "215"), claim(HOME, "215")],
  [
    "home phone, rebooted",
    claim(HOME, "215", { callId: "a" }),
    claim("192.0.2.15:33000", "215", { callId: "b" }),
  ],
  ["office phone behind a NAT", claim(OFFICE, "215"), claim(OFFICE, "215")],
  [
    "office phone, another port of the NAT",
    claim(OFFICE, "215", { callId: "a" }),
    claim("203.0.113.1:40001", "215", { callId: "a" }),
  ],
  [
    "roaming phone at a new address, same Call-ID",
    claim(HOME, "215", { callId: "a" }),
    claim("100.64.0.9:7", "215", { callId: "a" }),
  ],
  [
    "roaming phone at a new address, rebooted, with an instance",
    claim(HOME, "215", { callId: "a", instance: "<urn:uuid:1>" }),
    claim("100.64.0.9:7", "215", { callId: "b", instance: "<urn:uuid:1>" }),
  ],
  ["another phone in the office", undefined, claim("203.0.113.1:40002", "216")],
];

/** Runs 10,000 guesses in 60 s, the user coming at each of `at`; how long he waited, and what was looked at. */
function run(attack: Attack, before: Claim | undefined, during: Claim, at: readonly number[]) {
  const { clock, guard, guess, login } = setup();
  if (before !== undefined) guard.right(before);
  const waits: number[] = [];
  let evaluated = 0;
  let hit = 0;
  for (let i = 0; i < 10_000; i += 1) {
    if (at.includes(i)) login(during, (afterMs) => waits.push(afterMs));
    const { place, account, device } = attack(i);
    if (guess(place, account, device)) {
      evaluated += 1;
      // Where the right one stands in a list of 10,000: in the middle.
      if (i === 5_000) hit += 1;
    }
    clock.advance(6);
  }
  clock.advance(MINUTE);
  return { waits, evaluated, hit };
}

for (const [attackName, attack] of attacks) {
  for (const [userName, before, during] of users) {
    test(`X3: 10,000 guesses in 60 s from ${attackName}: ${userName} is in within 1 s, at most 40 are looked at`, () => {
      const { waits, evaluated, hit } = run(attack, before, during, [1, 170, 1_000, 5_001, 9_990]);
      assert.equal(waits.length, 5);
      assert.ok(Math.max(...waits) <= SECOND, `waited ${waits.join(", ")} ms`);
      assert.ok(evaluated <= 40, `${evaluated} guesses were looked at`);
      assert.ok(evaluated >= 2, "guesses are looked at");
      assert.equal(hit, 0);
    });
  }
}

// A phone that was never here, at an address that was never here: it looks like a guesser's first try, so it must be
// told from them by being quiet.
for (const [attackName, attack] of [attacks[0], attacks[2], attacks[3], attacks[5]].filter(
  (row) => row !== undefined,
)) {
  for (const at of [1, 8, 170, 1_000, 5_001, 9_990]) {
    test(`X3: guesses from ${attackName}: a new phone from a new address, at guess ${at}, is in within 1 s`, () => {
      const { waits, evaluated, hit } = run(attack, undefined, claim("100.64.0.9:7", "215"), [at]);
      assert.ok(waits.length === 1 && (waits[0] ?? 0) <= SECOND, `waited ${waits.join(", ")} ms`);
      assert.ok(evaluated <= 40 && hit === 0, `${evaluated} guesses were looked at`);
    });
  }
}

for (const at of [1, 170, 1_000, 5_001, 9_990]) {
  test(`X3: a new phone with the right password behind the guesser's own address, at guess ${at}, is in within 1 s`, () => {
    const { waits } = run(guessers(1), undefined, claim("198.51.0.0:40000", "215"), [at]);
    assert.ok(waits.length === 1 && (waits[0] ?? 0) <= SECOND, `waited ${waits.join(", ")} ms`);
  });
}

test("X3: a typo by one phone, tried again every 30 s for an hour, shuts nobody else out, itself neither", () => {
  const { clock, guess, login } = setup();
  const waits: number[] = [];
  for (let i = 0; i < 120; i += 1) {
    guess("203.0.113.1:40000", "215");
    clock.advance(15 * SECOND);
    // New phones of the same address, for the same and for other accounts, and the first one corrected for a moment.
    if (i % 20 === 19) {
      login(claim(`203.0.113.1:${41_000 + i}`, "215"), (afterMs) => waits.push(afterMs));
      login(claim(`203.0.113.1:${42_000 + i}`, `3${i}`), (afterMs) => waits.push(afterMs));
    }
    clock.advance(15 * SECOND);
  }
  login(claim("203.0.113.1:40000", "215"), (afterMs) => waits.push(afterMs));
  assert.deepEqual(waits, new Array(13).fill(0));
});

test("X3: a hasty phone with a wrong password (one a second for an hour) is let in a minute after it is corrected at the latest", () => {
  const { clock, guess, login } = setup();
  for (let i = 0; i < 3_600; i += 1) {
    guess("203.0.113.1:40000", "215");
    clock.advance(SECOND);
  }
  const waits: number[] = [];
  login(claim("203.0.113.1:40000", "215"), (afterMs) => waits.push(afterMs));
  login(claim("203.0.113.1:40001", "215"), (afterMs) => waits.push(afterMs));
  clock.advance(2 * MINUTE);
  assert.equal(waits.length, 2);
  assert.ok(Math.max(...waits) <= 61 * SECOND, `waited ${waits.join(", ")} ms`);
});

test("X3: a changed password starts clean, and so does a phone that was removed and put back", () => {
  const { clock, guard, guess } = setup();
  for (let i = 0; i < 1_000; i += 1) {
    guess("203.0.113.1:40000", "215");
    clock.advance(100);
  }
  assert.equal(guess("203.0.113.1:40000", "215"), false);
  assert.notDeepEqual(guard.slowed(), []);
  guard.forget("215");
  assert.deepEqual(guard.slowed(), []);
  assert.equal(guard.look(claim("203.0.113.1:40000", "215"), false).kind, "look");
  guard.right(claim("203.0.113.1:40000", "215"));
  guard.forget("215");
  assert.equal(guard.counts().proven, 0, "an old device is no longer known");
});

test("X3: a trunk's address is limited as any other: of 300 of 300 a few are looked at", () => {
  const { guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 300; i += 1) if (guess("203.0.113.5:5060", "215")) evaluated += 1;
  assert.ok(evaluated <= 10, `${evaluated} were looked at`);
});

test("X3: one source that tries another account with each guess is as slow", () => {
  for (const ports of [1, 10_000]) {
    const { clock, guess } = setup();
    let evaluated = 0;
    for (let i = 0; i < 10_000; i += 1) {
      if (guess(`198.51.100.7:${5060 + (i % ports)}`, `2${i}`)) evaluated += 1;
      clock.advance(6);
    }
    assert.ok(evaluated <= 40, `${evaluated} were looked at with ${ports} ports`);
  }
});

test("X3: an IPv6 site is one source, whichever of its /64 it uses", () => {
  const { clock, guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 10_000; i += 1) {
    if (guess(`2001:db8:1:${i.toString(16)}::7:5060`, `2${i % 50}`)) evaluated += 1;
    clock.advance(6);
  }
  assert.ok(evaluated <= 40, `${evaluated} were looked at`);
});

test("X3: unknown names and known ones are treated alike, and guesses at one take nothing from the other", () => {
  const series = (account: string) => {
    const { clock, guess } = setup();
    return Array.from({ length: 500 }, () => {
      clock.advance(100);
      return guess("198.51.100.7:5060", account);
    });
  };
  assert.deepEqual(series("215"), series("nobody"));
  const { guess, guard } = setup();
  for (let i = 0; i < 1_000; i += 1) guess(`198.51.${i >> 8}.${i & 255}:5060`, "nobody");
  assert.equal(guard.look(claim("192.0.2.9:5060", "215"), false).kind, "look");
});

test("a guesser cannot clear his counts with an account of his own", () => {
  const { clock, guard, guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 1_000; i += 1) {
    guard.right(claim("192.0.2.1:5060", "299"));
    if (guess("192.0.2.1:5060", `3${i}`)) evaluated += 1;
    clock.advance(60);
  }
  assert.ok(evaluated <= 40, `${evaluated} were looked at`);
});

/** What a guesser who knows the guard and never errs in his timing gets looked at. */
function patient(hours: number, sources: number, accounts: readonly string[]): number {
  const { clock, guess } = setup();
  let evaluated = 0;
  for (let tick = 0; tick < hours * 3_600; tick += 1) {
    for (const account of accounts)
      for (let source = 0; source < sources; source += 1)
        if (guess(`198.51.${source >> 8}.${source & 255}:${5060 + (tick % 500)}`, account)) evaluated += 1;
    clock.advance(SECOND);
  }
  return evaluated;
}

test("X3: the arithmetic of ADR 0035: guesses an hour", () => {
  const { account, source } = defaultCredentialsLimits;
  const anHour = (lanes: CredentialsLimits["account"]): number =>
    Object.values(lanes).reduce((sum, { total, refillMs }) => sum + total + Math.floor(HOUR / refillMs), 0);
  assert.equal(anHour(account), 614);
  assert.equal(anHour(source), 920);
  assert.ok(patient(1, 1, ["215"]) <= 614);
  assert.ok(patient(1, 20, ["215"]) <= 614);
  assert.ok(patient(1, 1, ["215", "216", "217", "218"]) <= 920);
});

test("what is slowed is told once when it begins, listed with its end, and lifted by name, by address or all", () => {
  const { clock, guard, guess, begun } = setup();
  for (let i = 0; i < 50; i += 1) guess("198.51.100.7:5060", "215");
  for (let i = 0; i < 50; i += 1) guess("2001:db8:1:2::7:5060", "216");
  assert.deepEqual(
    begun.map(({ scope, what }) => `${scope} ${what}`),
    ["account 215", "source 198.51.100.7", "account 216", "source 2001:db8:1::/48"],
  );
  const [first] = guard.slowed().filter(({ what }) => what === "215");
  assert.ok(first !== undefined);
  assert.equal(first.since, clock.wall());
  assert.ok(first.until > clock.wall() && first.until <= clock.wall() + 3 * MINUTE);
  assert.equal(first.wrong + first.unseen, 50);
  assert.equal(first.latest, "198.51.100.7");
  assert.equal(guard.lift("nobody"), 0);
  assert.equal(guard.lift("2001:db8:1:7::1"), 1, "any address of the network names it");
  assert.equal(guard.lift("215"), 1);
  assert.equal(guess("198.51.100.7:5060", "215"), true);
  assert.equal(guard.lift(undefined), 1);
  assert.deepEqual(guard.slowed(), []);
  assert.equal(begun.length, 4);
});

test("what is slowed ends by itself", () => {
  const { clock, guard, guess } = setup();
  for (let i = 0; i < 10_000; i += 1) guess("198.51.100.7:5060", "215");
  clock.advance(3 * MINUTE);
  assert.deepEqual(guard.slowed(), []);
});

test("the tables never grow past their size, and the account under attack stays in them", () => {
  const { guard, guess } = setup({ tableSize: 100 });
  for (let i = 0; i < 50; i += 1) guess("198.51.100.7:5060", "215");
  for (let i = 0; i < 5_000; i += 1) {
    guess(`10.0.${i >> 8}.${i & 255}:5060`, `u${i}`);
    if (i % 50 === 0) guess("198.51.100.7:5060", "215");
  }
  const { names, sources, loud } = guard.counts();
  assert.ok(names <= 100 && sources <= 100 && loud <= 200, JSON.stringify(guard.counts()));
  assert.equal(guess("198.51.100.7:5060", "215"), false);
  for (let i = 0; i < 1_000; i += 1) guard.right(claim(`10.1.${i >> 8}.${i & 255}:5060`, "215"));
  assert.ok(guard.counts().proven <= 40);
});

test("X3: names made up by the thousand do not let the account under attack be forgotten", () => {
  const lookedAt = (junk: number): number => {
    const { clock, guess } = setup({ tableSize: 100 });
    let evaluated = 0;
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 12; i += 1) {
        if (guess(`198.51.100.${(round * 12 + i) % 250}:5060`, "215")) evaluated += 1;
      }
      for (let i = 0; i < junk; i += 1) guess(`10.2.0.${i % 150}:5060`, `made-up-${round}-${i}`);
      clock.advance(10 * SECOND);
    }
    return evaluated;
  };
  assert.equal(lookedAt(1_000), lookedAt(0));
});
