import type { FastifyInstance } from "fastify";
import { metricsText } from "../metrics-text.ts";
import type { ApiPorts } from "../ports.ts";

/** The three open routes: alive, taking calls, counters. */
export function statusRoutes(server: FastifyInstance, ports: ApiPorts): void {
  server.get("/health", async () => ({ status: "ok", version: ports.softwareVersion }));

  server.get("/ready", async (_request, reply) => {
    const status = await ports.status();
    if (status?.ready === true) return { ready: true };
    const reason = status?.reason ?? "the signalling thread does not answer";
    return reply.code(503).header("retry-after", "5").send({ ready: false, reason });
  });

  server.get("/metrics", async (_request, reply) => {
    const status = await ports.status();
    const up = { switchhook_ready: status?.ready === true ? 1 : 0 };
    const memory = { process_resident_memory_bytes: process.memoryUsage.rss() };
    return reply
      .header("content-type", "text/plain; version=0.0.4; charset=utf-8")
      .send(
        metricsText({ counters: status?.counters ?? {}, gauges: { ...status?.gauges, ...up, ...memory } }),
      );
  });
}
