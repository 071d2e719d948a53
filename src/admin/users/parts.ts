import { type Refused, refused } from "../../api/contract/problems.ts";
import type { Accounts } from "./accounts.ts";
import type { FailedTry } from "./failed-sign-ins.ts";
import type { PasswordHashes } from "./password-hash.ts";
import type { SessionLimits } from "./sessions.ts";
import type { SignInGuard } from "./sign-in-guard.ts";

/** What the use cases of users have in common. */
export interface AccountParts {
  readonly accounts: Accounts;
  readonly hashes: PasswordHashes;
  readonly guard: SignInGuard;
  readonly limits: SessionLimits;
  /** Notes for the audit log that a try to sign in failed. */
  failed(tried: FailedTry): void;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Milliseconds that never go back. */
  monotonicMs(): number;
  /** A new id: 12 hexadecimal digits. */
  newId(): string;
}

/** Why somebody has to try again later. */
export type Later = Refused<"tooManyRequests" | "busy">;

export const TOO_MANY_WAITING: Later = {
  ...refused("busy", "Too many passwords are being looked at at this moment; try again."),
  retryAfterSeconds: 1,
};

export const NO_SUCH_USER = refused("notFound", "There is no such user.");

/** Charges a try of a password or a code; undefined: it is looked at. */
export function tooManyTries(
  { guard, monotonicMs }: Pick<AccountParts, "guard" | "monotonicMs">,
  address: string,
  name: string,
): Later | undefined {
  const again = guard.take(address, name, monotonicMs());
  if (again === undefined) return undefined;
  const detail = `Too many tries; come again in ${again} s.`;
  return { ...refused("tooManyRequests", detail), retryAfterSeconds: again };
}
