import type { FastifyInstance } from "fastify";
import { ok } from "../../lib/result.ts";
import type { ApiToken } from "../../model/users.ts";
import { type TokenEntry, tokenRoutes } from "../contract/tokens.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** Tokens by which programs use this API, for administrators. */
export function serveTokens(server: FastifyInstance, { accounts }: Pick<ApiPorts, "accounts">): void {
  serve(server, tokenRoutes.list, async () => ok({ items: accounts.tokens().map(entryOf), next: null }));
  serve(server, tokenRoutes.create, async ({ body, actor }) => {
    const made = await accounts.addToken(body, actor);
    return made.ok ? ok({ ...entryOf(made.value.token), token: made.value.secret }) : made;
  });
  serve(server, tokenRoutes.revoke, async ({ params: { id }, actor }) => accounts.revokeToken(id, actor));
}

function entryOf({ lastUsedAt, expiresAt, hash: _hash, ...shown }: ApiToken): TokenEntry {
  return { ...shown, lastUsedAt: lastUsedAt ?? null, expiresAt: expiresAt ?? null };
}
