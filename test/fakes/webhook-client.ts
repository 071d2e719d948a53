import type { WebhookValues } from "../../src/dialplan/command.ts";
import { dnsResolver } from "../../src/http/dns-resolver.ts";
import type { NameResolver } from "../../src/http/names.ts";
import { type CounterStore, createCounters } from "../../src/lib/counters.ts";
import type { Webhook } from "../../src/model/webhook.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import {
  createWebhookClient,
  type WebhookClient,
  type WebhookClientOptions,
} from "../../src/webhook/client.ts";

/** A webhook with this URL; everything else as the form has it. */
export function webhookAt(urlTemplate: string, timeoutMs = 5_000): Webhook {
  return {
    name: "CRM",
    description: "",
    callerIdForwarding: "caller",
    urlTemplate,
    timeoutMs,
    followRedirects: true,
    ivr: undefined,
  };
}

/** Values of a call from outside. */
export const VALUES: WebhookValues = {
  did: "+31501234567",
  callerid: "+31612345678",
  callername: "Jan Jansen",
  code: "",
  callid: "4bf92f3577b34da6a3ce929d0e0e4736",
};

/** Names and their addresses, TTL 0; other names do not exist. */
export function fixedNames(names: Readonly<Record<string, readonly string[]>>): NameResolver {
  return {
    async resolve(name) {
      const addresses = names[name];
      if (addresses === undefined) return { ok: false, error: { code: "nameNotFound" } };
      return { ok: true, value: { addresses, ttl: 0 } };
    },
  };
}

export interface TestClient extends WebhookClient {
  readonly counters: CounterStore;
  /** What was logged, as one text. */
  logged(): string;
}

/** The real client with loopback listed, its counters and its log. */
export function testClient(options: Partial<WebhookClientOptions> = {}): TestClient {
  const counters = createCounters();
  const lines: string[] = [];
  const client = createWebhookClient({
    clock: systemClock,
    allowedNetworks: () => ["127.0.0.0/8", "::1/128"],
    version: "1.2.3",
    logger: { warn: (fields, message) => lines.push(JSON.stringify({ ...fields, message })) },
    // Without the system's look-up: a test must not depend on the DNS of the machine it runs on.
    dns: dnsResolver({ clock: systemClock, systemLookup: undefined }),
    counters,
    ...options,
  });
  return { ...client, counters, logged: () => lines.join("\n") };
}
