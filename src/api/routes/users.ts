import type { FastifyInstance } from "fastify";
import { err, ok, type Result } from "../../lib/result.ts";
import type { User } from "../../model/users.ts";
import type { AccountPorts } from "../account-ports.ts";
import { refused } from "../contract/problems.ts";
import { type UserEntry, userRoutes } from "../contract/users.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";
import { doerOf } from "./session.ts";

/** Who may sign in, for administrators. */
export function serveUsers(server: FastifyInstance, { accounts }: Pick<ApiPorts, "accounts">): void {
  const entry = (user: User): UserEntry => entryOf(accounts, user);
  serve(server, userRoutes.list, async () => ok({ items: accounts.users().map(entry), next: null }));
  serve(server, userRoutes.get, async ({ params: { id } }) => {
    const user = accounts.users().find((one) => one.id === id);
    return user === undefined ? err(refused("notFound", "There is no such user.")) : ok(entry(user));
  });
  serve(server, userRoutes.create, async ({ body, actor, http: { request } }) =>
    map(await accounts.addUser(body, doerOf(actor, request)), entry),
  );
  serve(server, userRoutes.change, async ({ params: { id }, ifMatch, body, actor, http: { request } }) =>
    map(await accounts.changeUser({ id, seen: ifMatch }, body, doerOf(actor, request)), entry),
  );
  serve(server, userRoutes.remove, async ({ params: { id }, ifMatch, actor, http: { request } }) =>
    accounts.removeUser({ id, seen: ifMatch }, doerOf(actor, request)),
  );
  serve(
    server,
    userRoutes.password,
    async ({ params: { id }, body: { password }, actor, http: { request } }) =>
      accounts.setPassword(id, password, doerOf(actor, request)),
  );
  serve(server, userRoutes.removeTotp, async ({ params: { id }, actor, http: { request } }) =>
    accounts.removeTotp(id, doerOf(actor, request)),
  );
  serve(server, userRoutes.link, async ({ params: { id }, actor, http: { request } }) =>
    map(await accounts.makeLink(id, doerOf(actor, request)), (made) => ({
      ...made,
      path: `/login#${made.secret}`,
    })),
  );
  serve(server, userRoutes.setUpLink, async ({ actor, http: { request } }) => {
    const made = await accounts.makeLink(undefined, doerOf(actor, request));
    if (made.ok) return ok({ ...made.value, path: `/setup#${made.value.secret}` });
    // Of nobody's: only saving can go wrong.
    return err(refused("notSaved", made.error.detail));
  });
}

function map<From, To, Fault>(result: Result<From, Fault>, to: (value: From) => To): Result<To, Fault> {
  return result.ok ? ok(to(result.value)) : result;
}

function entryOf(accounts: AccountPorts, user: User): UserEntry {
  const { id, name, role, revision, createdAt, changedAt, changedBy } = user;
  const seen = accounts.sessions().filter(({ userId }) => userId === id);
  return {
    id,
    name,
    role,
    revision,
    createdAt,
    changedAt,
    changedBy,
    hasPassword: user.passwordHash !== undefined,
    secondFactor: user.totp?.isConfirmed === true,
    openId: user.openId !== undefined,
    lastSeenAt: seen.length === 0 ? null : Math.max(...seen.map(({ lastSeenAt }) => lastSeenAt)),
  };
}
