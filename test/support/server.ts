import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { CallKind, CallRecord } from "../../src/model/call-record.ts";
import type { CallSummary } from "../../src/model/repositories.ts";
import { ownAddress } from "./loopback.ts";
import { type Ended, Program, until } from "./process.ts";
import { MAIN } from "./program.ts";

export interface ServerOptions {
  /** The company file, YAML; undefined: none is applied. */
  readonly company: string | undefined;
  /** Where SIP is heard over UDP and TCP; an own loopback address when left out. */
  readonly address?: string;
  /** 5060 when left out. */
  readonly port?: number;
  /** More flags of `switchhook start`. */
  readonly flags?: readonly string[];
  /** After SIGTERM; 0 when left out, so that a test's end is quick. */
  readonly drainSeconds?: number;
  /** The data folder of a server that was there before; a new one when left out. */
  readonly dataDir?: string;
  /** Variables of the environment besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A machine that is busy with other tests takes a while to load the program. */
const START_MS = 60_000;

interface LogLine {
  readonly level: number;
  readonly msg?: string;
}

/** The real server, `switchhook start`, as a process of its own. */
export class TestServer {
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** `http://127.0.0.1:port`. */
  readonly http: string;
  readonly process: Program;

  constructor(process: Program, place: { address: string; port: number; dataDir: string; http: string }) {
    this.process = process;
    this.address = place.address;
    this.port = place.port;
    this.dataDir = place.dataDir;
    this.http = place.http;
  }

  /** Runs a `switchhook` command with this data folder. */
  cli(...args: readonly string[]): Promise<Ended> {
    return runCli([...args, "--data", this.dataDir]);
  }

  /** Applies another company file to the running server; it must be taken. */
  async apply(company: string): Promise<void> {
    const ended = await this.tryApply(company);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  }

  /** Applies another company file to the running server, whatever comes of it. */
  tryApply(company: string): Promise<Ended> {
    const file = path.join(this.dataDir, "company.yaml");
    writeFileSync(file, company);
    return this.cli("apply", file);
  }

  /** The same through the API; it must be taken. */
  async put(company: string): Promise<void> {
    const response = await this.#fetch("/api/v1/company", {
      method: "PUT",
      body: company,
      headers: { ...this.#proof(), "content-type": "application/yaml" },
    });
    assert.equal(response.status, 200, await response.text());
  }

  /** The newest calls first, as `switchhook calls --json` tells them. */
  async callsOfCli(limit = 1000): Promise<readonly CallSummary[]> {
    const ended = await this.cli("calls", "--json", "--limit", String(limit));
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    return JSON.parse(ended.stdout) as readonly CallSummary[];
  }

  /** The newest calls that are over first, from the API. */
  async calls(limit = 1000): Promise<readonly CallSummary[]> {
    const answer = (await this.#get(`calls?limit=${limit}`)) as { items: readonly CallSummary[] };
    return answer.items.filter(isOver);
  }

  /** What strangers tried, the newest first, from the API. */
  async refused(...kinds: readonly CallKind[]): Promise<readonly CallSummary[]> {
    const answer = (await this.#get(`calls?limit=1000&kind=${kinds.join(",")}`)) as {
      items: readonly CallSummary[];
    };
    return answer.items;
  }

  /** A call with its story, from the API. */
  async call(id: string): Promise<CallRecord> {
    return (await this.#get(`calls/${id}`)) as CallRecord;
  }

  /** Waits until `count` calls are over and recorded; newest first, those that are up left out. */
  async recorded(count: number, withinMs?: number): Promise<readonly CallSummary[]> {
    const calls = async (): Promise<readonly CallSummary[] | false> => {
      const list = await this.calls();
      return list.length >= count && list;
    };
    return until(`${count} call records`, calls, withinMs);
  }

  /** The newest call to a number, with its story, once it is over and recorded. */
  async recordOf(called: string): Promise<CallRecord> {
    const id = await until(`the record of a call to ${called}`, async () => {
      return (await this.calls()).find((call) => call.called === called)?.id;
    });
    return this.call(id);
  }

  /** A counter or gauge of /metrics with all its labels added up; 0 when it has not been counted yet. */
  async metric(name: string): Promise<number> {
    const text = await (await this.#fetch("/metrics")).text();
    let sum = 0;
    for (const line of text.split("\n")) {
      const [series = "", value = ""] = line.split(/ (?=[^ ]*$)/);
      if (series === name || series.startsWith(`${name}{`)) sum += Number(value);
    }
    return sum;
  }

  /** Waits until no call is going on. */
  async callsOver(): Promise<void> {
    await until("the calls to be over", async () => (await this.metric("switchhook_calls_active")) === 0);
  }

  get log(): readonly LogLine[] {
    const lines = this.process.stdout.split("\n").filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** Nothing went wrong inside: no handler threw, no line of level error in the log. */
  async assertHealthy(): Promise<void> {
    assert.equal(await this.metric("switchhook_sip_handler_errors_total"), 0, this.process.stdout);
    this.#assertCleanLog();
  }

  /** Checks that the server is healthy, ends it by SIGTERM, and takes its data folder away. */
  async stop(): Promise<void> {
    try {
      if (this.process.result === undefined) {
        await this.assertHealthy();
        const ended = await this.process.stop();
        assert.equal(ended.code, 0, `exit code of the server; ${ended.stderr}`);
      }
      this.#assertCleanLog();
    } finally {
      this.process.child.kill("SIGKILL");
      rmSync(this.dataDir, { recursive: true, force: true });
    }
  }

  /** `kill -9`; the data folder stays for the next one. */
  async kill(): Promise<void> {
    await this.process.stop("SIGKILL");
  }

  async #get(what: string): Promise<unknown> {
    const response = await this.#fetch(`/api/v1/${what}`, { headers: this.#proof() });
    assert.equal(response.status, 200, `${what}: ${response.status}`);
    return response.json();
  }

  #proof(): Record<string, string> {
    const token = readFileSync(path.join(this.dataDir, "api-token"), "utf8").trim();
    return { authorization: `Bearer ${token}` };
  }

  /** Who asks as often as a waiting test does is told to wait now and then (429). */
  async #fetch(what: string, request: RequestInit = {}): Promise<Response> {
    for (;;) {
      const response = await fetch(new URL(what, this.http), request);
      if (response.status !== 429) return response;
      await response.arrayBuffer();
      const seconds = Number(response.headers.get("retry-after"));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  #assertCleanLog(): void {
    assert.deepEqual(
      this.log.filter(({ level }) => level >= 50),
      [],
    );
    assert.doesNotMatch(this.process.stderr, /Error|Exception/);
  }
}

/** Calls that are up are in the list as well. */
function isOver({ result }: CallSummary): boolean {
  return result !== "ongoing";
}

/** Starts the server and waits until it is ready. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const address = options.address ?? ownAddress();
  const port = options.port ?? 5060;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), "switchhook-server-"));
  const file = path.join(dataDir, "company.yaml");
  if (options.company !== undefined) writeFileSync(file, options.company);
  const apply = options.company === undefined ? [] : ["--apply", file];
  const sip = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  const where = ["--data", dataDir, ...apply, "--sip", sip, "--http", "127.0.0.1:0"];
  const drain = String(options.drainSeconds ?? 0);
  const program = new Program(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      MAIN,
      "start",
      ...where,
      "--drain-seconds",
      drain,
      ...(options.flags ?? []),
    ],
    { env: options.env ?? {} },
  );
  const ready = (): string | undefined => {
    if (program.result !== undefined) {
      throw new Error(`the server did not start:\n${program.stdout}${program.stderr}`);
    }
    return readHttpAddress(path.join(dataDir, "instance.json"), program.child.pid);
  };
  try {
    const http = await until("the server to be ready", ready, START_MS);
    return new TestServer(program, { address, port, dataDir, http });
  } catch (error) {
    // Nobody else could end it, and the test would wait for it.
    program.child.kill("SIGKILL");
    throw error;
  }
}

/** Runs one `switchhook` command to its end. */
export function runCli(args: readonly string[]): Promise<Ended> {
  return new Program(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args]).ended;
}

function readHttpAddress(file: string, pid: number | undefined): string | undefined {
  try {
    const instance = JSON.parse(readFileSync(file, "utf8")) as { pid: number; http: string };
    return instance.pid === pid && instance.http !== "" ? instance.http : undefined;
  } catch {
    return undefined;
  }
}
