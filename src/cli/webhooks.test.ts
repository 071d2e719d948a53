import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { callRecord } from "../../test/support/call-record.ts";
import { besideControl } from "../../test/support/control-service.ts";
import { Receiver } from "../../test/support/receiver.ts";
import { toCallRow } from "../model/call-row.ts";
import { openStore } from "../store/store.ts";
import { runApply } from "./apply.ts";
import { createOutput } from "./output.ts";
import { runWebhooks, runWebhookTry, type TryOptions } from "./webhooks.ts";

const folder = mkdtempSync(join(tmpdir(), "switchhook-webhooks-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, "d");

function captured() {
  const said: string[] = [];
  const write = (text: string): unknown => said.push(text);
  return { said, output: createOutput(write, write, 100) };
}

async function list(): Promise<string> {
  const { said, output } = captured();
  assert.equal(await runWebhooks({ data, utc: true, json: false }, output), 0);
  return said.join("");
}

async function tried(name: string, options: Partial<TryOptions> = {}): Promise<string> {
  const { said, output } = captured();
  const code = await runWebhookTry(name, { data, json: false, ...options }, output);
  return `${code}: ${said.join("")}`;
}

const company = (port: number): string => `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { webhookAllowedNetworks: ["127.0.0.0/8"], dialCountries: [NL] }
phones: [{ extension: "215", name: Reception, password: correct-horse }]
webhooks:
  - { name: CRM, urlTemplate: "http://127.0.0.1:${port}/crm?key=s3cr3t-value&from={callerid}" }
  - { name: VIP gate, urlTemplate: "http://127.0.0.1:${port}/gate?code={code}", ivr: { codeLength: 4 } }
  - { name: broken, urlTemplate: "http://127.0.0.1:${port}/broken?to={did}" }
`;

test("N9: webhooks shows how each does and why it failed last; webhooks try asks one as a call would", async () => {
  const receiver = await Receiver.start((query, request, response) => {
    if (request.url?.startsWith("/broken") === true) response.writeHead(503).end("busy");
    else if (query.has("code")) response.end(query.get("code") === "2580" ? "status=ACK" : "status=NAK");
    else response.end("status=ACK&destination=215&callername=Jansen");
  });
  try {
    const file = join(folder, "company.yaml");
    writeFileSync(file, company(receiver.port));
    const how = { speechCommand: undefined, overwrite: false };
    assert.equal(await runApply(file, data, how, captured().output), 0);
    const store = await openStore(data);
    assert.ok(store.ok);
    const now = Date.now();
    const reply = (atMs: number, verdict: string, reason: string) => {
      const asked = { webhook: "broken", url: "", verdict, status: 503, elapsedMs: 12.4, warnings: [] };
      return { type: "replied", seq: atMs, atMs, ...asked, reason, excerpt: "" } as const;
    };
    const story = [reply(1, "error", "The receiver failed with HTTP 503"), reply(2, "ack", "Fine")];
    await store.value.calls.insertMany([toCallRow(callRecord("aa", now - 5000, { story }))]);
    await store.value.close();

    const without = await list();
    assert.match(
      without,
      /^Times are UTC\.\nCRM {2}not asked for a day {2}http:\/\/127\.0\.0\.1:\d+\/crm\?key=\*+&from=\{callerid\}\n/,
    );
    assert.doesNotMatch(without, /s3cr3t/);
    assert.match(
      without,
      /\nbroken {2}healthy .*\n {4}24 hours: 2 asked, 1 failed, 95 % within 12 ms; of the last 2: 1 failed\n {4}last asked .*: Fine\. \[aa\]\n {4}last failed .* \(HTTP 503, 12 ms\): The receiver failed with HTTP 503\. \[aa\]\n$/,
    );
    assert.match(await tried("CRM"), /^3: No server runs here/);

    await besideControl(data, async () => {
      assert.equal(await list(), without, "a running server says the same");
      const crm = await tried("CRM", { from: "+31612345678" });
      assert.match(crm, /^0: GET http:.*from=%2B31612345678\nHTTP 200 after \d+ ms\n/);
      assert.match(crm, /\n {4}destination {2}215, which leads to phone 215\n {4}callername {2}Jansen\n/);
      assert.match(crm, /"HTTP and IVR successful"\.\n$/);
      assert.doesNotMatch(crm, /s3cr3t/);
      assert.equal(receiver.requests.at(-1)?.get("key"), "s3cr3t-value", "asked with its own secret");
      const wrong = await tried("VIP gate", { code: "1111" });
      assert.match(wrong, /^1: [\s\S]*A call asks for the code again\.\n$/);
      assert.match(await tried("VIP gate", { code: "2580" }), /^0: /);
      assert.match(await tried("broken"), /^1: [\s\S]*HTTP 503[\s\S]*"HTTP or IVR failed"\.\n$/);
      assert.equal(await tried("crm2"), '1: There is no webhook "crm2". Did you mean "CRM"?\n');
    });
  } finally {
    await receiver.kill();
  }
});
