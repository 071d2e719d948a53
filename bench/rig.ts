import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CallRecord } from "../src/model/call-record.ts";
import type { CallSummary } from "../src/model/repositories.ts";
import { ownAddress } from "../test/support/loopback.ts";
import { Program, until } from "../test/support/process.ts";
import { tone, writeWav } from "../test/support/recording.ts";
import { builtProgram } from "../tools/built-program.ts";
import { residentKiB } from "./process-figures.ts";
import { progress } from "./progress.ts";
import { COUNT_TARGET } from "./receiver.ts";
import { Sipp } from "./sipp.ts";

const root = path.resolve(import.meta.dirname, "..");

/** What every way of starting the server sets (docs/adr/0127), and what starts it from sources (docs/adr/0137). */
const { allocator, strip } = createRequire(import.meta.url)("../bin/launch.cjs") as {
  readonly allocator: Readonly<Record<string, string>>;
  readonly strip: readonly string[];
};

/** The number that is called; its plan asks the webhook. */
export const CALLED_NUMBER = "+31501234567";

/** The number whose plan asks the caller for a code first. */
export const CODE_NUMBER = "+31501234568";

/** What is heard before a code is typed: longer than anybody listens. */
const TONE_FILE = "tone.wav";
const TONE_MS = 12_000;

/** `host` and `port` of one of ours, on loopback. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface RigOptions {
  /** Calls at the same time; the setting's default when left out. */
  readonly maxCalls?: number;
  /** Which way the sound of the trunk goes; as each call needs it when left out. */
  readonly media?: "auto" | "passThrough" | "anchored";
  /** More flags of `switchhook start`. */
  readonly flags?: readonly string[];
  /** The only processor that the server may use; any when left out. */
  readonly core?: number;
  /** Flags of Node's for the server. */
  readonly nodeFlags?: readonly string[];
  /** What is to be in the data folder before the server starts. */
  readonly prepare?: (dataDir: string) => Promise<void>;
  /** False: no receiver and no destination are started, a load brings its own. */
  readonly peers?: boolean;
  /** The program as packages have it, in one piece; else from its sources. */
  readonly isPackaged?: boolean;
}

/** The real server as a process of its own, with a receiver and a destination beside it. */
export class Rig {
  readonly folder: string;
  readonly sip: Place;
  /** Where the trunk that calls is expected. */
  readonly caller: Place;
  readonly destination: Place;
  readonly receiver: Place;
  /** Where a debugger may look into the server's memory, once `SIGUSR1` has asked for it. */
  readonly inspector: Place;
  readonly #removeFolder: () => void;
  readonly #options: RigOptions;
  #server: Program | undefined;
  #receiverProgram: Program | undefined;
  #callee: Sipp | undefined;
  #http = "";
  #startKiB = 0;

  private constructor(places: readonly Place[], options: RigOptions) {
    this.#options = options;
    const [sip, caller, destination, receiver, inspector] = places as [Place, Place, Place, Place, Place];
    this.sip = sip;
    this.caller = caller;
    this.destination = destination;
    this.receiver = receiver;
    this.inspector = inspector;
    this.folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-bench-"));
    this.#removeFolder = () => rmSync(this.folder, { recursive: true, force: true });
    process.once("exit", this.#removeFolder);
  }

  /** Starts everything and waits until it is ready. */
  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(await places(), options);
    try {
      await rig.#startServer();
      if (options.peers !== false) await rig.startPeers();
    } catch (error) {
      await rig.#end();
      throw error;
    }
    return rig;
  }

  /** Starts receiver and destination; they run already when the rig is new. */
  async startPeers(): Promise<void> {
    const { host, port } = this.receiver;
    const program = path.join(import.meta.dirname, "receiver.ts");
    const receiver = this.#spawn([program, host, String(port)]);
    this.#receiverProgram = receiver;
    await until("the receiver to be ready", () => {
      if (receiver.result !== undefined) throw new Error(`the receiver did not start:\n${receiver.stderr}`);
      return receiver.stdout.includes("ready");
    });
    const callee = new Sipp("destination", {
      folder: this.folder,
      ...this.destination,
      server: this.sipText,
    });
    this.#callee = callee;
    await until("SIPp to listen as destination", () => {
      if (callee.program.result !== undefined) throw new Error(`SIPp did not start: ${callee.complaint()}`);
      return isBound(this.destination);
    });
  }

  /** Ends receiver and destination, so that others can take their places. */
  async stopPeers(): Promise<void> {
    await this.#callee?.stop();
    if (this.#receiverProgram?.result === undefined) await this.#receiverProgram?.stop();
  }

  /** `host:port`. */
  get sipText(): string {
    return `${this.sip.host}:${this.sip.port}`;
  }

  get #data(): string {
    return path.join(this.folder, "data");
  }

  /** Resident memory of the server that has not had a call yet, KiB. */
  get startKiB(): number {
    return this.#startKiB;
  }

  /** Where the interface and the API are. */
  get http(): string {
    return this.#http;
  }

  get pid(): number {
    return this.#server?.child.pid ?? 0;
  }

  /** What the destination has sent again so far. */
  get destinationRetransmissions(): number {
    return this.#callee?.counts().retransmissions ?? 0;
  }

  /**
   * Starts SIPp as a trunk; -m, -r, -d … in `flags`. It calls Switchhook, or another server in its place; `from`: a place of the
   * trunk's for one that calls beside another.
   */
  call(flags: readonly string[], at: Place = this.sip, from: Place = this.caller): Sipp {
    const { host, port } = from;
    const number = ["-s", CALLED_NUMBER];
    return new Sipp("caller", {
      folder: this.folder,
      host,
      port,
      server: `${at.host}:${at.port}`,
      flags: [...number, ...flags],
    });
  }

  /** How many requests the receiver has got so far. */
  async requests(): Promise<number> {
    const { host, port } = this.receiver;
    return Number(await (await fetch(`http://${host}:${port}${COUNT_TARGET}`)).text());
  }

  /** A gauge or counter of /metrics; 0 when it is not there. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(new URL("/metrics", this.#http))).text();
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    return Number(line?.split(" ")[1] ?? 0);
  }

  /** Why the newest calls failed, as their records say: `3 × …`, and what the webhook said to the last of them. */
  async failureReasons(): Promise<string> {
    const { items: calls } = (await this.#api("calls?limit=1000")) as { items: readonly CallSummary[] };
    const failed = calls.filter(({ result }) => result !== "completed" && result !== "ongoing");
    const last = failed[0];
    if (last === undefined) return "The server has no record of a call that failed.";
    const counts = new Map<string, number>();
    for (const { reason } of failed) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
    const { story } = (await this.#api(`calls/${last.id}`)) as CallRecord;
    const webhook = story.find((event) => event.type === "replied")?.reason ?? "not asked";
    return `${most.map(([reason, count]) => `${count} × ${reason}`).join("; ")} Webhook: ${webhook}`;
  }

  /** Waits until no call is left and every record is written; gives up after `withinMs`, and says so. */
  async settled(withinMs = 10_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const calls = await this.metric("switchhook_calls_active");
      const records = await this.metric("switchhook_call_records_waiting");
      if (calls === 0 && records === 0) return;
      if (performance.now() > deadline) {
        progress(
          `      after ${withinMs / 1000} s ${calls} calls are still up, ${records} records still wait`,
        );
        return;
      }
      await sleep(500);
    }
  }

  /** Ends all programs and takes the folder away. What the server complained about, empty when nothing. */
  async stop(): Promise<readonly string[]> {
    const complaints: string[] = [];
    if (this.#server?.result !== undefined) complaints.push("the server ended by itself");
    else {
      const errors = await this.metric("switchhook_sip_handler_errors_total");
      if (errors > 0) complaints.push(`${errors} handlers of SIP messages threw`);
      const dropped = await this.metric("switchhook_call_records_dropped_total");
      if (dropped > 0) complaints.push(`${dropped} call records were dropped`);
    }
    await this.#end();
    const log = `${this.#server?.stdout ?? ""}\n${this.#server?.stderr ?? ""}`;
    const bad = log.split("\n").filter((line) => /"level":[56]0|Error:|Exception/.test(line));
    return [...complaints, ...bad.slice(0, 5)];
  }

  /** Follows events of the API until `signal` says so; these topics. */
  follow(topics: string, signal: AbortSignal): Promise<Response> {
    const url = new URL(`/api/v1/events?topics=${topics}`, this.#http);
    return fetch(url, { headers: { authorization: `Bearer ${this.#token}` }, signal });
  }

  /** Asks the API; `body` is sent as JSON by POST. */
  ask(what: string, token: string = this.#token, body?: object): Promise<Response> {
    const authorization = `Bearer ${token}`;
    const url = new URL(`/api/v1/${what}`, this.#http);
    if (body === undefined) return fetch(url, { headers: { authorization } });
    const headers = { authorization, "content-type": "application/json", "idempotency-key": randomUUID() };
    return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Another token, of an administrator. */
  async newToken(name: string): Promise<string> {
    const answer = await this.ask("tokens", this.#token, { name, role: "administrator" });
    return ((await answer.json()) as { token: string }).token;
  }

  get #token(): string {
    return readFileSync(path.join(this.#data, "api-token"), "utf8").trim();
  }

  async #api(what: string): Promise<unknown> {
    return (await this.ask(what)).json();
  }

  async #startServer(): Promise<void> {
    const { maxCalls, flags = [], nodeFlags = [], core, isPackaged = false } = this.#options;
    const main = isPackaged ? await builtProgram(root) : path.join(root, "src/cli/main.ts");
    const file = path.join(this.folder, "company.yaml");
    writeFileSync(file, this.#company());
    await this.#options.prepare?.(this.#data);
    // A steady tone, so that every packet of it is sound.
    writeWav(path.join(this.folder, TONE_FILE), tone(440, TONE_MS));
    const limit = maxCalls === undefined ? [] : ["--max-calls", String(maxCalls)];
    const start = [main, "start", "--data", this.#data, "--apply", file];
    const listen = ["--sip", this.sipText, "--http", "127.0.0.1:0"];
    const habits = ["--drain-seconds", "0", "--log-level", "warn"];
    const args = [
      "--disable-warning=ExperimentalWarning",
      ...(isPackaged ? [] : strip),
      ...nodeFlags,
      `--inspect-port=${this.inspector.host}:${this.inspector.port}`,
      ...start,
      ...listen,
      ...habits,
      ...limit,
      ...flags,
    ];
    const server = pinned(core, process.execPath, args, { cwd: this.folder, env: allocator });
    this.#server = server;
    this.#http = await until("the server to be ready", () => {
      if (server.result !== undefined) {
        throw new Error(`the server did not start:\n${server.stdout}${server.stderr}`);
      }
      return httpAddress(path.join(this.#data, "instance.json"));
    });
    this.#startKiB = residentKiB(this.pid);
  }

  #spawn(args: readonly string[]): Program {
    return new Program(process.execPath, args, { cwd: this.folder });
  }

  async #end(): Promise<void> {
    await this.stopPeers();
    if (this.#server?.result === undefined) await this.#server?.stop();
    this.#removeFolder();
    process.removeListener("exit", this.#removeFolder);
  }

  /** Number -> webhook -> the name and the destination of its reply; the trunk calls and is called. */
  #company(): string {
    const { caller, destination, receiver } = this;
    const asked = "did={did}&callerid={callerid}&callername={callername}";
    const afterwards = [
      "        success:",
      "          - { type: callerName, mode: webhook }",
      "          - { type: variableDestination, ringSeconds: 20 }",
      "        failed: [{ type: hangUp, as: rejected }]",
    ];
    return [
      "version: 1",
      "home: { country: NL, timeZone: Europe/Amsterdam }",
      "security:",
      '  webhookAllowedNetworks: ["127.0.0.0/8"]',
      "  dialCountries: [NL]",
      "  outsideCalls: { perCompany: 10000, newPerMinute: 100000 }",
      "trunks:",
      "  - name: carrier",
      "    kind: peer",
      `    hosts: ["sip:${destination.host}:${destination.port};transport=udp"]`,
      `    acceptFrom: ["${caller.host}/32", "${destination.host}/32"]`,
      "    numberFormat: e164Plus",
      "    callerIdProfile: from",
      `    media: ${this.#options.media ?? "auto"}`,
      "outbound: { trunk: carrier }",
      `audioMessages: [{ name: tone, file: ${TONE_FILE} }]`,
      "webhooks:",
      "  - name: CRM",
      `    urlTemplate: "http://${receiver.host}:${receiver.port}/route?${asked}"`,
      "  - name: PIN",
      `    urlTemplate: "http://${receiver.host}:${receiver.port}/code?code={code}&${asked}"`,
      "    ivr: { timeoutSeconds: 10, attempts: 1, startMessage: tone }",
      "plans:",
      "  - name: main",
      "    steps:",
      "      - type: webhook",
      "        webhook: CRM",
      ...afterwards,
      "  - name: code",
      "    steps:",
      "      - type: webhook",
      "        webhook: PIN",
      ...afterwards,
      "numbers:",
      `  - { number: "${CALLED_NUMBER}", plan: main }`,
      `  - { number: "${CODE_NUMBER}", plan: code }`,
      "",
    ].join("\n");
  }
}

/** Starts a program that may use only this processor (counted from 0); all where that is undefined. */
export function pinned(
  core: number | undefined,
  name: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Program {
  if (core === undefined) return new Program(name, args, options);
  // taskset becomes the program: the process id is the program's.
  return new Program("taskset", ["--cpu-list", String(core), name, ...args], options);
}

/** Server, caller, destination, receiver, inspector: free ports on addresses that only this process uses. */
async function places(): Promise<readonly Place[]> {
  const [server, peers] = [ownAddress(), ownAddress()];
  return Promise.all([server, peers, peers, peers, server].map(freePlace));
}

/** A port that is free now. */
export function freePlace(host: string = ownAddress()): Promise<Place> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject).bind(0, host, () => {
      const { port } = socket.address();
      socket.close(() => resolve({ host, port }));
    });
  });
}

/** Whether a UDP socket listens there (proc(5), /proc/net/udp: address in host byte order, hex). */
export function isBound({ host, port }: Place): boolean {
  const bytes = host.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const local = `${bytes.toReversed().join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  return readFileSync("/proc/net/udp", "utf8").includes(` ${local} `);
}

function httpAddress(file: string): string | undefined {
  try {
    const { http } = JSON.parse(readFileSync(file, "utf8")) as { http: string };
    return http === "" ? undefined : http;
  } catch {
    return undefined;
  }
}
