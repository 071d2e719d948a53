// SIPp types codes into the IVR, by each way in which keys travel: its own captures of RFC 4733 events, tones in its
// sound, SIP INFO, and events and INFO at once. A phone (SIPp too) answers and hangs up.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codeWebhook, companyText, PASSWORD, ringPhone, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Receiver } from "../support/receiver.ts";
import { encode, joined, keyTones, silence } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { registerPhone, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp");
/** SIPp plays captures through a raw socket (raw(7)), which only root has without further ado. */
const skipCaptures =
  skip === false && process.getuid?.() !== 0 && process.env.CI !== "true"
    ? "needs root: SIPp plays captures through raw sockets"
    : skip;

const DID = "+31501000001";
/** As the scenarios have it: the captures of these keys are in the order of their timestamps. */
const RIGHT = "2468";
const WRONG = "1357";

const at = ownAddress();
const at215 = ownAddress();
let server: TestServer;
let receiver: Receiver;

before(async () => {
  if (skip !== false) return;
  receiver = await Receiver.forCode(RIGHT);
  server = await startServer({
    company: companyText({
      caller: at,
      webhooks: [codeWebhook("VIP", receiver.address, ", attempts: 2, timeoutSeconds: 5")],
      routes: { [DID]: [webhookStep("VIP", [ringPhone("215")])] },
    }),
  });
  await registerPhone(at215, `${server.address}:5060`, { extension: "215", password: PASSWORD });
});

after(async () => {
  await stopEverySipp();
  await server?.stop();
  await receiver?.kill();
});

/** The caller plays its scenario, the phone answers and hangs up; the codes that were asked about. */
async function codes(scenario: string, says?: Uint8Array): Promise<readonly (string | null)[]> {
  receiver.requests.length = 0;
  const common = { server: `${server.address}:5060`, pauseMs: 50 };
  const phone = await sippCallee("phone-hangs-up", { at: at215, ...common });
  const rows = [[DID, "+31612345678", ""]];
  const caller = sippCaller(scenario, { at, rows, ...(says === undefined ? {} : { says }), ...common });
  await caller.succeeded();
  await phone.succeeded();
  await server.callsOver();
  return receiver.codes();
}

test("RFC 4733 events, as SIPp has captured them", { skip: skipCaptures }, async () => {
  assert.deepEqual(await codes("caller-types-events"), [RIGHT]);
});

test("events and INFO at once: each key counts once", { skip: skipCaptures }, async () => {
  assert.deepEqual(await codes("caller-types-both"), [RIGHT]);
});

test("SIP INFO", { skip }, async () => {
  assert.deepEqual(await codes("caller-types-info"), [RIGHT]);
});

test("tones in the sound: a wrong code, then the right one over the incorrect message", {
  skip,
}, async () => {
  const said = joined(
    silence(500),
    keyTones(`${WRONG}#`),
    silence(1500),
    keyTones(`${RIGHT}#`),
    silence(5000),
  );
  assert.deepEqual(await codes("caller-speaks", encode("PCMA", said)), [WRONG, RIGHT]);
});
