import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "../app/process.ts";
import { loadSettings } from "../config/load.ts";
import { writePrivateFile } from "../instance/private-file.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { StoryEvent } from "../model/call-record.ts";
import { describeEvent } from "../model/story.ts";
import { usableFolder } from "../runtime/folder.ts";
import { placeTestCall, type TestCallResult } from "../softphone/caller.ts";
import { DEMO_PHONE_VOICE, type DemoPhone, startDemoPhone } from "../softphone/phone.ts";
import { demoCode, demoCompany, demoNumbers, demoReply, portsOf } from "./company.ts";
import { type DemoPasswords, demoPasswords } from "./passwords.ts";
import { type DemoPorts, demoPorts, otherPorts } from "./ports.ts";
import { startDemoReceiver } from "./receiver.ts";

/** Where the demo says what it does. */
export interface DemoOutput {
  out(line: string): void;
}

/** A running demo; `app` stops it with everything it started. */
export interface Demo {
  readonly app: Pick<App, "drain" | "stop">;
  /** Resolves when a restore was agreed to with which it could not begin anew: all of it has ended by then. */
  readonly ended: Promise<void>;
}

/** What the calls of the demo are placed with. */
interface Scene {
  readonly app: App;
  readonly ports: DemoPorts;
  readonly passwords: DemoPasswords;
  /** Writes a line, or several; an empty one without a text. */
  readonly show: (text?: string) => void;
}

/**
 * Starts a switchboard with a demo company in `dataDir`, places two real calls to numbers whose webhooks route them, and
 * prints the calls' stories while they happen. It keeps running. `interfaceLink`: where a browser opens it once it runs. An
 * error is what the person should read.
 */
export async function runDemo(
  dataDir: string,
  output: DemoOutput,
  interfaceLink: () => Promise<string | undefined>,
): Promise<Result<Demo, readonly string[]>> {
  const show = (text = ""): void => showLines(text, output);
  const folder = usableFolder(dataDir);
  if (!folder.ok) return err([folder.error]);
  const passwords = demoPasswords(dataDir);
  const file = join(dataDir, "demo-company.yaml");
  const former = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const ports = await demoPorts(portsOf(former ?? ""));
  const receiver = await startDemoReceiver(
    demoReply,
    (target, reply) => show(`            receiver   got ${target}\n            receiver   says ${reply}`),
    ports.receiver,
  );
  const company = demoCompany({ trunkPort: ports.trunk, receiver: receiver.address, passwords });
  show(`Starting Switchhook with a demo company (data in ${dataDir}) …`);
  let applied: string | undefined = file;
  const start = (): ReturnType<typeof startBoard> => startBoard(dataDir, applied, ports, show);
  writePrivateFile(file, company);
  let app = await start();
  if (!app.ok && former !== undefined && former !== company) {
    // It would undo what was made on a screen since: that is the person's, the demo's company is only a beginning.
    writePrivateFile(file, former);
    applied = undefined;
    app = await start();
    if (app.ok) show(keptSentence(portsOf(former).receiver, ports.receiver));
  }
  if (!app.ok) {
    await receiver.close();
    return app;
  }
  for (const line of otherPorts(ports)) show(line);
  const scene: Scene = { app: app.value, ports, passwords, show };
  const phone = await startPhone(scene);
  if (phone !== undefined) show("Phone 215 has registered.");
  await placeCalls(scene);
  const link = (await interfaceLink()) ?? app.value.httpAddress;
  for (const line of instructions(ports.sip, link, passwords.sales)) show(line);
  const running: Running = { app: app.value, isEnding: false };
  const end = async (how: "drain" | "stop"): Promise<void> => {
    running.isEnding = true;
    await phone?.close();
    await running.app[how]();
    await receiver.close();
  };
  const ended = beginAnew(running, start, show).then(() =>
    running.isEnding ? running.app.stop() : end("stop"),
  );
  return ok({ app: { drain: () => end("drain"), stop: () => end("stop") }, ended });
}

interface Running {
  app: App;
  isEnding: boolean;
}

/** With what was restored, as often as somebody agrees to a restore; resolves when that cannot be started. */
async function beginAnew(
  running: Running,
  start: () => ReturnType<typeof startBoard>,
  show: Scene["show"],
): Promise<void> {
  // A signal comes at any time.
  const isEnding = (): boolean => running.isEnding;
  for (;;) {
    const seconds = await running.app.restartAsked;
    show(`A restore is agreed to: no new calls; the board begins anew within ${seconds} seconds.`);
    await running.app.drain(seconds);
    if (isEnding()) return;
    const again = await start();
    if (!again.ok) {
      for (const sentence of again.error) show(sentence);
      return;
    }
    running.app = again.value;
    if (isEnding()) return;
    show("The board has begun anew.");
  }
}

async function startBoard(
  dataDir: string,
  applyFile: string | undefined,
  { sip, http }: DemoPorts,
  show: Scene["show"],
): Promise<Result<App, readonly string[]>> {
  const settings = loadSettings(
    {
      dataDir,
      applyFile,
      sip: [`0.0.0.0:${sip}`],
      http: `127.0.0.1:${http}`,
      logLevel: "warn",
      drainSeconds: "5",
    },
    {},
  );
  if (!settings.ok) return settings;
  return startApp(settings.value, {
    // The test caller says itself what it types.
    listener: { onStory: (_id, event) => event.type !== "key" && show(storyLine(event)) },
  });
}

/** Undefined: it could not register, as its password was changed since, or the phone was removed. */
async function startPhone({ ports, passwords, show }: Scene): Promise<DemoPhone | undefined> {
  try {
    return await startDemoPhone({
      extension: "215",
      password: passwords.reception,
      server: serverAt(ports),
      ringMs: 1200,
      onRinging: (name, number) => show(`            phone 215  rings and shows  "${name}"  ${number}`),
      onHeard: (what) => show(`            phone 215  hears ${what}`),
    });
  } catch (error) {
    show(`The demo's phone 215 is not there, so nobody answers the calls that follow: ${reasonOf(error)}.`);
    return undefined;
  }
}

function keptSentence(asked: number | undefined, answered: number): string {
  const kept = "What was changed here stays as it is; the demo's own company is not applied once more.";
  return asked === undefined || asked === answered
    ? kept
    : `${kept} Something else has port ${asked}, which its webhooks ask: the demo's receiver answers at http://127.0.0.1:${answered}.`;
}

/** Two calls, each with what it was for. */
async function placeCalls(scene: Scene): Promise<void> {
  const { show } = scene;
  show(`A caller dials ${demoNumbers.crm}, and the switchboard asks the CRM:`);
  show();
  const routed = await placeCall(scene, demoNumbers.crm, []);
  show();
  show(ending(routed, "That was a real SIP call over UDP, routed by a webhook."));
  show();
  show(`Now the caller dials ${demoNumbers.vip}, which asks for a PIN code, and gets it wrong at first:`);
  show();
  const coded = await placeCall(scene, demoNumbers.vip, ["1111#", `${demoCode}#`]);
  show();
  show(
    ending(coded, "That was real sound over RTP: a prompt, digits, and two parties that heard each other."),
  );
}

function placeCall(
  { app, ports, show }: Scene,
  called: string,
  codes: readonly string[],
): Promise<TestCallResult> {
  return placeTestCall({
    server: serverAt(ports),
    port: ports.trunk,
    caller: { number: "+31612345678", name: "" },
    called,
    codes,
    wants: DEMO_PHONE_VOICE,
    talkMs: 1000,
    messages: app.snapshot?.audioMessages.values() ?? [],
    onNote: (text) => show(`            caller     ${text}`),
  });
}

function serverAt({ sip }: DemoPorts): { readonly host: string; readonly port: number } {
  return { host: "127.0.0.1", port: sip };
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

function localAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find((one) => one.family === "IPv4" && !one.internal)?.address ?? "127.0.0.1";
}
