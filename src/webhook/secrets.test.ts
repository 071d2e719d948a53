// X13: whatever a receiver writes back of the request, nothing that is kept of it shows a secret of the URL.

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Webhook } from "../model/webhook.ts";
import { systemClock } from "../runtime/clock.ts";
import { createWebhookClient, type WebhookClient } from "./client.ts";

const KEY = "K3y&of=the r/c";
const PASSWORD = "pw-0f-jan:2";
const VALUES = { did: "+31501234567", callerid: "+31201234567", callername: "Jan", code: "", callid: "c-1" };
const SHOWN = [KEY, PASSWORD, encodeURIComponent(KEY), encodeURIComponent(PASSWORD)];
const BASIC = Buffer.from(`jan:${PASSWORD}`).toString("base64");

let answer: (request: IncomingMessage) => string = () => "";
let server: Server;
let client: WebhookClient;
const logged: string[] = [];

before(async () => {
  server = createServer((request, response) => void response.end(answer(request)));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  client = createWebhookClient({
    clock: systemClock,
    allowedNetworks: () => ["127.0.0.0/8"],
    version: "0",
    logger: { warn: (fields, message) => void logged.push(JSON.stringify(fields) + message) },
  });
});
after(async () => {
  await client.close();
  server.close();
});

const query = (request: IncomingMessage): URLSearchParams =>
  new URL(request.url ?? "/", "http://x").searchParams;
const basic = (request: IncomingMessage): string => request.headers.authorization ?? "";
const ECHOES: readonly (readonly [string, (request: IncomingMessage) => string])[] = [
  ["the request line", (request) => `status=ACK&x=${request.url}`],
  ["the key, decoded", (request) => `status=ACK&x=${query(request).get("key")}`],
  ["the header", (request) => `status=ERR&x=${basic(request)}`],
  ["the header, decoded", (request) => `x&${Buffer.from(basic(request).slice(6), "base64").toString()}`],
  [
    "all headers as JSON",
    (request) => JSON.stringify({ status: "ACK", headers: request.rawHeaders, url: request.url }),
  ],
  ["a name", (request) => `status=ACK&callername=${basic(request)}`],
  ["a destination", (request) => `status=ACK&destination=${basic(request)}`],
  ["a status", (request) => `status=${basic(request)}`],
  ["a status that is cut", (request) => `status=${"x".repeat(45)}${basic(request)}`],
  ["across the cut of the excerpt", (request) => `status=ACK&x=${"x".repeat(480)}${basic(request)}`],
  ["twice encoded", (request) => `status=ACK&x=${encodeURIComponent(request.url ?? "")}`],
  [
    "base64 of the whole request line",
    (request) => `status=ACK&x=${Buffer.from(request.url ?? "").toString("base64")}`,
  ],
];
for (const [name, echo] of ECHOES) {
  test(`X13: a receiver that writes back ${name} puts no secret into what is kept`, async () => {
    answer = echo;
    const { port } = server.address() as AddressInfo;
    const urls: string[] = [];
    const hook: Webhook = {
      name: "CRM",
      description: "",
      callerIdForwarding: "caller",
      urlTemplate: `http://jan:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/r?key=${encodeURIComponent(KEY)}&did={did}`,
      timeoutMs: 5_000,
      followRedirects: true,
      ivr: undefined,
    };
    const result = await client.ask(hook, VALUES, (url) => void urls.push(url));
    assert.equal(result.status, 200);
    const kept = JSON.stringify(result) + JSON.stringify(urls) + logged.join("\n");
    for (const secret of [...SHOWN, BASIC, BASIC.slice(4, 16), "pw-0f", "K3y"]) {
      assert.ok(!kept.includes(secret), `${secret} in ${kept}`);
    }
    assert.ok(kept.includes("***"));
  });
}
