import { listenersOf } from "../config/listeners.ts";
import type { Settings } from "../config/schema.ts";
import type { Result } from "../lib/result.ts";
import type { Place } from "./ask.ts";
import { checkClock, compareClock } from "./clock.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { checkDisk, checkFolder } from "./folder.ts";
import type { Machine } from "./machine.ts";
import {
  checkAddress,
  checkFirewall,
  checkLimits,
  checkNames,
  checkPorts,
  checkSound,
  compareAddress,
} from "./network.ts";

const NODE_MAJOR = 24;
const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** What the doctor is told from elsewhere. */
export interface Patient {
  /** Or what is wrong with them. */
  readonly settings: Result<Settings, readonly string[]>;
  /** Of which there is an installation to look at, also where the settings are wrong. */
  readonly dataDir: string;
  /** A server of this data folder runs; undefined: this user may not look. */
  readonly runs: boolean | undefined;
  /** When this program was made, in milliseconds since the epoch. */
  readonly madeAt: number;
  /** Servers on the Internet that may be asked; none is without being named. */
  readonly stun?: Place | undefined;
  readonly ntp?: Place | undefined;
  /** Until when the certificate is valid, or what is wrong with its files; undefined: none is set. */
  certificate(
    settings: Settings,
  ): Promise<Result<{ readonly from: number; readonly to: number }, string> | undefined>;
}

/** Looks at a machine from all sides. Never rejects for what it finds. */
export async function examine(machine: Machine, patient: Patient): Promise<readonly Finding[]> {
  const { settings, dataDir, runs, madeAt } = patient;
  const found = [
    nodeFits(machine),
    ...checkFolder(machine, dataDir),
    ...checkDisk(machine, dataDir),
    ...checkClock(machine, { dataDir, madeAt }),
    ...(await compareClock(machine, patient.ntp)),
    ...checkLimits(machine),
    ...(await checkNames(machine)),
  ];
  const wrong = findingsOf("settings");
  const listeners = settings.ok ? listenersOf(settings.value) : settings;
  if (!listeners.ok || !settings.ok) {
    const sentences = listeners.ok ? [] : listeners.error;
    return [...found, ...sentences.map((one) => wrong.fault(one, "switchhook help start"))];
  }
  const its = settings.value;
  return [
    ...found,
    wrong.ok("The settings fit together."),
    ...(await checkSound(machine, { rtpMin: its.rtpMin, rtpMax: its.rtpMax, runs })),
    ...(await checkPorts(machine, { listeners: listeners.value, http: its.http, runs })),
    ...checkAddress(machine, its),
    ...(await compareAddress(machine, patient.stun, its)),
    ...checkFirewall(machine, { listeners: listeners.value, rtpMin: its.rtpMin, rtpMax: its.rtpMax }),
    ...(await certificateOf(machine, patient, its)),
  ];
}

function nodeFits({ nodeVersion }: Machine): Finding {
  const { ok, fault } = findingsOf("node");
  return Number(nodeVersion.split(".")[0]) >= NODE_MAJOR
    ? ok(`Node ${nodeVersion}.`)
    : fault(`This is Node ${nodeVersion}, and Switchhook needs ${NODE_MAJOR}.`, "npm ci --include=optional");
}

async function certificateOf(
  machine: Machine,
  patient: Patient,
  settings: Settings,
): Promise<readonly Finding[]> {
  const { ok, warning, fault } = findingsOf("certificate");
  const read = await patient.certificate(settings);
  if (read === undefined) return [];
  if (!read.ok) return [fault(read.error, `ls -lL ${settings.tlsCert ?? ""} ${settings.tlsKey ?? ""}`)];
  const show = `openssl x509 -noout -dates -subject -in ${settings.tlsCert ?? ""}`;
  const days = Math.floor((read.value.to - machine.now()) / DAY_MS);
  if (days < 0) return [fault(`The certificate ended ${-days} days ago: phones and trunks refuse it.`, show)];
  if (read.value.from > machine.now())
    return [fault("The certificate is not valid yet, or the clock is slow.", show)];
  if (days < SOON_DAYS) return [warning(`The certificate ends in ${days} days; who renews it?`, show)];
  return [ok(`The certificate is valid for another ${days} days.`)];
}
