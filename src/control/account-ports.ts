import { LINK_MS, makeLink } from "../admin/users/links.ts";
import { checkOpenId, type OpenIdCheckParts } from "../admin/users/open-id-check.ts";
import { OpenIdLink, unlinkOf, unlinkOwn } from "../admin/users/open-id-link.ts";
import { removeOpenId, setOpenId } from "../admin/users/open-id-settings.ts";
import { OpenIdSignIn } from "../admin/users/open-id-sign-in.ts";
import type { OpenIdVisits } from "../admin/users/open-id-visits.ts";
import type { AccountParts } from "../admin/users/parts.ts";
import { confirm, enrol, removeOf, removeOwn } from "../admin/users/second-factor.ts";
import { sessionOf } from "../admin/users/sessions.ts";
import { endSession, setUp, signIn, signInByLink } from "../admin/users/sign-in.ts";
import { addToken, revokeToken, tokenOf } from "../admin/users/tokens.ts";
import {
  addUser,
  changeUser,
  ownPassword,
  removeUser,
  setOwnPassword,
  setPassword,
} from "../admin/users/users.ts";
import type { AccountPorts, Done } from "../api/account-ports.ts";
import type { ApiProblemCode } from "../api/contract/problem-kinds.ts";
import { type Refused, refused } from "../api/contract/problems.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";

/** The use cases of users as the API asks for them: what the store cannot save is an answer. */
export function accountPorts(
  parts: AccountParts,
  { visits, asking }: { readonly visits: OpenIdVisits; readonly asking: OpenIdCheckParts["asking"] },
): AccountPorts {
  const { accounts, limits } = parts;
  const openId = new OpenIdSignIn(parts, visits);
  const link = new OpenIdLink(parts, visits);
  return {
    limits,
    needsSetup: () => accounts.users.size === 0,
    users: () => [...accounts.users.values()],
    sessions: () => [...accounts.sessions.values()],
    tokens: () => [...accounts.tokens.values()],
    session: (secret, isUse) => sessionOf(accounts, secret, parts.wall(), limits, isUse),
    token: (secret) => tokenOf(accounts, secret, parts.wall()),
    signIn: (given, place) => saved(() => signIn(parts, given, place)),
    signInByLink: (secret, place) => saved(() => signInByLink(parts, secret, place)),
    setUp: (given, place) => saved(() => setUp(parts, given, place)),
    endSession: ({ id, userId }, what, by) =>
      found("session", () =>
        endSession(parts, (one) => userId === undefined || one.userId === userId, id, { ...by, what }),
      ),
    setOwnPassword: (session, given) => nothing(() => setOwnPassword(parts, session, given)),
    showPassword: (session, password) => nothing(() => ownPassword(parts, session, password)),
    enrol: (session, password) => saved(() => enrol(parts, session, password)),
    confirmTotp: (session, code) => nothing(() => confirm(parts, session, code)),
    removeOwnTotp: (session, code) => nothing(() => removeOwn(parts, session, code)),
    addUser: (given, by) => saved(() => addUser(parts, given, by)),
    changeUser: (which, to, by) => saved(() => changeUser(parts, which, to, by)),
    removeUser: (which, by) => nothing(() => removeUser(parts, which, by)),
    setPassword: (id, password, by) => nothing(() => setPassword(parts, id, password, by)),
    removeTotp: (id, by) => nothing(() => removeOf(parts, id, by)),
    makeLink: (userId, by) =>
      saved(async () => {
        if (userId !== undefined && !accounts.users.has(userId))
          return err(refused("notFound", "There is no such user."));
        const expiresAt = parts.wall() + LINK_MS;
        return ok({ secret: await makeLink(parts, userId, by), expiresAt });
      }),
    addToken: (given, by) => saved(() => addToken(parts, given, by)),
    revokeToken: (id, by) => found("token", () => revokeToken(parts, id, by)),
    openId: () => accounts.openId,
    setOpenId: (seen, to, by) => saved(() => setOpenId(parts, seen, to, by)),
    removeOpenId: (seen, by) => nothing(() => removeOpenId(parts, seen, by)),
    beginOpenId: (origin, place) => saved(() => openId.begin(origin, place)),
    finishOpenId: (given, place) => saved(() => openId.finish(given, place)),
    checkOpenId: (to, origin) => saved(() => checkOpenId({ ...parts, asking }, to, origin)),
    beginOpenIdLink: (session, password, origin) => saved(() => link.begin(session, password, origin)),
    finishOpenIdLink: (session, given) => nothing(() => link.finish(session, given)),
    unlinkOpenId: (session, password) => nothing(() => unlinkOwn(parts, session, password)),
    unlinkOpenIdOf: (id, by) => nothing(() => unlinkOf(parts, id, by)),
  };
}

async function saved<T, Code extends ApiProblemCode>(
  work: () => Promise<Result<T, Refused<Code>>>,
): Done<T, Code> {
  try {
    return await work();
  } catch (error) {
    return err(refused("notSaved", `This could not be saved: ${reasonOf(error)}.`));
  }
}

async function nothing<Code extends ApiProblemCode>(
  work: () => Promise<Result<unknown, Refused<Code>>>,
): Done<undefined, Code> {
  const result = await saved(work);
  return result.ok ? ok(undefined) : result;
}

async function found(what: string, work: () => Promise<boolean>): Done<undefined, "notFound"> {
  return await saved(async () =>
    (await work()) ? ok(undefined) : err(refused("notFound", `There is no such ${what}.`)),
  );
}
