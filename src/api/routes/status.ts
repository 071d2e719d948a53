import type { FastifyInstance } from "fastify";
import type { ServerStatus } from "../../model/server-status.ts";
import { metricsText } from "../metrics-text.ts";
import type { ApiPorts } from "../ports.ts";

/** So many times a second the signalling thread is asked how it is, at most, whoever asks us. */
const ASKED_PER_SECOND = 20;

/** The three open routes: alive, taking calls, counters. */
export function statusRoutes(server: FastifyInstance, ports: ApiPorts): void {
  const askStatus = sparing(ports);
  server.get("/health", async () => ({ status: "ok", version: ports.softwareVersion }));

  server.get("/ready", async (_request, reply) => {
    const status = await askStatus();
    if (status?.ready === true) return { ready: true };
    const reason = status?.reason ?? "the signalling thread does not answer";
    return reply.code(503).header("retry-after", "5").send({ ready: false, reason });
  });

  server.get("/metrics", async (_request, reply) => {
    const status = await askStatus();
    const up = { switchhook_ready: status?.ready === true ? 1 : 0 };
    const memory = { process_resident_memory_bytes: process.memoryUsage.rss() };
    return reply
      .header("content-type", "text/plain; version=0.0.4; charset=utf-8")
      .send(
        metricsText({ counters: status?.counters ?? {}, gauges: { ...status?.gauges, ...up, ...memory } }),
      );
  });
}

/** The status as it is now; of more than so many in a second the rest hear the last one, less than a second old. */
function sparing(ports: Pick<ApiPorts, "status" | "monotonicMs">): ApiPorts["status"] {
  let second = Number.NEGATIVE_INFINITY;
  let asked = 0;
  let last: Promise<ServerStatus | undefined> | undefined;
  return () => {
    const now = ports.monotonicMs();
    if (now - second >= 1000) {
      second = now;
      asked = 0;
    }
    if (last !== undefined && asked >= ASKED_PER_SECOND) return last;
    asked += 1;
    last = ports.status();
    return last;
  };
}
