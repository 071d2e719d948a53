// `npm run example NAME [LANGUAGE]`: starts an example: its receiver, a switchboard with its company file, and the phones that it wants.
// All of it is on this machine, at ports of its own; Ctrl-C ends it.

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import { type DemoPhone, startDemoPhone } from "../src/softphone/phone.ts";

/** `example.json` of an example's folder. */
interface Example {
  /** SIP; the interface is at the next one, the receiver at the one after it. */
  readonly port: number;
  readonly receivers: Readonly<Record<string, readonly [string, ...string[]]>>;
  /** What the phones of ours do when they ring. */
  readonly phones: Readonly<Record<string, "answers" | "rings">>;
}

interface Company {
  readonly phones?: readonly { readonly extension: string; readonly password: string }[];
}

const HOST = "127.0.0.1";
const RINGS_MS = { answers: 500, rings: 3_600_000 } as const;
const children: ChildProcess[] = [];
const phones: DemoPhone[] = [];

/** Starts a program in the example's folder; what it says is printed behind its name. */
function start(name: string, [program, ...args]: readonly string[], folder: string, port: number) {
  const child = spawn(program ?? "", args, {
    cwd: folder,
    env: { ...process.env, HOST, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const begun = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      console.log(`${name.padEnd(12)}${line}`);
      if (line.startsWith("Switchhook is running")) begun.resolve();
    });
  }
  child.on("error", (error) => end(`${name} cannot be started: ${error.message}`));
  child.on("exit", (code) => end(`${name} ended (${code ?? "by a signal"}).`));
  children.push(child);
  return begun.promise;
}

let isEnding = false;

/** Ends everything; `why` where nobody asked for it. */
function end(why?: string): void {
  if (isEnding) return;
  isEnding = true;
  if (why !== undefined) console.error(why);
  process.exitCode = why === undefined ? 0 : 1;
  const gone = Promise.all(phones.map((phone) => phone.close()));
  void gone.finally(() => {
    for (const child of children) child.kill("SIGTERM");
  });
}

/** The names of all examples. */
function names(): readonly string[] {
  const all = readdirSync(import.meta.dirname);
  return all.filter((name) => statSync(path.join(import.meta.dirname, name)).isDirectory());
}

async function run(name: string, language: string): Promise<void> {
  const folder = path.join(import.meta.dirname, name);
  const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
  const { port, receivers, phones: wanted } = JSON.parse(read("example.json")) as Example;
  const receiver = receivers[language];
  if (receiver === undefined)
    return end(`${name} has no receiver in ${language}, but in: ${Object.keys(receivers).join(", ")}.`);
  const { phones: accounts = [] } = parse(read("company.yaml")) as Company;
  const command = [receiver[0] === "node" ? process.execPath : receiver[0], ...receiver.slice(1)];
  void start("receiver", command, folder, port + 2);
  const data = path.join(folder, "data");
  const flags = ["--data", data, "--apply", "company.yaml", "--log-level", "warn", "--drain-seconds", "1"];
  const places = ["--sip", `${HOST}:${port}`, "--http", `${HOST}:${port + 1}`];
  // Tests have the program in one piece (docs/adr/0117).
  const main = process.env.SWITCHHOOK_TEST_MAIN || path.resolve(import.meta.dirname, "../src/cli/main.ts");
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", main];
  await start("switchhook", [...node, "start", ...flags, ...places], folder, 0);
  for (const [extension, does] of Object.entries(wanted)) {
    const say = (text: string): void => console.log(`${`phone ${extension}`.padEnd(12)}${text}`);
    const password = accounts.find((account) => account.extension === extension)?.password ?? "";
    const phone = await startDemoPhone({
      extension,
      password,
      server: { host: HOST, port },
      ringMs: RINGS_MS[does],
      onRinging: (shown, number) => say(`rings and shows "${shown}" ${number}`),
      onHeard: (what) => say(`hears ${what}`),
    });
    phones.push(phone);
  }
  console.log(`Ready. Place the call of examples/${name}/README.md in another terminal. Ctrl-C ends it.`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end());
const [name = "", language = "node"] = process.argv.slice(2);
if (names().includes(name))
  void run(name, language).catch((error: unknown) =>
    end(error instanceof Error ? error.message : String(error)),
  );
else {
  console.error(`Usage: npm run example NAME [LANGUAGE], NAME one of: ${names().join(", ")}.`);
  process.exitCode = 2;
}
