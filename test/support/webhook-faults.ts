import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import type { WebhookClientOptions } from "../../src/webhook/client.ts";
import { reasons } from "../../src/webhook/reasons.ts";
import { testClient, VALUES, webhookAt } from "../fakes/webhook-client.ts";

// reliability.md D1: whatever a receiver does, the failure branch starts by the deadline + 200 ms. Ten requests a case and
// short deadlines here; a release has a hundred and those of a real webhook, by SWITCHHOOK_TEST_FAULTS=full.
const FULL = process.env["SWITCHHOOK_TEST_FAULTS"] === "full";
export const DEADLINE_MS = FULL ? 5_000 : 1_200;
export const CONNECT_MS = FULL ? 3_000 : 400;
/** Of what fails by itself: a machine that stalls must not make it another failure. */
export const AMPLE = { deadlineMs: 5_000, connectMs: 3_000 };
const GRACE_MS = 200;
/** Requests of each case, all at once. */
const REPEATS = FULL ? 100 : 10;
/** As sentences name them. */
export const [DEADLINE, CONNECT] = [DEADLINE_MS, CONNECT_MS].map(
  (ms) => `${String(ms / 1000).replace(".", "\\.")} seconds`,
);

/** What a request is given. */
export interface Limits {
  readonly deadlineMs: number;
  readonly connectMs: number;
}

/** Short only where the time is what ends the request, and only that one which does. */
export function limitsOf({ source }: RegExp): Limits {
  if (source.includes(`did not reply within ${DEADLINE}`)) return { ...AMPLE, deadlineMs: DEADLINE_MS };
  return source.includes(`within ${CONNECT}`) ? { ...AMPLE, connectMs: CONNECT_MS } : AMPLE;
}

/** Asks all at once: each in time, each with the reason, nothing left open, no timer left running. */
export async function expectFailure(
  url: string,
  reason: RegExp,
  { deadlineMs, connectMs }: Limits,
  options: Partial<WebhookClientOptions> = {},
): Promise<void> {
  const client = testClient({
    connectTimeoutMs: connectMs,
    ...options,
  });
  const webhook = webhookAt(url, deadlineMs);
  const results = await Promise.all(
    Array.from({ length: REPEATS }, async () => {
      const start = performance.now();
      const plainTimer = firesAt(deadlineMs);
      const result = await client.ask(webhook, VALUES);
      const took = performance.now() - start;
      // A machine that stalls for some 100 ms delays every timer; that much is not the client's doing.
      if (took > deadlineMs) {
        const limit = (await plainTimer) - start + GRACE_MS;
        assert.ok(took <= limit, `${took.toFixed(0)} ms, ${limit.toFixed(0)} allowed: ${result.reason}`);
      }
      return result;
    }),
  );
  for (const result of results) {
    assert.equal(result.verdict, "error");
    assert.match(result.reason, reason);
    assert.ok(Object.hasOwn(reasons, result.failure ?? ""), `why, as a code: ${result.failure}`);
    assert.ok(result.excerpt.length <= 512);
  }
  await client.close();
}

/** When a timer of this length set now fires. */
function firesAt(ms: number): Promise<number> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(performance.now()), ms);
  });
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
