// The week of somebody who runs a phone system, with nothing but the documents and commands: an own company from docs/company-file.yaml,
// a webhook with a code and an own sound, a wrong password found and mended, a call that failed explained by its Why.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type DemoPhone, startDemoPhone } from "../src/softphone/phone.ts";
import { command } from "../test/support/command.ts";
import { Receiver } from "../test/support/receiver.ts";
import { startServer } from "../test/support/server.ts";

const root = path.resolve(import.meta.dirname, "..");
const CODE = "2580";
const PASSWORD = "orange-4t9w-lamp";

/** A text with one thing of it replaced, which must be there once. */
function edited(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, from);
  return text.replace(from, to);
}

/** Knows one code, in a form as `method: POST` sends it. */
function pinReceiver(): Promise<Receiver> {
  return Receiver.start((_query, request, response) => {
    let form = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      form += chunk;
    });
    request.on("end", () => {
      response.end(new URLSearchParams(form).get("code") === CODE ? "status=ACK" : "status=NAK");
    });
  });
}

/** Monday: an own company of the commented file, with an own sound, and a receiver of one's own. A slip of the pen is found. */
async function ownCompany(folder: string, receiver: string): Promise<string> {
  mkdirSync(path.join(folder, "sounds"));
  copyFileSync(path.join(root, "prompts/en/goodbye.wav"), path.join(folder, "sounds/jingle.wav"));
  let text = readFileSync(path.join(root, "docs/company-file.yaml"), "utf8");
  text = edited(text, "  # - { name: jingle,", "  - { name: jingle,");
  text = edited(text, "http://127.0.0.1:9000/pin", `${receiver}/pin`);
  text = edited(text, "startMessage: en/enter-code", "startMesage: jingle");
  const file = path.join(folder, "company.yaml");
  writeFileSync(file, text);
  const slip = await command("check", file);
  assert.equal(slip.code, 1);
  assert.match(slip.stderr, /company\.yaml:\d+:\d+: .*"startMesage".*Did you mean "startMessage"\?/);
  text = edited(text, "startMesage", "startMessage");
  writeFileSync(file, text);
  const published = await command("check", file);
  assert.match(published.stderr, /warning: .* phone 215 is one that examples are published with\./);
  text = edited(text, "change-me-reception", PASSWORD);
  text = edited(text, "change-me-sales", "lamp-8f3k-orange");
  writeFileSync(file, text);
  const good = await command("check", file);
  assert.deepEqual([good.code, good.stderr], [0, ""]);
  return text;
}

/** All of it; throws where something is not as it has to be. */
export async function week(): Promise<void> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "switchhook-week-"));
  const receiver = await pinReceiver();
  const server = await startServer({ company: await ownCompany(dataDir, receiver.address), dataDir });
  const phoneWith = (password: string) =>
    startDemoPhone({
      extension: "215",
      password,
      server: { host: server.address, port: server.port },
      ringMs: 100,
      onRinging: () => {},
      onHeard: () => {},
    });
  let phone: DemoPhone | undefined;
  try {
    // Tuesday: the phone stays grey. Which password is wrong is seen, and mended.
    await assert.rejects(phoneWith(PASSWORD.toUpperCase()));
    const grey = await command("phones", "--data", dataDir);
    assert.match(grey.stdout, /215 {2}Reception {2}not registered\n.*The password for "215" is wrong\./);
    phone = await phoneWith(PASSWORD);
    const green = await command("phones", "--data", dataDir);
    assert.match(green.stdout, /215 {2}Reception {2}registered/);

    // Wednesday: the webhook with a code and the own sound is tried by a real call: a wrong code, then the right one.
    const pin = await command(
      "call",
      "+31501234568",
      "--code",
      "1111",
      "--code",
      CODE,
      "--talk",
      "1",
      "--data",
      dataDir,
    );
    assert.equal(pin.code, 0, pin.stdout + pin.stderr);
    for (const said of [
      /hears the audio message "jingle"/,
      /Webhook "PIN" replied NAK/,
      /hears the audio message "en\/wrong-code"/,
      /Webhook "PIN" replied ACK/,
      /Phone 215 at \S+ answered/,
      /^Why: Step 1\.1\.1 \(Phone 215\) was answered; the caller hung up\.$/m,
    ])
      assert.match(pin.stdout, said);
    assert.ok(!pin.stdout.includes(CODE), "a code is told to nobody");

    // Thursday: the receiver is down. The call that failed says why, in the list's one call and in its story.
    await receiver.kill();
    const failed = await command("call", "+31501234568", "--code", CODE, "--data", dataDir);
    assert.equal(failed.code, 1, failed.stdout + failed.stderr);
    assert.match(failed.stdout, /refused the connection: nothing listens on that port/);
    // The webhook is named as what led there, and not the branch's last step.
    assert.match(
      failed.stdout,
      /^Why: .*webhook "PIN".*refused the connection: nothing listens on that port/im,
    );
    const [, id = ""] = /switchhook calls show ([0-9a-f]{8})/.exec(failed.stdout) ?? [];
    const shown = await command("calls", "show", id, "--data", dataDir);
    assert.match(shown.stdout, /Step 1, Webhook "PIN": Failed.*nothing listens on that port/);
    const listed = await command("calls", "--webhook", "PIN", "--data", dataDir);
    assert.match(listed.stdout, /\+31612345678 -> \+31501234568 {2}answered by phone 215/);

    // Friday: the way back. What stands is what was written.
    const exported = await command("export", "--data", dataDir);
    assert.match(exported.stdout, /startMessage: jingle/);
  } finally {
    await phone?.close();
    await receiver.kill();
    await server.stop();
  }
}
