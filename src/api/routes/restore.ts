import type { FastifyInstance } from "fastify";
import { ok } from "../../lib/result.ts";
import { restoreRoutes } from "../contract/restore.ts";
import type { Actor } from "../contract/role.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";
import { type SessionPorts, withSession } from "./session.ts";

/** A backup that takes the place of what is here, and the way back. */
export function serveRestore(server: FastifyInstance, ports: SessionPorts & Pick<ApiPorts, "restore">): void {
  const { restore, accounts } = ports;
  /** An open browser alone must not do this; a token is a password itself. */
  const shown = async (
    { via }: Actor,
    request: Parameters<typeof withSession>[1],
    password: string | undefined,
  ) =>
    via === "session"
      ? withSession(ports, request, (session) => accounts.showPassword(session, password))
      : ok(undefined);

  serve(server, restoreRoutes.state, async () => ok(await restore.state()));

  serve(server, restoreRoutes.upload, async ({ body, query, actor, http: { reply } }) => {
    const outcome = await restore.receive(body, query, actor);
    // What is still on its way would have to be read to the end otherwise.
    if (!outcome.ok) reply.header("connection", "close");
    return outcome;
  });

  serve(server, restoreRoutes.check, async ({ body, actor }) => restore.check(body.passphrase, actor));

  serve(server, restoreRoutes.agree, async ({ body, actor, http: { request } }) => {
    const known = await shown(actor, request, body.password);
    return known.ok ? restore.agree(body.seen, body.waitSeconds, actor) : known;
  });

  serve(server, restoreRoutes.back, async ({ body, actor, http: { request } }) => {
    const known = await shown(actor, request, body.password);
    return known.ok ? restore.back(body.waitSeconds, actor) : known;
  });

  serve(server, restoreRoutes.forget, async () => restore.forget());

  serve(server, restoreRoutes.forgetBefore, async ({ actor }) => restore.forgetBefore(actor));
}
