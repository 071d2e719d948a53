import type { FastifyInstance } from "fastify";
import { ok } from "../../lib/result.ts";
import { backupRoutes } from "../contract/backup.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** How long things are kept, and a backup of all of them. */
export function serveBackup(
  server: FastifyInstance,
  { backup, now }: Pick<ApiPorts, "backup" | "now">,
): void {
  serve(server, backupRoutes.kept, async () => {
    const { days, isChosen } = backup.kept();
    return ok({ callsKeepDays: days, isChosen });
  });

  serve(server, backupRoutes.scheduled, async () => ok({ schedule: (await backup.scheduled()) ?? null }));

  serve(server, backupRoutes.makeNow, async ({ actor }) => {
    const begun = await backup.makeNow({ name: actor.name, address: actor.address });
    return begun.ok ? ok({ schedule: begun.value }) : begun;
  });

  serve(server, backupRoutes.make, async ({ body: { passphrase }, actor, http: { reply } }) => {
    const made = await backup.make(passphrase, { name: actor.name, address: actor.address });
    if (!made.ok) return made;
    const day = new Date(now()).toISOString().slice(0, 10);
    reply.header("content-disposition", `attachment; filename="switchhook-${day}.backup"`);
    reply.header("cache-control", "no-store");
    return made;
  });
}
