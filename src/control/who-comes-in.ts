import { Accounts } from "../admin/users/accounts.ts";
import { makeLink } from "../admin/users/links.ts";
import type { AccountParts } from "../admin/users/parts.ts";
import { PasswordHashes } from "../admin/users/password-hash.ts";
import { forgetWhatIsOver } from "../admin/users/sessions.ts";
import { SignInGuard } from "../admin/users/sign-in-guard.ts";
import type { AccountPorts } from "../api/account-ports.ts";
import { reasonOf } from "../lib/failure.ts";
import type { AccountRepository } from "../model/users.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { accountPorts } from "./account-ports.ts";

const FLUSH_EVERY_MS = 60_000;
/** Bits of an id of a user, a session or a token. */
const ID_BITS = 48;

export interface WhoComesInParts {
  readonly clock: Clock;
  readonly limits: AccountParts["limits"];
  warn(text: string): void;
}

/** Users, sessions, tokens and links of this installation, and what is done about them by itself. */
export class WhoComesIn {
  readonly ports: AccountPorts;
  readonly #accounts: Accounts;
  readonly #parts: WhoComesInParts;
  #timer: Timer | undefined;
  #stopping = false;

  private constructor(accounts: Accounts, parts: WhoComesInParts) {
    this.#accounts = accounts;
    this.#parts = parts;
    const guard = new SignInGuard();
    // Where they are signed in they are known from.
    for (const { userId, address } of accounts.sessions.values())
      guard.proved(address, accounts.users.get(userId)?.name ?? "");
    const ids = randomIds();
    const { clock, limits } = parts;
    this.ports = accountPorts({
      accounts,
      guard,
      limits,
      hashes: new PasswordHashes(),
      wall: () => clock.wall(),
      monotonicMs: () => clock.now(),
      newId: () => ids.hex(ID_BITS),
    });
  }

  /** Rejects when the store fails. */
  static async open(repository: AccountRepository, parts: WhoComesInParts): Promise<WhoComesIn> {
    return new WhoComesIn(await Accounts.open(repository), parts);
  }

  /**
   * The secret of a link that makes the first administrator; undefined: there are users already. Rejects when the store fails.
   */
  async firstLink(): Promise<string | undefined> {
    if (this.#accounts.users.size > 0) return undefined;
    return await makeLink(this.#accounts, undefined, this.#parts.clock.wall());
  }

  /** Writes what was seen and forgets what is over, every minute from now on. */
  begin(): void {
    if (!this.#stopping) this.#timer = this.#parts.clock.after(FLUSH_EVERY_MS, () => void this.#turn());
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#timer?.cancel();
    await this.#accounts.flush().catch((error: unknown) => this.#failed(error));
    await this.#accounts.last;
  }

  async #turn(): Promise<void> {
    try {
      await this.#accounts.flush();
      await forgetWhatIsOver(this.#accounts, this.#parts.clock.wall(), this.#parts.limits);
    } catch (error) {
      this.#failed(error);
    }
    this.begin();
  }

  #failed(error: unknown): void {
    this.#parts.warn(`When sessions and tokens were last used could not be saved: ${reasonOf(error)}.`);
  }
}
