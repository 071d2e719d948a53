import { createServer, type Server } from "node:http";
import { bodyOf, replyOf, type ScenarioDescription } from "./description.ts";

/** The webhook that a URL belongs to: all but the query is its own. */
export function webhookAt(
  webhooks: readonly { readonly name: string; readonly urlTemplate: string }[],
  url: string,
): string | undefined {
  const place = (one: string): string => one.split("?", 1)[0] ?? "";
  return webhooks.find(({ urlTemplate }) => place(urlTemplate) === place(url))?.name;
}

/** Real receivers, each where its webhook's URL says. */
export class Receivers {
  readonly #servers: Server[] = [];

  /** `tell` hears of every request and reply. */
  static async open(
    webhooks: readonly { readonly name: string; readonly urlTemplate: string }[],
    scenario: ScenarioDescription,
    tell: (what: "asked" | "replied", webhook: string, url: string) => void,
  ): Promise<Receivers> {
    const receivers = new Receivers();
    const places = new Set(
      webhooks
        .filter(({ name }) => scenario.receivers[name] !== undefined)
        .map(({ urlTemplate }) => new URL(urlTemplate).host),
    );
    const counts = new Map<string, number>();
    for (const place of places) {
      const server = createServer((request, response) => {
        const url = `http://${place}${request.url ?? ""}`;
        const webhook = webhookAt(webhooks, url) ?? "";
        const at = counts.get(webhook) ?? 0;
        counts.set(webhook, at + 1);
        const given = replyOf(scenario, webhook, at);
        tell("asked", webhook, url);
        if (given === undefined || "says" in given) return;
        setTimeout(() => {
          response.writeHead(given.status, { "Content-Type": "text/plain" });
          response.end(bodyOf(given));
          tell("replied", webhook, url);
        }, given.afterMs);
      });
      receivers.#servers.push(server);
      const [host = "", port = "80"] = place.split(":");
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(Number(port), host, resolve);
      });
    }
    return receivers;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
