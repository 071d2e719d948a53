import { Accounts } from "../admin/users/accounts.ts";
import { makeLink } from "../admin/users/links.ts";
import type { AccountParts } from "../admin/users/parts.ts";
import { PasswordHashes } from "../admin/users/password-hash.ts";
import { removeOf } from "../admin/users/second-factor.ts";
import { SignInGuard } from "../admin/users/sign-in-guard.ts";
import { addToken, revokeToken } from "../admin/users/tokens.ts";
import { addUser, removeUser, setPassword } from "../admin/users/users.ts";
import type { Refused } from "../api/contract/problems.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Repositories } from "../model/repositories.ts";
import type { User } from "../model/users.ts";
import { systemClock } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import type { Failure } from "./failure.ts";
import { noSuchUser, type UserRow, userNamed, type WhoInstallation } from "./who-port.ts";

const ID_BITS = 48;
/** Who changed something, as lists show it: whoever may write the data folder. */
const BY = { name: "command line", address: undefined } as const;

type WithStore = <T>(
  work: (store: Repositories) => Promise<Result<T, Failure>>,
) => Promise<Result<T, Failure>>;

/** Who may come in, while no server runs: when everything is lost, this is the way back in. */
export function whoOverStore(withStore: WithStore): WhoInstallation {
  const withParts = <T>(
    work: (parts: AccountParts) => Promise<Result<T, Failure | Refused>>,
  ): Promise<Result<T, Failure>> =>
    withStore(async ({ accounts }) => {
      const done = await work(partsOf(await Accounts.open(accounts)));
      return done.ok ? done : err(failureOf(done.error));
    });
  const withUser = <T>(
    name: string,
    work: (parts: AccountParts, user: User) => Promise<Result<T, Failure | Refused>>,
  ): Promise<Result<T, Failure>> =>
    withParts(async (parts) => {
      const user = userNamed([...parts.accounts.users.values()], name);
      return user === undefined ? err(noSuchUser(name)) : work(parts, user);
    });
  return {
    users: () =>
      withParts(async ({ accounts }) =>
        ok([...accounts.users.values()].map((user) => rowOf(accounts, user))),
      ),
    addUser: (given) =>
      withParts(async (parts) => {
        const added = await addUser(parts, given, BY);
        return added.ok ? ok(rowOf(parts.accounts, added.value)) : added;
      }),
    setPassword: (name, password) =>
      withUser(name, async (parts, { id }) => nothing(await setPassword(parts, id, password, BY))),
    makeLink: (name) =>
      name === undefined
        ? withParts(async (parts) => {
            const secret = await makeLink(parts, undefined, BY);
            return ok({ path: `/setup#${secret}`, address: undefined });
          })
        : withUser(name, async (parts, { id }) => {
            const secret = await makeLink(parts, id, BY);
            return ok({ path: `/login#${secret}`, address: undefined });
          }),
    removeSecondFactor: (name) =>
      withUser(name, async (parts, { id }) => nothing(await removeOf(parts, id, BY))),
    removeUser: (name) =>
      withUser(name, async (parts, { id }) => nothing(await removeUser(parts, { id, seen: undefined }, BY))),
    tokens: () =>
      withParts(async ({ accounts }) =>
        ok(
          [...accounts.tokens.values()].map(({ hash: _hash, lastUsedAt, expiresAt, ...shown }) => ({
            ...shown,
            lastUsedAt: lastUsedAt ?? null,
            expiresAt: expiresAt ?? null,
          })),
        ),
      ),
    addToken: (given) =>
      withParts(async (parts) => {
        const added = await addToken(parts, given, BY);
        return added.ok ? ok(added.value.secret) : added;
      }),
    revokeToken: (id) =>
      withParts(async (parts) =>
        (await revokeToken(parts, id, BY))
          ? ok(undefined)
          : err({ type: "rejected", sentence: "There is no such token." }),
      ),
  };
}

function partsOf(accounts: Accounts): AccountParts {
  const ids = randomIds();
  return {
    accounts,
    hashes: new PasswordHashes(),
    guard: new SignInGuard(),
    // Nobody signs in here.
    limits: { idleMs: 0, absoluteMs: 0 },
    failed: () => {},
    wall: () => systemClock.wall(),
    monotonicMs: () => systemClock.now(),
    newId: () => ids.hex(ID_BITS),
  };
}

function rowOf(accounts: Accounts, { id, name, role, passwordHash, totp }: User): UserRow {
  const seen = accounts.sessionsOf(id).map(({ lastSeenAt }) => lastSeenAt);
  return {
    id,
    name,
    role,
    hasPassword: passwordHash !== undefined,
    secondFactor: totp?.isConfirmed === true,
    lastSeenAt: seen.length === 0 ? null : Math.max(...seen),
  };
}

function nothing<Fault>(result: Result<unknown, Fault>): Result<undefined, Fault> {
  return result.ok ? ok(undefined) : result;
}

function failureOf(error: Failure | Refused): Failure {
  return "code" in error ? { type: "rejected", sentence: error.detail } : error;
}
