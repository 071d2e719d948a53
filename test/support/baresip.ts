import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { PASSWORD } from "./company.ts";
import { Program, until } from "./process.ts";
import { joined, readWav, type Samples, silence, writeWav } from "./recording.ts";

export interface BaresipOptions {
  /** Address of its SIP over UDP, and of its remote control. */
  readonly at: string;
  /** `[::1]:port`: where it has its SIP instead, over IPv6 alone. */
  readonly listen?: string;
  /** The line of its accounts file. */
  readonly account: string;
  /** PEM of the authority that the server's certificate is checked against. */
  readonly caFile?: string;
  /** What it says in each of its calls, then silence; what it hears, when left out. */
  readonly says?: Samples;
}

/** The line of a phone of the company; `uri` with its transport, `more` are parameters. */
export function account(uri: string, more: string): string {
  return `<${uri}>;auth_pass=${PASSWORD};regint=600${more}`;
}

/** What baresip tells by itself: `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED` … */
export interface BaresipEvent {
  readonly type: string;
  readonly peeruri?: string;
  readonly peerdisplayname?: string;
  readonly param?: string;
}

interface Message extends BaresipEvent {
  readonly event?: boolean;
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
  readonly token?: string;
}

const CONTROL_PORT = 4444;
const SAID = "said.wav";
/** From key to key. */
const KEY_MS = 250;
const MODULES = ["g711.so", "aubridge.so", "aufile.so", "sndfile.so"];
const APPLICATIONS = ["account.so", "menu.so", "ctrl_tcp.so"];

/** baresip 1.x without a terminal, sound card or screen; driven over its ctrl_tcp module (netstrings of JSON). */
export class Baresip {
  readonly program: Program;
  readonly events: BaresipEvent[] = [];
  readonly #folder: string;
  readonly #replies = new Map<string, Message>();
  #socket: Socket | undefined;
  #buffer = Buffer.alloc(0);
  #tokens = 0;
  #said = 0;
  /** Events before this one have been waited for already. */
  #seen = 0;

  private constructor(program: Program, folder: string) {
    this.program = program;
    this.#folder = folder;
  }

  /** Starts it; it begins to register at once. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-baresip-"));
    if (options.says !== undefined) writeWav(path.join(folder, SAID), long(options.says));
    writeFileSync(path.join(folder, "config"), configText(options, folder));
    writeFileSync(path.join(folder, "accounts"), `${options.account}\n`);
    writeFileSync(path.join(folder, "contacts"), "");
    const phone = new Baresip(
      new Program("baresip", [options.listen === undefined ? "-4" : "-6", "-v", "-s", "-f", folder]),
      folder,
    );
    try {
      await until("baresip's remote control", () => phone.#connect(options.at));
    } catch (error) {
      const { stdout, stderr } = phone.program;
      await phone.stop();
      throw new Error(`baresip did not start:\n${stdout}${stderr}`, { cause: error });
    }
    return phone;
  }

  /** Runs a command of its menu; the answer's text. */
  async command(command: string, params = ""): Promise<string> {
    this.#tokens += 1;
    const token = String(this.#tokens);
    const text = Buffer.from(JSON.stringify({ command, params, token }));
    this.#socket?.write(Buffer.concat([Buffer.from(`${text.length}:`), text, Buffer.from(",")]));
    const reply = await until(`baresip to do ${command}`, () => this.#replies.get(token));
    if (reply.ok !== true) throw new Error(`baresip refuses ${command}: ${reply.data ?? ""}`);
    return reply.data ?? "";
  }

  /** Presses keys in its call, told as RFC 4733 events; as quickly as a person does. */
  async press(keys: string): Promise<void> {
    for (const key of keys) {
      await this.command("sndcode", key);
      await new Promise((resolve) => setTimeout(resolve, KEY_MS));
    }
  }

  /** Says something else in its call from now on, then silence. */
  async say(samples: Samples): Promise<void> {
    this.#said += 1;
    const file = path.join(this.#folder, `${this.#said}-${SAID}`);
    writeWav(file, long(samples));
    await this.command("ausrc", `aufile,${file}`);
  }

  /** What it has heard in its newest call, up to now; nothing before the first one is connected. */
  heard(): Samples {
    const newest = this.#recordings().at(-1);
    return newest === undefined ? new Int16Array() : readWav(path.join(this.#folder, newest));
  }

  /** Waits for the next event of a type; events that were waited for before do not count. */
  async has(type: string): Promise<BaresipEvent> {
    try {
      return await until(`baresip to tell ${type}`, () => {
        const index = this.events.findIndex((event, at) => at >= this.#seen && event.type === type);
        if (index < 0) return undefined;
        this.#seen = index + 1;
        return this.events[index];
      });
    } catch (error) {
      const told = this.events.map((event) => `${event.type} ${event.param ?? ""}`).join(", ");
      throw new Error(`it told: ${told}\n${this.program.stdout.slice(-6000)}`, { cause: error });
    }
  }

  /** Events until now are not waited for any more, and its recordings are gone: for the beginning of a test. */
  forgetEvents(): void {
    this.#seen = this.events.length;
    for (const name of this.#recordings()) rmSync(path.join(this.#folder, name));
  }

  /** Waits until its registration has been accepted; it may have been before its remote control was there. */
  async registered(): Promise<void> {
    try {
      await until("baresip to register", () => /200 OK .*\[\d+ binding/.test(this.program.stdout));
    } catch (error) {
      throw new Error(this.program.stdout.slice(-6000), { cause: error });
    }
  }

  /** Ends it in good order: it removes its registration. */
  async stop(): Promise<void> {
    this.#socket?.destroy();
    await this.program.stop("SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Of what it heard, by the second of their beginning. */
  #recordings(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith("-dec.wav"))
      .toSorted();
  }

  async #connect(host: string): Promise<boolean> {
    if (this.program.result !== undefined) throw new Error("baresip ended");
    const socket = connect(CONTROL_PORT, host);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (!connected) return false;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => this.#read(chunk));
    this.#socket = socket;
    return true;
  }

  /** Netstrings: `<length>:<octets>,`. */
  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const colon = this.#buffer.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#buffer.toString("latin1", 0, colon));
      if (this.#buffer.length <= end) return;
      const message = JSON.parse(this.#buffer.toString("utf8", colon + 1, end)) as Message;
      this.#buffer = this.#buffer.subarray(end + 1);
      if (message.event === true) this.events.push(message);
      else if (message.token !== undefined) this.#replies.set(message.token, message);
    }
  }
}

/** baresip ends a call when its file ends, so that no test's file may. */
function long(samples: Samples): Samples {
  return joined(samples, silence(120_000));
}

function configText({ at, listen, caFile, says }: BaresipOptions, folder: string): string {
  return [
    "poll_method epoll",
    `sip_listen ${listen ?? `${at}:5060`}`,
    ...(caFile === undefined ? [] : [`sip_cafile ${caFile}`]),
    `net_interface ${listen === undefined ? "127.0.0.1" : "::1"}`,
    "call_local_timeout 120",
    "call_max_calls 4",
    `audio_source ${says === undefined ? "aubridge,nowhere" : `aufile,${path.join(folder, SAID)}`}`,
    "audio_player aubridge,nowhere",
    "audio_alert aubridge,nowhere",
    "module_path /usr/lib/baresip/modules",
    `snd_path ${folder}`,
    ...MODULES.map((module) => `module ${module}`),
    ...APPLICATIONS.map((module) => `module_app ${module}`),
    `ctrl_tcp_listen ${at}:${CONTROL_PORT}`,
    "",
  ].join("\n");
}
