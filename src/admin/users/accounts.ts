import type { ApiProblemCode } from "../../api/contract/problem-kinds.ts";
import type { Refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { ok } from "../../lib/result.ts";
import type { AuditEntry } from "../../model/audit.ts";
import type { OpenIdSettings } from "../../model/open-id.ts";
import type {
  AccountChange,
  AccountRepository,
  ApiToken,
  OneTimeLink,
  Session,
  User,
} from "../../model/users.ts";
import { Turns } from "../turns.ts";
import { nameKey } from "./names.ts";

/** What a use case wants to change, and what it answers when that is done. */
export interface AccountWork<T> {
  readonly changes: readonly AccountChange[];
  /** What the audit log says of it; undefined: nothing that anybody wants to read. */
  readonly entry?: AuditEntry | undefined;
  readonly value: T;
}

/**
 * Everybody who may come in, in memory: a request is known by its cookie or token at once, without the database. Changes
 * are made one after the other, on disk first.
 */
export class Accounts {
  readonly #repository: AccountRepository;
  readonly #turns = new Turns();
  readonly #users = new Map<string, User>();
  /** By hash, as tokens and links too: a secret is looked up by what is kept of it. */
  readonly #sessions = new Map<string, Session>();
  readonly #tokens = new Map<string, ApiToken>();
  readonly #links = new Map<string, OneTimeLink>();
  #openId: OpenIdSettings | undefined;
  /** Seen since the last `flush`: not on disk yet. */
  readonly #seen = new Set<string>();

  private constructor(repository: AccountRepository) {
    this.#repository = repository;
  }

  /** Rejects when the store fails. */
  static async open(repository: AccountRepository): Promise<Accounts> {
    const accounts = new Accounts(repository);
    const { users, sessions, tokens, links, openId } = await repository.load();
    accounts.#take([
      ...users.map((user) => ({ type: "user", user }) as const),
      ...sessions.map((session) => ({ type: "session", session }) as const),
      ...tokens.map((token) => ({ type: "token", token }) as const),
      ...links.map((link) => ({ type: "link", link }) as const),
      ...(openId === undefined ? [] : [{ type: "openId", settings: openId } as const]),
    ]);
    return accounts;
  }

  get users(): ReadonlyMap<string, User> {
    return this.#users;
  }

  get sessions(): ReadonlyMap<string, Session> {
    return this.#sessions;
  }

  get tokens(): ReadonlyMap<string, ApiToken> {
    return this.#tokens;
  }

  get links(): ReadonlyMap<string, OneTimeLink> {
    return this.#links;
  }

  /** The server that people may sign in by; undefined: there is none. */
  get openId(): OpenIdSettings | undefined {
    return this.#openId;
  }

  /** By name, however its letters are cased. */
  named(name: string): User | undefined {
    const wanted = nameKey(name);
    return [...this.#users.values()].find((user) => nameKey(user.name) === wanted);
  }

  sessionsOf(userId: string): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => session.userId === userId);
  }

  /** Resolves when the changes that have been asked for so far are done; never rejects. */
  get last(): Promise<unknown> {
    return this.#turns.last;
  }

  /** Makes the changes that `work` names when its turn has come. Rejects when the store fails. */
  change<T, Code extends ApiProblemCode>(
    work: () => Result<AccountWork<T>, Refused<Code>>,
  ): Promise<Result<T, Refused<Code>>> {
    return this.#turns.take(async () => {
      const wanted = work();
      if (!wanted.ok) return wanted;
      const { changes, entry, value } = wanted.value;
      if (changes.length > 0 || entry !== undefined)
        await this.#repository.apply(changes, entry === undefined ? [] : [entry]);
      this.#take(changes);
      return ok(value);
    });
  }

  /** Notes that a session or token was used; it gets to the disk with the next `flush`. */
  seen(thing: Session | ApiToken, at: number): void {
    if ("userId" in thing) this.#sessions.set(thing.hash, { ...thing, lastSeenAt: at });
    else this.#tokens.set(thing.hash, { ...thing, lastUsedAt: at });
    this.#seen.add(thing.hash);
  }

  /** Writes what was seen. Rejects when the store fails. */
  async flush(): Promise<void> {
    if (this.#seen.size === 0) return;
    await this.change(() => {
      const changes = [...this.#seen].flatMap((hash): AccountChange[] => {
        const session = this.#sessions.get(hash);
        if (session !== undefined) return [{ type: "session", session }];
        const token = this.#tokens.get(hash);
        return token === undefined ? [] : [{ type: "token", token }];
      });
      this.#seen.clear();
      return ok({ changes, value: undefined });
    });
  }

  #take(changes: readonly AccountChange[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "user":
          this.#users.set(change.user.id, change.user);
          break;
        case "session":
          this.#sessions.set(change.session.hash, change.session);
          break;
        case "token":
          this.#tokens.set(change.token.hash, change.token);
          break;
        case "link":
          this.#links.set(change.link.hash, change.link);
          break;
        case "dropUser":
          this.#users.delete(change.id);
          drop(this.#sessions, ({ userId }) => userId === change.id);
          drop(this.#links, ({ userId }) => userId === change.id);
          break;
        case "dropSession":
          this.#sessions.delete(change.hash);
          break;
        case "dropToken":
          drop(this.#tokens, ({ id }) => id === change.id);
          break;
        case "dropLink":
          this.#links.delete(change.hash);
          break;
        case "openId":
          this.#openId = change.settings;
          break;
        case "dropOpenId":
          this.#openId = undefined;
          break;
      }
    }
  }
}

/** Takes out what is meant. */
function drop<Thing>(things: Map<string, Thing>, isMeant: (thing: Thing) => boolean): void {
  for (const [hash, thing] of things) if (isMeant(thing)) things.delete(hash);
}
