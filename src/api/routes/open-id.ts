import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { MASK } from "../../lib/masker.ts";
import { err, ok } from "../../lib/result.ts";
import type { OpenIdSettings } from "../../model/open-id.ts";
import type { OpenIdGiven } from "../account-ports.ts";
import { type OpenIdAnswer, openIdRoutes } from "../contract/open-id.ts";
import { refused } from "../contract/problems.ts";
import { endedOpenIdCookies, openIdCookie, openIdSecret } from "../cookie.ts";
import { isPlainHttp } from "../door.ts";
import { serve } from "../serve.ts";
import { mustNotSignIn, PLAIN_HTTP, placeOf, type SessionPorts, welcome, withSession } from "./session.ts";

const NO_ORIGIN = refused("openIdFailed", "Begin on the sign-in page: the browser has to say where it is.");
const NO_COOKIE = refused(
  "openIdFailed",
  "This sign-in began in another browser, or too long ago. Begin again on the sign-in page.",
);

/** Signing in by an OpenID server, and which one that is (docs/adr/0077). */
export function serveOpenId(server: FastifyInstance, ports: SessionPorts): void {
  const { accounts, door } = ports;
  serve(server, openIdRoutes.get, async () => {
    const settings = accounts.openId();
    return settings === undefined
      ? err(refused("notFound", "Signing in by another server is not set up."))
      : ok(shown(settings));
  });
  serve(server, openIdRoutes.put, async ({ body, ifMatch, actor }) => {
    const set = await accounts.setOpenId(ifMatch, wanted(body), actor);
    return set.ok ? ok(shown(set.value)) : set;
  });
  serve(server, openIdRoutes.remove, async ({ ifMatch, actor }) => accounts.removeOpenId(ifMatch, actor));
  serve(server, openIdRoutes.check, async ({ body, http: { request } }) => {
    const checked = await accounts.checkOpenId(wanted(body), request.headers.origin);
    return checked.ok ? ok({ items: [...checked.value] }) : checked;
  });
  serve(server, openIdRoutes.begin, async ({ http: { request, reply } }) => {
    if (mustNotSignIn(ports, request)) return err(PLAIN_HTTP);
    // The door has seen that it is an address of ours.
    const { origin } = request.headers;
    if (origin === undefined) return err(NO_ORIGIN);
    const began = await accounts.beginOpenId(origin, placeOf(request, door));
    if (!began.ok) return began;
    reply.header("set-cookie", openIdCookie(began.value.secret, isPlainHttp(request.raw)));
    return ok({ href: began.value.href });
  });
  serve(server, openIdRoutes.finish, async ({ body: { answer }, http }) => {
    if (mustNotSignIn(ports, http.request)) return err(PLAIN_HTTP);
    const secret = secretIn(http.request, door.mayBePlain);
    if (secret === undefined) return err(NO_COOKIE);
    const begun = await accounts.finishOpenId({ answer, secret }, placeOf(http.request, door));
    http.reply.header("set-cookie", endedOpenIdCookies(door.mayBePlain));
    return begun.ok ? ok(welcome(ports, http, begun.value)) : begun;
  });
}

/** A user links itself to an account at that server, and undoes it (docs/adr/0115). */
export function serveOpenIdLink(server: FastifyInstance, ports: SessionPorts): void {
  const { accounts, door } = ports;
  serve(server, openIdRoutes.link, async ({ body: { password }, http: { request, reply } }) => {
    const { origin } = request.headers;
    if (origin === undefined) return err(NO_ORIGIN);
    const began = await withSession(ports, request, (session) =>
      accounts.beginOpenIdLink(session, password, origin),
    );
    if (!began.ok) return began;
    reply.header("set-cookie", openIdCookie(began.value.secret, isPlainHttp(request.raw)));
    return ok({ href: began.value.href });
  });
  serve(server, openIdRoutes.finishLink, async ({ body: { answer }, http: { request, reply } }) => {
    const secret = secretIn(request, door.mayBePlain);
    if (secret === undefined) return err(NO_COOKIE);
    reply.header("set-cookie", endedOpenIdCookies(door.mayBePlain));
    return withSession(ports, request, (session) => accounts.finishOpenIdLink(session, { answer, secret }));
  });
  serve(server, openIdRoutes.unlink, async ({ body: { password }, http: { request } }) =>
    withSession(ports, request, (session) => accounts.unlinkOpenId(session, password)),
  );
}

/** Settings as they are given, with what is left out. */
function wanted({ clientSecret, roles, ...rest }: z.output<typeof openIdRoutes.put.body>): OpenIdGiven {
  return { ...rest, clientSecret, roles: { ...roles, otherwise: roles.otherwise } };
}

function secretIn({ headers }: FastifyRequest, mayBePlain: boolean): string | undefined {
  return openIdSecret(headers.cookie, mayBePlain);
}

function shown(settings: OpenIdSettings): OpenIdAnswer {
  const { clientSecret, allowedDomains, roles, networks, ...rest } = settings;
  return {
    ...rest,
    ...(clientSecret !== undefined && { clientSecret: MASK }),
    allowedDomains: [...allowedDomains],
    networks: [...networks],
    roles: {
      claim: roles.claim,
      values: [...roles.values],
      ...(roles.otherwise !== undefined && { otherwise: roles.otherwise }),
    },
  };
}
