import type { TokenEntry } from "../api/contract/tokens.ts";
import type { UserEntry } from "../api/contract/users.ts";
import type { Result } from "../lib/result.ts";
import type { Role } from "../model/role.ts";
import type { Failure } from "./failure.ts";

/** A user, as lists show it. */
export type UserRow = Pick<UserEntry, "id" | "name" | "role" | "hasPassword" | "secondFactor" | "lastSeenAt">;

/** A link that is good once: below the address of the server, which is not known while none runs. */
export interface LinkMade {
  /** `/login#…`. */
  readonly path: string;
  /** `http://127.0.0.1:8088`; undefined: no server runs. */
  readonly address: string | undefined;
}

/** Who may come in to an installation, as commands see it. Users are named by their names, as people type them. */
export interface WhoInstallation {
  users(): Promise<Result<readonly UserRow[], Failure>>;
  addUser(given: {
    readonly name: string;
    readonly role: Role;
    readonly password: string | undefined;
  }): Promise<Result<UserRow, Failure>>;
  setPassword(name: string, password: string): Promise<Result<undefined, Failure>>;
  /** `name` undefined: for a new administrator. */
  makeLink(name: string | undefined): Promise<Result<LinkMade, Failure>>;
  /** Takes the second factor of somebody who has lost it. */
  removeSecondFactor(name: string): Promise<Result<undefined, Failure>>;
  removeUser(name: string): Promise<Result<undefined, Failure>>;
  tokens(): Promise<Result<readonly TokenEntry[], Failure>>;
  /** The value is the token itself. */
  addToken(given: {
    readonly name: string;
    readonly role: Role;
    readonly days: number | undefined;
  }): Promise<Result<string, Failure>>;
  revokeToken(id: string): Promise<Result<undefined, Failure>>;
}

/** The user of a name, however its letters are cased. */
export function userNamed<Row extends { readonly name: string }>(
  users: readonly Row[],
  name: string,
): Row | undefined {
  const key = name.toLowerCase();
  return users.find((user) => user.name.toLowerCase() === key);
}

export function noSuchUser(name: string): Failure {
  return { type: "rejected", sentence: `There is no user ${name}; switchhook user list shows them.` };
}
