import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Ended, Program, until } from "./process.ts";
import { kind } from "./sip-text.ts";

const scenarios = path.resolve(import.meta.dirname, "../interop/sipp");
const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-sipp-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const running = new Set<Program>();
let runs = 0;

export interface SippOptions {
  /** Address of this SIPp; its port is 5060 unless said. */
  readonly at: string;
  readonly port?: number;
  /** `host:port` it calls, or of the server it serves. */
  readonly server: string;
  /** Rows of fields for [field0], [field1] …, taken in order. */
  readonly rows?: readonly (readonly string[])[];
  /** Calls in all; the number of rows when left out, 1 without rows. */
  readonly calls?: number;
  /** New calls a second; 20 when left out. */
  readonly rate?: number;
  /** Length of a `<pause/>`, ms. */
  readonly pauseMs?: number;
  readonly more?: readonly string[];
  /** What a scenario with `rtp_stream` says: A-law samples, as the file `said.alaw` of its working folder. */
  readonly says?: Uint8Array;
  /** SIPp gives up, and fails, after this time. */
  readonly timeoutSeconds?: number;
}

/** A message as SIPp saw it. */
export interface SippMessage {
  readonly direction: "in" | "out";
  readonly text: string;
}

/** A running SIPp with one of the scenarios of test/interop/sipp. */
export class Sipp {
  readonly program: Program;
  readonly #scenario: string;
  readonly #messageFile: string;
  readonly #errorFile: string;
  readonly #folder: string;

  constructor(scenario: string, options: SippOptions) {
    runs += 1;
    this.#scenario = scenario;
    const base = path.join(folder, `${runs}-${scenario}`);
    this.#messageFile = `${base}.messages`;
    this.#errorFile = `${base}.errors`;
    const rows: string[] = [];
    if (options.rows !== undefined) {
      const lines = options.rows.map((row) => `${row.join(";")};`);
      writeFileSync(`${base}.csv`, ["SEQUENTIAL", ...lines, ""].join("\n"));
      rows.push("-inf", `${base}.csv`);
    }
    const flags = {
      sf: path.join(scenarios, `${scenario}.xml`),
      i: options.at,
      mi: options.at,
      p: options.port ?? 5060,
      m: options.calls ?? options.rows?.length ?? 1,
      r: options.rate ?? 20,
      l: 1000,
      d: options.pauseMs ?? 100,
      message_file: this.#messageFile,
      error_file: this.#errorFile,
      timeout: options.timeoutSeconds ?? 40,
      cid_str: "%u-%p@%s",
    };
    const args = Object.entries(flags).flatMap(([flag, value]) => [`-${flag}`, String(value)]);
    args.push("-nostdin", "-trace_msg", "-trace_err", "-timeout_error");
    const cwd = path.join(folder, String(runs));
    mkdirSync(cwd);
    this.#folder = cwd;
    if (options.says !== undefined) writeFileSync(path.join(cwd, "said.alaw"), options.says);
    this.program = new Program("sipp", [...args, ...rows, ...(options.more ?? []), options.server], { cwd });
    running.add(this.program);
    const forget = (): void => void running.delete(this.program);
    this.program.ended.then(forget, forget);
  }

  /** All calls went as the scenario says, or it throws with what SIPp complained about. */
  async succeeded(): Promise<this> {
    const ended = await this.program.ended;
    assert.equal(
      ended.code,
      0,
      `SIPp ${this.#scenario} ended with ${ended.code}:\n${this.#complaint(ended)}`,
    );
    return this;
  }

  /** Ends it before its time; how its calls went is not asked. */
  async stop(): Promise<void> {
    await this.program.stop("SIGKILL");
  }

  /** What it received and sent so far, in order. */
  messages(): readonly SippMessage[] {
    return readMessages(read(this.#messageFile));
  }

  /** What it received: requests of a method, or responses with a status. */
  received(what: string): readonly string[] {
    return this.messages()
      .filter(({ direction, text }) => direction === "in" && kind(text) === what)
      .map(({ text }) => text);
  }

  /** Waits until it has received such a message; the first one. */
  async has(what: string): Promise<string> {
    return until(`SIPp ${this.#scenario} to receive ${what}`, () => this.received(what)[0]);
  }

  /** Milliseconds from each call's begin to what its scenario marks by `rtd`; `more` has to ask: `-trace_rtt -rtt_freq 1`. */
  responseTimesMs(): readonly number[] {
    const file = readdirSync(this.#folder).find((name) => name.endsWith("_rtt.csv"));
    const [, ...rows] = read(path.join(this.#folder, file ?? ""))
      .trim()
      .split("\n");
    return rows.map((row) => Number(row.split(";")[1]));
  }

  #complaint(ended: Ended): string {
    return `${read(this.#errorFile).slice(0, 4000)}\n${ended.stderr.slice(0, 1000)}`;
  }
}

/** Ends every SIPp that still runs: for a test file's end, where a test that failed may have left some. */
export async function stopEverySipp(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop("SIGKILL")));
}

/** Starts SIPp as a caller; it calls at once. */
export function sippCaller(scenario: string, options: SippOptions): Sipp {
  return new Sipp(scenario, options);
}

/** Starts SIPp as one who is called, and waits until it listens. */
export async function sippCallee(scenario: string, options: SippOptions): Promise<Sipp> {
  const sipp = new Sipp(scenario, options);
  await until(`SIPp ${scenario} to listen`, () => {
    if (sipp.program.result !== undefined) throw new Error(`SIPp did not start: ${sipp.program.stderr}`);
    return isBound(options.at, options.port ?? 5060);
  });
  return sipp;
}

/** Registers a phone (realm `switchhook`), from the address where SIPp will then answer for it. */
export async function registerPhone(
  at: string,
  server: string,
  phone: { readonly extension: string; readonly password: string },
): Promise<void> {
  const rows = [[phone.extension, `[authentication username=${phone.extension} password=${phone.password}]`]];
  await sippCaller("register", { at, server, rows, more: ["-auth_uri", "pbx"] }).succeeded();
}

/** Whether a UDP socket listens at an IPv4 address (proc(5), /proc/net/udp: address in host byte order, hex). */
function isBound(address: string, port: number): boolean {
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const local = `${bytes.toReversed().join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  return read("/proc/net/udp").includes(` ${local} `);
}

function readMessages(trace: string): readonly SippMessage[] {
  const messages: SippMessage[] = [];
  // Each message: a line of dashes with the time, a line that says which way and how long, an empty line, the octets.
  for (const part of trace.split(/^-{20,} .*\n/m)) {
    const match = /^UDP message (sent|received).*:\n\n/.exec(part);
    if (match === null) continue;
    const text = part
      .slice(match[0].length)
      .replace(/\n\n?$/, "")
      .replaceAll(/\r?\n/g, "\r\n");
    messages.push({ direction: match[1] === "sent" ? "out" : "in", text: `${text}\r\n` });
  }
  return messages;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
