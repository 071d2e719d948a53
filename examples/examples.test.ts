// Every folder of examples, by the two commands of its README: one starts it, the other places a real SIP call and tells its story. What
// the receivers tell others (Google Analytics, a mail server, Slack, a relay) goes to sinks on this machine.

import assert from "node:assert/strict";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { needs } from "../test/interop/needs.ts";
import { command, type Said } from "../test/support/command.ts";
import { Program, until } from "../test/support/process.ts";
import { week } from "./week.ts";

const root = path.resolve(import.meta.dirname, "..");
const START = path.join(import.meta.dirname, "start.ts");
const START_MS = 60_000;
/** All seven end at once, phones and calls with them. */
const END_MS = 60_000;
/** As somebody starts an example; one of them does, for it takes three times as long (ADR 0117). */
const FROM_SOURCES = { SWITCHHOOK_TEST_MAIN: "" };

/** The two commands of a README. */
function commandsOf(name: string): readonly [string, string] {
  const page = readFileSync(path.join(import.meta.dirname, name, "README.md"), "utf8");
  const [start, call, ...more] = [...page.matchAll(/^```sh\n(.*)\n```$/gm)].map(([, line = ""]) => line);
  assert.ok(
    start !== undefined && call !== undefined && more.length === 0,
    `${name}: two commands, a line each`,
  );
  return [start, call];
}

/** The words of a command line as a shell reads it; nothing but quotes is special in those of the READMEs. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

class Example {
  readonly name: string;
  readonly running: Program;

  private constructor(name: string, running: Program) {
    this.name = name;
    this.running = running;
  }

  /** The first command of the README, in a folder as it is after a checkout. */
  static async start(name: string, env: Readonly<Record<string, string>>): Promise<Example> {
    const [npm, run, script, ...words] = wordsOf(commandsOf(name)[0]);
    assert.deepEqual([npm, run, script], ["npm", "run", "example"]);
    const folder = path.join(import.meta.dirname, name);
    for (const file of ["data", "routes.db", "latest.json"])
      rmSync(path.join(folder, file), { recursive: true, force: true });
    // As package.json has it; what npm and bootstrap.cjs do before that (packages, the interface) `npm test` has done.
    const running = new Program(process.execPath, [START, ...words], { cwd: root, env });
    const example = new Example(name, running);
    const isReady = (): boolean => {
      assert.equal(running.result, undefined, running.stdout + running.stderr);
      return running.stdout.includes("Ready.");
    };
    await until(`${name} to be ready`, isReady, START_MS).catch(async (error: unknown) => {
      await example.end();
      throw error;
    });
    return example;
  }

  /** The second command of the README, with another number or more words. */
  async call(number?: string, ...more: readonly string[]): Promise<Said> {
    const [npx, switchhook, call, called = "", ...words] = wordsOf(commandsOf(this.name)[1]);
    assert.deepEqual([npx, switchhook, call], ["npx", "switchhook", "call"]);
    return command("call", number ?? called, ...words, ...more);
  }

  /** What it has said so far, or says soon, in this order. */
  async says(...wanted: readonly RegExp[]): Promise<void> {
    await until(`${this.name} to say ${wanted.join(", ")}:\n${this.running.stdout}`, () => {
      let from = 0;
      return wanted.every((pattern) => {
        const found = pattern.exec(this.running.stdout.slice(from));
        from += found === null ? 0 : found.index + found[0].length;
        return found !== null;
      });
    });
  }

  async end(): Promise<void> {
    const { code } = await this.running.stop("SIGTERM", END_MS);
    const said = this.running.stdout + this.running.stderr;
    rmSync(path.join(import.meta.dirname, this.name, "data"), { recursive: true, force: true });
    assert.equal(code, 0, said);
    assert.doesNotMatch(said, /cannot be started|"level":(?:50|60)/);
  }
}

/** Runs an example, and ends it whatever comes. */
async function withExample(
  name: string,
  work: (example: Example) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const example = await Example.start(name, env);
  try {
    await work(example);
  } finally {
    await example.end();
  }
}

function answered({ code, stdout, stderr }: Said, ...story: readonly RegExp[]): void {
  assert.equal(code, 0, stdout + stderr);
  for (const pattern of [...story, /^Why: /m]) assert.match(stdout, pattern);
}

function notAnswered({ code, stdout, stderr }: Said, ...story: readonly RegExp[]): void {
  assert.equal(code, 1, stdout + stderr);
  for (const pattern of [...story, /^Why: /m]) assert.match(stdout, pattern);
}

/** The receiver of the CRM has one card to open, and knows nobody else. */
async function assertCard(receiver: string): Promise<void> {
  const latest = await (await fetch(`${receiver}/latest`)).json();
  assert.deepEqual(latest, { nth: 1, name: "Jansen & Co", card: "https://crm.example/customers/4711" });
  assert.match(await (await fetch(receiver)).text(), /card\.location = latest\.card/);
  const unknown = await fetch(`${receiver}/route?callerid=%2B31201234567`);
  assert.equal(await unknown.text(), "status=NAK");
}

/** What came to the sinks: `POST /mp/collect?… BODY`. */
const told: string[] = [];
const mails: string[] = [];
let web = "";
let mail = "";

const webSink = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    told.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(204).end();
  });
});

/** A mail server that takes everything. */
const mailSink = net.createServer((socket) => {
  let text = "";
  socket.on("error", () => {});
  socket.write("220 sink ESMTP\r\n");
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (text.includes("\r\nDATA\r\n")) {
      if (!text.endsWith("\r\n.\r\n")) {
        if (chunk.endsWith("DATA\r\n")) socket.write("354 go on\r\n");
        return;
      }
      mails.push(text);
      text = "";
      socket.write("250 queued\r\n");
    } else socket.write(chunk.startsWith("EHLO") ? "250-sink\r\n250 8BITMIME\r\n" : "250 ok\r\n");
  });
});

const portOf = (server: net.Server): number => (server.address() as AddressInfo).port;

before(async () => {
  for (const server of [webSink, mailSink])
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  web = `http://127.0.0.1:${portOf(webSink)}`;
  mail = `smtp://127.0.0.1:${portOf(mailSink)}`;
});

after(() => {
  webSink.closeAllConnections();
  webSink.close();
  mailSink.close();
});

test("every folder has a README of two commands, and stands in the list of examples and in its script", () => {
  const list = readFileSync(path.join(import.meta.dirname, "README.md"), "utf8");
  const folders = globSync("*/example.json", { cwd: import.meta.dirname }).map((file) => path.dirname(file));
  assert.equal(folders.length, 7);
  for (const folder of folders) {
    const [start, call] = commandsOf(folder);
    assert.equal(start, `npm run example ${folder}`);
    assert.match(call, new RegExp(`^npx switchhook call \\+.* --data examples/${folder}/data$`));
    assert.ok(list.includes(`| [${folder}](${folder}/README.md) |`), folder);
  }
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  assert.equal(scripts["example"], "node bin/bootstrap.cjs example");
  const bootstrap = readFileSync(path.join(root, "bin/bootstrap.cjs"), "utf8");
  assert.ok(bootstrap.includes(`example: ["${path.relative(root, START)}"]`));
});

describe("the examples from their READMEs, on companies whose trunks know nothing of the test caller", {
  concurrency: 7,
}, () => {
  const skip = needs("python3", "php");

  test("N12: crm-lookup shows the name and opens the card, in Node, Python and PHP", { skip }, () =>
    withExample("crm-lookup", async (example) => {
      const shown = /Rings 215 \(Reception\) for 20 s, showing "Jansen & Co"/;
      answered(await example.call(), /Webhook "CRM" replied ACK/, shown);
      await example.says(
        /\+31612345678 is Jansen & Co/,
        /phone 215 +rings and shows "Jansen & Co" \+31612345678/,
      );
      await assertCard("http://127.0.0.1:21112");
      // The other two beside it: the company file with their port, applied as to any server that runs.
      const folder = path.join(import.meta.dirname, "crm-lookup");
      const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
      const { receivers } = JSON.parse(read("example.json")) as { receivers: Record<string, string[]> };
      for (const [language, port] of [
        ["python", "21113"],
        ["php", "21114"],
      ] as const) {
        const [program = "", ...args] = (receivers[language] ?? []).map((word) =>
          word.replace("21112", port),
        );
        const receiver = new Program(program, args, { cwd: folder, env: { PORT: port, HOST: "127.0.0.1" } });
        const company = path.join(folder, "data", "company.yaml");
        writeFileSync(company, read("company.yaml").replace("21112", port));
        const applied = await command("apply", company, "--data", path.join(folder, "data"));
        assert.equal(applied.code, 0, applied.stderr);
        const place = `http://127.0.0.1:${port}`;
        await until(`the receiver in ${language}`, () =>
          fetch(place).then(
            () => true,
            () => false,
          ),
        );
        answered(await example.call(undefined, "--talk", "1"), shown);
        await assertCard(place);
        await until(`${language} to say who calls`, () =>
          /\+31612345678 is Jansen & Co; their card/.test(receiver.stdout + receiver.stderr),
        );
        await receiver.stop();
      }
    }),
  );

  test("N12: routing-sqlite goes by PIN, by caller and by called number; a change of the file counts at once", () =>
    withExample("routing-sqlite", async (example) => {
      answered(await example.call(), /Rings 216 \(Service\) for 20 s, showing "Ticket of De Vries"/);
      const [byCaller, byCalled] = await Promise.all([
        example.call("+31501234567", "--from", "+31687654321", "--talk", "1"),
        example.call("+31501234568", "--talk", "1"),
      ]);
      answered(byCaller, /Rings 216 \(Service\) for 20 s, showing "De Vries"/);
      answered(byCalled, /Rings 216 \(Service\) for 20 s, showing "Service line"/);
      const database = new DatabaseSync(path.join(import.meta.dirname, "routing-sqlite/routes.db"));
      database.exec("UPDATE called SET destination = '215'");
      database.close();
      const next = await fetch("http://127.0.0.1:21122/called?did=%2B31501234568");
      assert.equal(await next.text(), "status=ACK&callername=Service+line&destination=215");
      await example.says(/\/pin: 216, Ticket of De Vries/, /\/called: 216, Service line/, /\/called: 215, /);
      await example.says(/\/caller: 216, De Vries/);
      assert.doesNotMatch(example.running.stdout, /code=4712/);
    }));

  test("vip-pin asks again after a wrong code, and shows who has the right one", () =>
    withExample(
      "vip-pin",
      async (example) => {
        answered(
          await example.call(),
          /the audio message "en\/enter-code"/,
          /the audio message "en\/wrong-code"/,
          /Rings 215 \(Reception\) for 20 s, showing "VIP Ms Garza"/,
        );
        await example.says(/a code that nobody has/, /the code of Ms Garza/, /shows "VIP Ms Garza"/);
        assert.doesNotMatch(example.running.stdout, /2580|1111/);
      },
      FROM_SOURCES,
    ));

  test("campaign-tracking sends one event of GA4's Measurement Protocol for a call, without the caller's number", () =>
    withExample(
      "campaign-tracking",
      async (example) => {
        answered(await example.call(), /showing "Summer folder"/);
        await example.says(/phone 215 +rings and shows "Summer folder"/, /answered 204/);
        const events = told.filter((one) => one.includes("/mp/collect"));
        assert.equal(events.length, 1);
        const [, target, body = ""] = /^POST (\S+) (.*)$/.exec(events[0] ?? "") ?? [];
        assert.equal(target, "/mp/collect?measurement_id=G-TEST&api_secret=s3cret");
        const { client_id: client, ...event } = JSON.parse(body) as { client_id: string };
        assert.match(client, /^\d+\.\d+$/);
        assert.doesNotMatch(body, /31612345678/);
        const params = { campaign: "Summer folder", called_number: "+31501234563", engagement_time_msec: 1 };
        assert.deepEqual(event, { events: [{ name: "phone_call", params }] });
      },
      { GA4_MEASUREMENT_ID: "G-TEST", GA4_API_SECRET: "s3cret", GA4_ENDPOINT: `${web}/mp/collect` },
    ));

  test("missed-call tells an e-mail address and Slack, once nobody has answered", () =>
    withExample(
      "missed-call",
      async (example) => {
        notAnswered(await example.call(), /215 \(Reception\): no answer|did not answer/, /Missed call/);
        await example.says(
          /Missed call from Jan Jansen \+31612345678/,
          /told boss@example\.com/,
          /told Slack/,
        );
        assert.equal(mails.length, 1);
        const [, body = ""] = /\r\n\r\n([\s\S]*)\r\n\.\r\n$/.exec(mails[0] ?? "") ?? [];
        const text = "Missed call from Jan Jansen +31612345678 to +31501234567";
        assert.equal(Buffer.from(body, "base64").toString("utf8"), text);
        assert.match(mails[0] ?? "", /^EHLO .*\r\nMAIL FROM:<\S+>\r\nRCPT TO:<boss@example\.com>\r\n/);
        assert.deepEqual(
          told.filter((one) => one.includes("/slack")),
          [`POST /slack ${JSON.stringify({ text })}`],
        );
      },
      { MAIL_SERVER: mail, MAIL_TO: "boss@example.com", SLACK_WEBHOOK_URL: `${web}/slack` },
    ));

  test("open-gate switches the relay for who is on the list, and for nobody else", () =>
    withExample(
      "open-gate",
      async (example) => {
        const [mayNot, may] = [await example.call(undefined, "--from", "+31201234567"), await example.call()];
        notAnswered(mayNot, /Webhook "Gate" replied NAK/);
        notAnswered(may, /Webhook "Gate" replied ACK/, /busy/);
        await example.says(/\+31201234567 may not/, /Jan Jansen may/, /the gate opens/);
        assert.deepEqual(
          told.filter((one) => one.includes("/relay")),
          ["GET /relay/0?turn=on "],
        );
      },
      { GATE_URL: `${web}/relay/0?turn=on` },
    ));

  test("the week of somebody who runs a phone system, in commands", week);

  test("catch-hook: Zapier, Make and n8n are told, and the call waits for none of them", () =>
    withExample("catch-hook", async (example) => {
      const called = async (number: string | undefined, hook: string, ...more: string[]): Promise<void> => {
        answered(await example.call(number, ...more), /Phone 215 at \S+ answered/);
        await example.says(
          new RegExp(`${hook} caught \\?did=%2B3150123456\\d&callerid=%2B31612345678&callid=\\w`),
        );
      };
      await called(undefined, "/zapier");
      await Promise.all([
        called("+31501234568", "/make", "--from", "+31612345678", "--talk", "1"),
        called("+31501234569", "/n8n", "--from", "+31612345678", "--talk", "1"),
      ]);
    }));
});
