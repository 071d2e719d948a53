import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { testClient, VALUES, webhookAt } from "../../test/fakes/webhook-client.ts";
import { parseTemplate } from "../dialplan/template.ts";
import { compiledWebhook, templateWarnings, webhook } from "../model/entities/webhook.ts";

interface Came {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly body: string;
}

let answer: (response: ServerResponse) => void = () => {};
let told: (came: Came) => void = () => {};
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { method = "", url = "", headers } = request;
    told({ method, url, type: headers["content-type"] ?? "", body });
    answer(response);
  });
});
let origin = "";
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const nextRequest = (): Promise<Came> => new Promise((resolve) => (told = resolve));

describe("ignoreAnswer: fire and forget, always a success", () => {
  const ANSWERS: readonly (readonly [what: string, answer: (response: ServerResponse) => void])[] = [
    ["NAK", (response) => response.end("status=NAK")],
    ["a catch hook's answer", (response) => response.end('{"status":"success"}')],
    ["an error of the server", (response) => response.writeHead(500).end("oops")],
    ["a destination", (response) => response.end("status=ACK&destination=215")],
    ["a broken connection", (response) => response.destroy()],
    ["silence", () => {}],
  ];
  for (const [what, one] of ANSWERS) {
    test(`W10: ${what} changes nothing, and is not waited for`, async () => {
      answer = one;
      const client = testClient();
      const came = nextRequest();
      const urls: string[] = [];
      const hook = { ...webhookAt(`${origin}/hook?from={callerid}`), ignoreAnswer: true };
      const result = await client.ask(hook, VALUES, (url) => void urls.push(url));
      assert.deepEqual(
        [result.verdict, result.destination, result.failure, result.elapsedMs],
        ["ack", undefined, undefined, 0],
      );
      assert.deepEqual(urls, [`${origin}/hook?from=%2B31612345678`]);
      assert.equal((await came).url, "/hook?from=%2B31612345678", "the request is made all the same");
      await client.close();
    });
  }
});

describe("method: POST", () => {
  test("N10: sends every value as a form body, keeps the code out of the URL, and reads the reply as ever", async () => {
    answer = (response) => response.end("status=ACK&destination=215");
    const client = testClient();
    const came = nextRequest();
    const hook = { ...webhookAt(`${origin}/pin`), method: "POST" as const };
    const result = await client.ask(hook, { ...VALUES, callername: "Jan & Zoë = 2", code: "4711" });
    assert.deepEqual([result.verdict, result.destination], ["ack", "215"]);
    const { method, url, type, body } = await came;
    assert.deepEqual([method, url, type], ["POST", "/pin", "application/x-www-form-urlencoded"]);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
      code: "4711",
      did: "+31501234567",
      callerid: "+31612345678",
      callername: "Jan & Zoë = 2",
      callid: VALUES.callid,
    });
    assert.doesNotMatch(JSON.stringify(result) + client.logged(), /4711/);
    await client.close();
  });
});

describe("what is said of the two when a webhook is saved", () => {
  const warned = (settings: object): string => {
    const document = webhook.schema.parse({ name: "x", urlTemplate: "https://crm.example/pin", ...settings });
    const template = parseTemplate(document.urlTemplate);
    return template.ok ? templateWarnings(document, template.value).join(" ") : assert.fail("no template");
  };

  test("N10: the warning of a code in the URL has a way out, and POST is it", () => {
    assert.match(warned({ urlTemplate: "https://crm.example/?c={code}", ivr: {} }), /`method: POST`/);
    assert.match(warned({ ivr: {} }), /the URL has no \{code\}/);
    assert.equal(warned({ ivr: {}, method: "POST" }), "");
  });

  test("an ignored answer takes every code for right, which is said", () => {
    assert.match(warned({ ivr: {}, ignoreAnswer: true }), /Every code is taken for right/);
  });

  test("a webhook of before has neither, and asks by GET", () => {
    const document = webhook.schema.parse({ name: "x", urlTemplate: "https://crm.example/" });
    const { method, ignoreAnswer } = compiledWebhook(document);
    assert.deepEqual([method, ignoreAnswer], [undefined, undefined]);
    assert.ok(!webhook.schema.safeParse({ ...document, method: "PUT" }).success);
  });
});
