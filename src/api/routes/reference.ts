import type { FastifyInstance } from "fastify";
import { ok } from "../../lib/result.ts";
import { openapiOf } from "../contract/openapi.ts";
import { referenceRoutes } from "../contract/reference-routes.ts";
import { ROUTES } from "../contract/routes.ts";
import type { ApiPorts } from "../ports.ts";
import { REFERENCE_POLICY, referencePage } from "../reference-page.ts";
import { serve } from "../serve.ts";

/** The API about itself. Both are made when they are first asked for. */
export function serveReference(
  server: FastifyInstance,
  { softwareVersion }: Pick<ApiPorts, "softwareVersion">,
): void {
  let document: { readonly openapi: string } | undefined;
  let page: string | undefined;
  serve(server, referenceRoutes.openapi, async () => {
    document ??= { openapi: "", ...openapiOf(ROUTES, softwareVersion) };
    return ok(document);
  });
  serve(server, referenceRoutes.page, async ({ http }) => {
    page ??= referencePage(ROUTES, softwareVersion);
    http.reply.header("content-security-policy", REFERENCE_POLICY);
    return ok(page);
  });
}
