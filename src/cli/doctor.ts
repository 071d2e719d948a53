import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { tlsFiles } from "../admin/tls-files.ts";
import { type Flags, loadSettings, processEnvironment } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import type { Place } from "../doctor/ask.ts";
import { checkClock } from "../doctor/clock.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding, Level } from "../doctor/finding.ts";
import { type Machine, thisMachine } from "../doctor/machine.ts";
import { INSTANCE_FILE, readInstance } from "../instance/instance-file.ts";
import { formatHostPort, parseHostPort } from "../lib/host-port.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

const SIGNS: Readonly<Record<Level, string>> = {
  ok: "ok      ",
  hint: "look at ",
  warning: "warning ",
  fault: "FAULT   ",
};

const STUN_PORT = 3478;
const NTP_PORT = 123;

interface DoctorOptions {
  readonly dataDir: string;
  readonly isJson: boolean;
  readonly output: Output;
  /** `HOST` or `HOST:PORT` of servers to ask. */
  readonly stun: string | undefined;
  readonly ntp: string | undefined;
}

/** `switchhook doctor`: what is wrong with this machine, each with the line to type. 1: there are faults. */
export async function runDoctor(
  flags: Flags,
  { dataDir, isJson, output, ...asked }: DoctorOptions,
  machine: Machine = thisMachine(() => systemClock.wall()),
): Promise<number> {
  const [stun, ntp] = [placeOf(asked.stun, STUN_PORT), placeOf(asked.ntp, NTP_PORT)];
  if (stun === null || ntp === null) {
    const [flag, given] = stun === null ? ["--stun", asked.stun] : ["--ntp", asked.ntp];
    output.err(`${flag}: "${given}" is neither HOST nor HOST:PORT.`);
    return ExitCode.usage;
  }
  const found = await examine(machine, {
    stun,
    ntp,
    settings: loadSettings(flags, processEnvironment()),
    dataDir,
    runs: runsIn(dataDir),
    madeAt: madeAt(),
    certificate: readCertificate,
  });
  if (isJson) output.json(found);
  else for (const finding of found) print(finding, output);
  return found.some(({ level }) => level === "fault") ? ExitCode.refused : ExitCode.ok;
}

/** Whether a server of this data folder runs; undefined: this user may not look. */
function runsIn(dataDir: string): boolean | undefined {
  if (readInstance(dataDir) !== undefined) return true;
  try {
    accessSync(join(dataDir, INSTANCE_FILE), constants.R_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
  }
  return false;
}

/** Undefined: none is given; null: it is no place. */
function placeOf(text: string | undefined, port: number): Place | undefined | null {
  if (text === undefined) return undefined;
  return parseHostPort(text) ?? parseHostPort(formatHostPort(text, port)) ?? null;
}

/** What is wrong with the clock, for who starts a server, and the line to type; undefined: nothing that is seen from here. */
export function clockFault(dataDir: string): string | undefined {
  const machine = thisMachine(() => systemClock.wall());
  const fault = checkClock(machine, { dataDir, madeAt: madeAt() }).find(({ level }) => level === "fault");
  return fault && `${fault.sentence} ${fault.command}`;
}

/** Packages say so of themselves (tools/package); in the repository it is when it was brought up to date. */
function madeAt(): number {
  const manifest = new URL("../../package.json", import.meta.url);
  const { made } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly made?: string };
  return made === undefined ? statSync(manifest).mtimeMs : Date.parse(made);
}

function print({ check, level, sentence, command }: Finding, output: Output): void {
  output.out(`${SIGNS[level]} ${check.padEnd(11)} ${sentence}`);
  if (command !== undefined) output.out(`${" ".repeat(21)} > ${command}`);
}

async function readCertificate({
  tlsCert: cert,
  tlsKey: key,
  tlsCa: ca,
  tlsClientCa: clientCa,
}: Settings): Promise<Result<{ readonly from: number; readonly to: number }, string> | undefined> {
  if (cert === undefined) return undefined;
  const read = await tlsFiles({ cert, key, ca, clientCa }).read();
  if (!read.ok) return read;
  return read.value.valid === undefined
    ? err(`--tls-cert: ${cert} holds no certificate.`)
    : ok(read.value.valid);
}
