import { Accounts } from "../admin/users/accounts.ts";
import { FailedSignIns, type FailedTry } from "../admin/users/failed-sign-ins.ts";
import { makeLink } from "../admin/users/links.ts";
import { OpenIdServer } from "../admin/users/open-id-server.ts";
import { OpenIdVisits } from "../admin/users/open-id-visits.ts";
import type { AccountParts } from "../admin/users/parts.ts";
import { PasswordHashes } from "../admin/users/password-hash.ts";
import { forgetWhatIsOver } from "../admin/users/sessions.ts";
import { SignInGuard } from "../admin/users/sign-in-guard.ts";
import type { AccountPorts } from "../api/account-ports.ts";
import { createHttpClient, type HttpClient } from "../http/client.ts";
import { reasonOf } from "../lib/failure.ts";
import { ok } from "../lib/result.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { AccountRepository } from "../model/users.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { accountPorts } from "./account-ports.ts";
import { guardedFetch } from "./guarded-fetch.ts";

const FLUSH_EVERY_MS = 60_000;
const NO_NETWORKS: readonly string[] = [];
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
  readonly #failures = new FailedSignIns();
  readonly #http: HttpClient;
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
    this.#http = createHttpClient({ clock, allowedNetworks: () => accounts.openId?.networks ?? NO_NETWORKS });
    const inner: AccountParts = {
      accounts,
      guard,
      limits,
      hashes: new PasswordHashes(),
      failed: (tried) => this.#noteFailed(tried),
      wall: () => clock.wall(),
      monotonicMs: () => clock.now(),
      newId: () => ids.hex(ID_BITS),
    };
    const server = new OpenIdServer(guardedFetch(this.#http), () => clock.now());
    const visits = new OpenIdVisits(inner, server, (text) => parts.warn(text));
    this.ports = accountPorts(inner, {
      visits,
      asking: async (networks, work) => {
        const http = createHttpClient({ clock, allowedNetworks: () => networks });
        try {
          return await work(guardedFetch(http));
        } finally {
          await http.close();
        }
      },
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
    const parts = { accounts: this.#accounts, wall: () => this.#parts.clock.wall() };
    return await makeLink(parts, undefined, { name: "first start", address: undefined });
  }

  /** Writes what was seen and forgets what is over, every minute from now on. */
  begin(): void {
    if (!this.#stopping) this.#timer = this.#parts.clock.after(FLUSH_EVERY_MS, () => void this.#turn());
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#timer?.cancel();
    await this.#http.close();
    await this.#writeFailures().catch((error: unknown) => this.#failed(error));
    await this.#accounts.flush().catch((error: unknown) => this.#failed(error));
    await this.#accounts.last;
  }

  async #turn(): Promise<void> {
    try {
      await this.#writeFailures();
      await this.#accounts.flush();
      await forgetWhatIsOver(this.#accounts, this.#parts.clock.wall(), this.#parts.limits);
    } catch (error) {
      this.#failed(error);
    }
    this.begin();
  }

  #noteFailed(tried: FailedTry): void {
    const { clock } = this.#parts;
    const entry = this.#failures.take(tried, clock.wall(), clock.now());
    if (entry === undefined) return;
    this.#write(entry).catch((error: unknown) =>
      this.#parts.warn(`A failed sign-in could not be written into the audit log: ${reasonOf(error)}.`),
    );
  }

  async #writeFailures(): Promise<void> {
    const { clock } = this.#parts;
    for (const entry of this.#failures.due(clock.wall(), clock.now())) await this.#write(entry);
  }

  async #write(entry: AuditEntry): Promise<void> {
    await this.#accounts.change(() => ok({ changes: [], entry, value: undefined }));
  }

  #failed(error: unknown): void {
    this.#parts.warn(
      `Failed sign-ins, and when sessions were last used, could not be saved: ${reasonOf(error)}.`,
    );
  }
}
