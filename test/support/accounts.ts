import { Accounts } from "../../src/admin/users/accounts.ts";
import type { AccountParts } from "../../src/admin/users/parts.ts";
import { PasswordHashes } from "../../src/admin/users/password-hash.ts";
import { SignInGuard } from "../../src/admin/users/sign-in-guard.ts";
import { ok } from "../../src/lib/result.ts";
import type { AuditEntry } from "../../src/model/audit.ts";
import type { AccountChange, AccountRepository } from "../../src/model/users.ts";
import { seededIds } from "../fakes/seeded-ids.ts";

/** A repository that keeps what it is told in a list, for tests of use cases. */
export function rememberingRepository(): AccountRepository & {
  readonly applied: AccountChange[];
  readonly entries: AuditEntry[];
} {
  const applied: AccountChange[] = [];
  const entries: AuditEntry[] = [];
  return {
    applied,
    entries,
    load: async () => ({ users: [], sessions: [], tokens: [], links: [], openId: undefined }),
    async apply(changes, said) {
      applied.push(...changes);
      entries.push(...said);
    },
  };
}

/** The parts of the use cases on a clock that the test turns: `time.ms`. */
export async function accountParts(
  time: { ms: number },
  repository: AccountRepository = rememberingRepository(),
): Promise<AccountParts> {
  const ids = seededIds(1);
  return {
    accounts: await Accounts.open(repository),
    // As cheap as argon2 goes: these tests are about something else.
    hashes: new PasswordHashes({ memory: 8, passes: 1, parallelism: 1 }),
    guard: new SignInGuard(),
    failed: () => {},
    limits: { idleMs: 1_800_000, absoluteMs: 43_200_000 },
    wall: () => time.ms,
    monotonicMs: () => time.ms,
    newId: () => ids.hex(48),
  };
}

/** Has the administrator "Anna" in it, with this password. */
export async function withAnna(parts: AccountParts, password: string): Promise<void> {
  const passwordHash = await parts.hashes.make(password);
  await parts.accounts.change(() =>
    ok({
      changes: [
        {
          type: "user",
          user: {
            id: "anna00000000",
            name: "Anna",
            role: "administrator",
            passwordHash,
            totp: undefined,
            openId: undefined,
            revision: 1,
            createdAt: 0,
            changedAt: 0,
            changedBy: "test",
          },
        },
      ],
      value: undefined,
    }),
  );
}
