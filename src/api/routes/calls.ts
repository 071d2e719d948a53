import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { callRoutes } from "../contract/calls.ts";
import { refused } from "../contract/problems.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** A list says how often strangers were refused in this time. */
const REFUSED_MS = 86_400_000;

/** Records of calls, and the phones that are registered. */
export function serveCalls(
  server: FastifyInstance,
  ports: Pick<ApiPorts, "calls" | "registrations" | "now">,
): void {
  serve(server, callRoutes.list, async ({ query: { kind, ...filter } }) =>
    ok({
      calls: [...(await ports.calls.list({ ...filter, kinds: kind }))],
      refused: await ports.calls.refusedSince(ports.now() - REFUSED_MS),
    }),
  );

  serve(server, callRoutes.get, async ({ params: { id } }) => {
    const record = await ports.calls.get(id);
    if (record !== undefined) return ok(record);
    const detail =
      "There is no call with this id; the beginning of an id is enough when only one call has it.";
    return err(refused("noSuchCall", detail));
  });

  serve(server, callRoutes.registrations, async () =>
    ok({ registrations: [...(await ports.registrations.load(ports.now()))] }),
  );
}
