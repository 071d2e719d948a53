import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { Session, User } from "../../model/users.ts";
import type { Begun, Place } from "../account-ports.ts";
import { clientAddress } from "../client-address.ts";
import { type Refused, refused } from "../contract/problems.ts";
import type { Actor } from "../contract/role.ts";
import { type SignedInAnswer, sessionRoutes } from "../contract/session.ts";
import { endedCookies, sessionCookie, sessionSecret } from "../cookie.ts";
import { type DoorRules, isPlainHttp } from "../door.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

export type SessionPorts = Pick<ApiPorts, "accounts" | "companyFile" | "door" | "home" | "softwareVersion">;

const NO_SESSION = refused("noSession", "This is for a person who has signed in, and you show a token.");
export const PLAIN_HTTP = refused(
  "plainHttp",
  "Signing in over plain HTTP would show the password to the network. Use HTTPS, or a browser on this machine.",
);

/** Signing in and out, one's own sessions, password and second factor. */
export function serveSession(server: FastifyInstance, ports: SessionPorts): void {
  serveSigningIn(server, ports);
  serveOwnThings(server, ports);
}

function serveSigningIn(server: FastifyInstance, ports: SessionPorts): void {
  const { accounts, door } = ports;
  serve(server, sessionRoutes.get, async ({ actor, http: { request } }) => {
    if (actor !== undefined) return ok(whoIs(ports, actor, ownSession(ports, request)));
    const openId = accounts.openId();
    return ok({
      signedIn: false,
      needsSetup: accounts.needsSetup(),
      openId: openId && { label: openId.label },
    });
  });

  serve(server, sessionRoutes.begin, async ({ body, http }) => {
    if (mustNotSignIn(ports, http.request)) return err(PLAIN_HTTP);
    const place = placeOf(http.request, door);
    const begun =
      "link" in body
        ? await accounts.signInByLink(body.link, place)
        : await accounts.signIn({ name: body.name, password: body.password, code: body.totp }, place);
    return begun.ok ? ok(welcome(ports, http, begun.value)) : begun;
  });

  serve(server, sessionRoutes.setUp, async ({ body, http }) => {
    if (mustNotSignIn(ports, http.request)) return err(PLAIN_HTTP);
    const begun = await accounts.setUp(body, placeOf(http.request, door));
    return begun.ok ? ok(welcome(ports, http, begun.value)) : begun;
  });

  serve(server, sessionRoutes.signOut, async ({ http: { request, reply } }) => {
    const own = ownSession(ports, request);
    if (own === undefined) return err(NO_SESSION);
    const which = { id: own.session.id, userId: own.user.id };
    const ended = await accounts.endSession(which, "signOut", doerOf(own.user, request, door));
    reply.header("set-cookie", endedCookies(ports.door.mayBePlain));
    // One that was ended meanwhile is ended.
    return ended.ok || ended.error.code === "notFound"
      ? ok(undefined)
      : err(refused("notSaved", ended.error.detail));
  });
}

function serveOwnThings(server: FastifyInstance, ports: SessionPorts): void {
  const { accounts } = ports;
  serve(server, sessionRoutes.list, async ({ actor, http: { request } }) => {
    const own = ownSession(ports, request);
    const names = new Map(accounts.users().map(({ id, name }) => [id, name]));
    const shown = accounts
      .sessions()
      .filter(({ userId }) => actor.role === "administrator" || userId === own?.user.id);
    const items = shown
      .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
      .map(({ id, userId, createdAt, lastSeenAt, address, agent }) => ({
        id,
        userId,
        name: names.get(userId) ?? "",
        createdAt,
        lastSeenAt,
        address,
        agent,
        isOwn: id === own?.session.id,
      }));
    return ok({ items, next: null });
  });

  serve(server, sessionRoutes.end, async ({ params: { id }, actor, http: { request } }) => {
    const own = ownSession(ports, request);
    if (actor.role !== "administrator" && own === undefined)
      return err(refused("notFound", "There is no such session."));
    const which = { id, userId: actor.role === "administrator" ? undefined : own?.user.id };
    return accounts.endSession(which, "sessionEnded", actor);
  });

  serve(server, sessionRoutes.password, async ({ body, http: { request } }) =>
    withSession(ports, request, (session) => accounts.setOwnPassword(session, body)),
  );
  serve(server, sessionRoutes.beginTotp, async ({ body: { password }, http: { request } }) =>
    withSession(ports, request, (session) => accounts.enrol(session, password)),
  );
  serve(server, sessionRoutes.confirmTotp, async ({ body: { code }, http: { request } }) =>
    withSession(ports, request, (session) => accounts.confirmTotp(session, code)),
  );
  serve(server, sessionRoutes.removeTotp, async ({ body: { code }, http: { request } }) =>
    withSession(ports, request, (session) => accounts.removeOwnTotp(session, code)),
  );
}

interface Own {
  readonly session: Session;
  readonly user: User;
}

/** The session of who asks; undefined: a token. */
function ownSession({ accounts, door }: SessionPorts, { actor, headers }: FastifyRequest): Own | undefined {
  if (actor?.via !== "session") return undefined;
  const secret = sessionSecret(headers.cookie, door.mayBePlain);
  return secret === undefined ? undefined : accounts.session(secret);
}

export async function withSession<T, Fault>(
  ports: SessionPorts,
  request: FastifyRequest,
  work: (session: Session) => Promise<Result<T, Fault>>,
): Promise<Result<T, Fault | Refused<"noSession">>> {
  const own = ownSession(ports, request);
  return own === undefined ? err(NO_SESSION) : work(own.session);
}

export function mustNotSignIn({ door }: SessionPorts, request: FastifyRequest): boolean {
  return !door.mayBePlain && isPlainHttp(request.raw);
}

/** Who asks, and from where, for the audit log. */
function doerOf({ name }: { readonly name: string }, request: FastifyRequest, door: DoorRules): Doer {
  return { name, address: placeOf(request, door).address };
}

export function placeOf({ raw, headers }: FastifyRequest, { proxies }: DoorRules): Place {
  return { address: clientAddress(raw, proxies), agent: headers["user-agent"] ?? "" };
}

/** Gives a session that began to the browser. */
export function welcome(
  ports: SessionPorts,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { session, user, secret }: Begun,
): SignedInAnswer {
  reply.header("set-cookie", sessionCookie(secret, isPlainHttp(request.raw)));
  return whoIs(ports, { name: user.name, role: user.role, via: "session" }, { session, user });
}

function whoIs(
  { accounts, companyFile, home, softwareVersion }: SessionPorts,
  { name, role, via }: Actor,
  own: Own | undefined,
): SignedInAnswer {
  return {
    signedIn: true,
    name,
    role,
    via,
    secondFactor: own?.user.totp?.isConfirmed === true,
    hasPassword: own?.user.passwordHash !== undefined,
    ...(own !== undefined && openIdOf(accounts, own.user)),
    mayResetPassword: own?.session.byLink === true,
    ...(own !== undefined && {
      userId: own.user.id,
      endsAt: own.session.createdAt + accounts.limits.absoluteMs,
      idleMs: accounts.limits.idleMs,
    }),
    home: home(),
    keptIn: companyFile.state().keptIn ?? undefined,
    version: softwareVersion,
  };
}

/** A link outlives the settings: without them it opens nothing, and can still be undone. */
function openIdOf(accounts: SessionPorts["accounts"], user: User): Pick<SignedInAnswer, "openId"> {
  const settings = accounts.openId();
  const isLinked = user.openId !== undefined;
  if (settings === undefined && !isLinked) return {};
  return { openId: { label: settings?.label ?? "", isOn: settings !== undefined, isLinked } };
}
