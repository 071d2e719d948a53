// docs/first-steps-api.md, run as it stands: with curl from nothing, then real calls take both branches of the plan.
// Over 5 s: every command of the page, curl and SIPp among them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startDemoReceiver } from "../../src/demo/receiver.ts";
import { placeTestCall } from "../../src/softphone/caller.ts";
import { DEMO_PHONE_VOICE, startDemoPhone } from "../../src/softphone/phone.ts";
import { startServer } from "../support/server.ts";

const run = promisify(execFile);
const PAGE = path.resolve(import.meta.dirname, "../../docs/first-steps-api.md");
const NUMBER = "+31501234567";

/** A port for UDP that nobody has. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((bound) => socket.bind(0, "127.0.0.1", bound));
  const { port } = socket.address();
  await new Promise<void>((closed) => socket.close(closed));
  return port;
}

/** The commands of the page, block by block. */
function blocksOf(page: string): readonly string[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? "");
}

test("docs/first-steps-api.md: with curl alone from an empty installation to calls that take both branches", async () => {
  const receiver = await startDemoReceiver(
    (target) => (target.includes("code=2580") ? "status=ACK" : "status=NAK"),
    () => {},
  );
  const server = await startServer({ company: undefined }).catch(async (error: unknown) => {
    await receiver.close();
    throw error;
  });
  const trunkPort = await freePort();
  const token = readFileSync(path.join(server.dataDir, "api-token"), "utf8").trim();
  const [setUp, ...blocks] = blocksOf(readFileSync(PAGE, "utf8"));
  assert.ok(setUp !== undefined && blocks.length === 8, "the page has as many blocks as before");
  const env = {
    ...process.env,
    API: `${server.http}/api/v1`,
    TOKEN: token,
    RECEIVER: receiver.address,
    TRUNK_PORT: String(trunkPort),
  };
  const place = { host: server.address, port: server.port };
  const rang: string[] = [];
  const phones: Awaited<ReturnType<typeof startDemoPhone>>[] = [];
  try {
    let said = "";
    for (const block of blocks) {
      const { stdout } = await run("bash", ["-eu", "-o", "pipefail", "-c", `${setUp}\n${block}`], { env });
      said += stdout;
    }
    const passwords = [...said.matchAll(/"password":"([A-Za-z0-9]{20})"/g)].map(
      ([, password]) => password ?? "",
    );
    assert.equal(passwords.length, 2, "each phone's password was shown once");
    for (const [index, extension] of ["215", "216"].entries()) {
      const password = passwords[index] ?? "";
      const onRinging = (): void => void rang.push(extension);
      phones.push(
        await startDemoPhone({
          extension,
          password,
          server: place,
          ringMs: 100,
          onRinging,
          onHeard: () => {},
        }),
      );
    }
    for (const code of ["2580", "1111"]) {
      const heard: string[] = [];
      const result = await placeTestCall({
        server: place,
        port: trunkPort,
        caller: { number: "+31612345678", name: "" },
        called: NUMBER,
        codes: [code],
        wants: DEMO_PHONE_VOICE,
        talkMs: 100,
        messages: [],
        onNote: (text) => void heard.push(text),
      });
      assert.equal(result.kind, "answered", heard.join(", "));
      assert.ok(heard.includes(`hears ${DEMO_PHONE_VOICE}`), heard.join(", "));
    }
    assert.deepEqual(rang, ["215", "216"], "the right code rings reception, a wrong one the night desk");
  } finally {
    for (const phone of phones) await phone.close();
    await server.stop();
    await receiver.close();
  }
});
