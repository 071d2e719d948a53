import type { FastifyInstance } from "fastify";
import { err, ok, type Result } from "../../lib/result.ts";
import type { User } from "../../model/users.ts";
import type { AccountPorts } from "../account-ports.ts";
import { refused } from "../contract/problems.ts";
import { type UserEntry, userRoutes } from "../contract/users.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** Who may sign in, for administrators. */
export function serveUsers(server: FastifyInstance, { accounts }: Pick<ApiPorts, "accounts">): void {
  const entry = (user: User): UserEntry => entryOf(accounts, user);
  serve(server, userRoutes.list, async () => ok({ items: accounts.users().map(entry), next: null }));
  serve(server, userRoutes.get, async ({ params: { id } }) => {
    const user = accounts.users().find((one) => one.id === id);
    return user === undefined ? err(refused("notFound", "There is no such user.")) : ok(entry(user));
  });
  serve(server, userRoutes.create, async ({ body, actor }) =>
    map(await accounts.addUser(body, actor), entry),
  );
  serve(server, userRoutes.change, async ({ params: { id }, ifMatch, body, actor }) =>
    map(await accounts.changeUser({ id, seen: ifMatch }, body, actor), entry),
  );
  serve(server, userRoutes.remove, async ({ params: { id }, ifMatch, actor }) =>
    accounts.removeUser({ id, seen: ifMatch }, actor),
  );
  serve(server, userRoutes.password, async ({ params: { id }, body: { password }, actor }) =>
    accounts.setPassword(id, password, actor),
  );
  serve(server, userRoutes.removeTotp, async ({ params: { id }, actor }) => accounts.removeTotp(id, actor));
  serve(server, userRoutes.unlink, async ({ params: { id }, actor }) => accounts.unlinkOpenIdOf(id, actor));
  serve(server, userRoutes.link, async ({ params: { id }, actor }) =>
    map(await accounts.makeLink(id, actor), (made) => ({
      ...made,
      path: `/login#${made.secret}`,
    })),
  );
  serve(server, userRoutes.setUpLink, async ({ actor }) => {
    const made = await accounts.makeLink(undefined, actor);
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
