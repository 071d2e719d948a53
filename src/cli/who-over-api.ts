import { type TokenEntry, tokenRoutes } from "../api/contract/tokens.ts";
import { userRoutes } from "../api/contract/users.ts";
import { addressHere } from "../lib/host-port.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Ask, ReadFailure } from "./api-client.ts";
import type { Failure } from "./failure.ts";
import { type LinkMade, noSuchUser, type UserRow, userNamed, type WhoInstallation } from "./who-port.ts";

/** Who may come in to a running server. */
export class WhoOverApi implements WhoInstallation {
  readonly #ask: Ask;
  readonly #failureOf: ReadFailure;
  readonly #http: string;

  constructor(http: string, ask: Ask, failureOf: ReadFailure) {
    this.#http = http;
    this.#ask = ask;
    this.#failureOf = failureOf;
  }

  users(): Promise<Result<readonly UserRow[], Failure>> {
    return this.#json("GET", "users", undefined, (body) => userRoutes.list.answer.parse(body).items);
  }

  addUser(given: Parameters<WhoInstallation["addUser"]>[0]): Promise<Result<UserRow, Failure>> {
    return this.#json("POST", "users", given, (body) => userRoutes.create.answer.parse(body));
  }

  setPassword(name: string, password: string): Promise<Result<undefined, Failure>> {
    return this.#of(name, (id) => this.#nothing("PUT", `users/${id}/password`, { password }));
  }

  async makeLink(name: string | undefined): Promise<Result<LinkMade, Failure>> {
    const address = addressHere(this.#http);
    const make = (path: string): Promise<Result<LinkMade, Failure>> =>
      this.#json("POST", path, undefined, (body) => ({
        path: userRoutes.link.answer.parse(body).path,
        address,
      }));
    return name === undefined ? make("setup/link") : this.#of(name, (id) => make(`users/${id}/link`));
  }

  removeSecondFactor(name: string): Promise<Result<undefined, Failure>> {
    return this.#of(name, (id) => this.#nothing("DELETE", `users/${id}/totp`, undefined));
  }

  removeUser(name: string): Promise<Result<undefined, Failure>> {
    return this.#of(name, (id) => this.#nothing("DELETE", `users/${id}`, undefined));
  }

  tokens(): Promise<Result<readonly TokenEntry[], Failure>> {
    return this.#json("GET", "tokens", undefined, (body) => tokenRoutes.list.answer.parse(body).items);
  }

  addToken(given: Parameters<WhoInstallation["addToken"]>[0]): Promise<Result<string, Failure>> {
    return this.#json("POST", "tokens", given, (body) => tokenRoutes.create.answer.parse(body).token);
  }

  revokeToken(id: string): Promise<Result<undefined, Failure>> {
    return this.#nothing("DELETE", `tokens/${encodeURIComponent(id)}`, undefined);
  }

  async #of<T>(name: string, work: (id: string) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
    const users = await this.users();
    if (!users.ok) return users;
    const user = userNamed(users.value, name);
    return user === undefined ? err(noSuchUser(name)) : work(user.id);
  }

  #nothing(method: string, path: string, body: unknown): Promise<Result<undefined, Failure>> {
    return this.#json(method, path, body, () => undefined);
  }

  async #json<T>(
    method: string,
    path: string,
    body: unknown,
    read: (body: unknown) => T,
  ): Promise<Result<T, Failure>> {
    const response = await this.#ask(path, {
      method,
      headers: { "content-type": "application/json", "if-match": "*" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) return response;
    const answer = response.value;
    if (answer.ok) return ok(read(answer.status === 204 ? undefined : await answer.json()));
    // What the request itself is wrong about, in the server's words.
    if (answer.status < 500 && answer.status !== 401) return err(await this.#rejected(answer));
    return err(await this.#failureOf(answer));
  }

  async #rejected(answer: Response): Promise<Failure> {
    const { detail = `The server answered ${answer.status}.` } = (await answer.json()) as { detail?: string };
    return { type: "rejected", sentence: detail };
  }
}
