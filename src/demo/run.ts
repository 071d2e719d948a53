import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "../app/process.ts";
import { loadSettings } from "../config/load.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { StoryEvent } from "../model/call-record.ts";
import { describeEvent } from "../model/story.ts";
import { placeTestCall, type TestCallResult } from "../softphone/caller.ts";
import { DEMO_PHONE_VOICE, startDemoPhone } from "../softphone/phone.ts";
import { demoCode, demoCompany, demoNumbers, demoReply } from "./company.ts";
import { startDemoReceiver } from "./receiver.ts";

/** Where the demo says what it does. */
export interface DemoOutput {
  out(line: string): void;
}

/** A running demo; `app` stops it with everything it started. */
export interface Demo {
  readonly app: Pick<App, "drain" | "stop">;
}

interface Passwords {
  readonly reception: string;
  readonly sales: string;
}

/**
 * Starts a switchboard with a demo company in `dataDir`, places one real call to a number whose webhook routes it, and
 * prints the call's story while it happens. It keeps running. `interfaceLink`: where a browser opens it once it runs. An error is what the person should read.
 */
export async function runDemo(
  dataDir: string,
  output: DemoOutput,
  interfaceLink: () => Promise<string | undefined>,
): Promise<Result<Demo, readonly string[]>> {
  const show = (text = ""): void => showLines(text, output);
  const passwords = demoPasswords(dataDir);
  const trunkPort = await freePort(5090);
  const sipPort = await freePort(5060);
  const httpPort = await freePort(8088);
  const receiver = await startDemoReceiver(demoReply, (target, reply) =>
    show(`            receiver   got ${target}\n            receiver   says ${reply}`),
  );
  const file = join(dataDir, "demo-company.yaml");
  writeFileSync(file, demoCompany({ trunkPort, receiver: receiver.address, passwords }), { mode: 0o600 });
  const settings = loadSettings(
    {
      dataDir,
      applyFile: file,
      sip: [`0.0.0.0:${sipPort}`],
      http: `127.0.0.1:${httpPort}`,
      logLevel: "warn",
      drainSeconds: "5",
    },
    {},
  );
  if (!settings.ok) return settings;
  show(`Starting Switchhook with a demo company (data in ${dataDir}) …`);
  const app = await startApp(settings.value, {
    // The test caller says itself what it types.
    listener: { onStory: (_id, event) => event.type !== "key" && show(storyLine(event)) },
  });
  if (!app.ok) {
    await receiver.close();
    return err(app.error);
  }
  for (const line of otherPorts(sipPort, httpPort)) show(line);
  const server = { host: "127.0.0.1", port: sipPort };
  const phone = await startDemoPhone({
    extension: "215",
    password: passwords.reception,
    server,
    ringMs: 1200,
    onRinging: (name, number) => show(`            phone 215  rings and shows  "${name}"  ${number}`),
    onHeard: (what) => show(`            phone 215  hears ${what}`),
  });
  const call = (called: string, codes: readonly string[]): Promise<TestCallResult> =>
    placeTestCall({
      server,
      port: trunkPort,
      caller: { number: "+31612345678", name: "" },
      called,
      codes,
      wants: DEMO_PHONE_VOICE,
      talkMs: 1000,
      messages: app.value.snapshot?.audioMessages.values() ?? [],
      onNote: (text) => show(`            caller     ${text}`),
    });
  show(`Phone 215 has registered. A caller dials ${demoNumbers.crm}, and the switchboard asks the CRM:`);
  show();
  const routed = await call(demoNumbers.crm, []);
  show();
  show(ending(routed, "That was a real SIP call over UDP, routed by a webhook."));
  show();
  show(`Now the caller dials ${demoNumbers.vip}, which asks for a PIN code, and gets it wrong at first:`);
  show();
  const coded = await call(demoNumbers.vip, ["1111#", `${demoCode}#`]);
  show();
  show(
    ending(coded, "That was real sound over RTP: a prompt, digits, and two parties that heard each other."),
  );
  const link = (await interfaceLink()) ?? app.value.httpAddress;
  for (const line of instructions(sipPort, link, passwords.sales)) show(line);
  const end = async (how: "drain" | "stop"): Promise<void> => {
    await phone.close();
    await app.value[how]();
    await receiver.close();
  };
  return ok({ app: { drain: () => end("drain"), stop: () => end("stop") } });
}

function showLines(text: string, output: DemoOutput): void {
  for (const line of text.split("\n")) output.out(line);
}

function ending(result: TestCallResult, answered: string): string {
  return result.kind === "answered"
    ? answered
    : `The call was refused with ${result.status} ${result.reason}; the story above says why.`;
}

function storyLine(event: StoryEvent): string {
  return `${(event.atMs / 1000).toFixed(3).padStart(9)} s  ${describeEvent(event)}`;
}

/** What stands elsewhere, because something else is there. */
function otherPorts(sipPort: number, httpPort: number): readonly string[] {
  const places = [
    { wanted: 5060, got: sipPort, what: "SIP" },
    { wanted: 8088, got: httpPort, what: "HTTP" },
  ];
  return places
    .filter(({ wanted, got }) => wanted !== got)
    .map(({ wanted, got, what }) => `Port ${wanted} is in use; ${what} listens on ${got} instead.`);
}

function instructions(sipPort: number, link: string, salesPassword: string): readonly string[] {
  return [
    "",
    "Register a softphone and be called:",
    `   address    ${localAddress()}:${sipPort}  (UDP or TCP; on this machine 127.0.0.1:${sipPort})`,
    "   extension  216",
    `   password   ${salesPassword}`,
    "",
    "Place another call:",
    `   npx switchhook call ${demoNumbers.campaign}    the campaign number: both phones ring`,
    `   npx switchhook call ${demoNumbers.unknown}    the CRM says NAK: the failure branch`,
    `   npx switchhook call ${demoNumbers.vip} --code ${demoCode}# --talk 5    the PIN code at once`,
    "See why every call went where it went:",
    "   npx switchhook calls",
    "",
    "Look at all of it in a browser; this link signs you in, once, within 30 minutes:",
    `   ${link}`,
    "",
    "Ctrl-C stops it.",
  ];
}

/** Made once for each data folder, so that a softphone stays registered over a restart. */
function demoPasswords(dataDir: string): Passwords {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "demo-passwords.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Passwords;
  } catch {
    const made = {
      reception: randomBytes(9).toString("base64url"),
      sales: randomBytes(9).toString("base64url"),
    };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
    return made;
  }
}

/** The port itself where it is free for TCP and UDP, else any free one. */
async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

async function tryPort(wanted: number): Promise<number | undefined> {
  const tcp = createServer();
  const port = await new Promise<number | undefined>((resolve) => {
    tcp.once("error", () => resolve(undefined));
    tcp.listen(wanted, "0.0.0.0", () => {
      const address = tcp.address();
      resolve(typeof address === "object" && address !== null ? address.port : undefined);
    });
  });
  if (port === undefined) return undefined;
  const udp = createSocket("udp4");
  const free = await new Promise<boolean>((resolve) => {
    udp.once("error", () => resolve(false));
    udp.bind(port, "0.0.0.0", () => resolve(true));
  });
  if (free) await new Promise<void>((closed) => udp.close(closed));
  await new Promise((closed) => tcp.close(closed));
  return free ? port : undefined;
}

function localAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find((one) => one.family === "IPv4" && !one.internal)?.address ?? "127.0.0.1";
}
