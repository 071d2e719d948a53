import { join } from "node:path";
import type { Place } from "./ask.ts";
import { type Finding, findingsOf } from "./finding.ts";
import type { Machine } from "./machine.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody runs a release for so long without an upgrade; a clock that says so is more likely wrong. */
const OLD_MS = 3 * 365 * DAY_MS;
/** A code of the second factor is good for 30 s; records of a second's difference are hard to lay side by side. */
const WRONG_MS = 30_000;
const LOOSE_MS = 1000;
const ASK = " Whether it is: switchhook doctor --ntp pool.ntp.org (asks that server).";
/** Any of them says that the clock is set from elsewhere. */
const SYNCHRONISED = [
  "/run/systemd/timesync/synchronized",
  "/run/chrony/chronyd.pid",
  "/run/chrony/chronyd.sock",
  "/run/ntpd.pid",
];

/**
 * Whether the clock can be right: not before this program was made, nor before what was written here last. `madeAt`: a file of
 * the program.
 */
export function checkClock(
  machine: Machine,
  { dataDir, madeAt }: { readonly dataDir: string; readonly madeAt: number },
): readonly Finding[] {
  const { ok, warning, fault } = findingsOf("clock");
  const now = machine.now();
  const line = "timedatectl set-ntp true; timedatectl";
  if (now < madeAt - DAY_MS)
    return [
      fault(
        `The clock says ${day(now)}, and this program was made on ${day(madeAt)}: certificates, passwords of the second factor and records go wrong.`,
        line,
      ),
    ];
  const written = machine.facts(join(dataDir, "switchhook.db"))?.changed ?? 0;
  if (written > now + HOUR_MS)
    return [
      fault(
        `The clock says ${day(now)}, and the database was written on ${day(written)}: it is slow now, or was fast then.`,
        line,
      ),
    ];
  if (now > madeAt + OLD_MS)
    return [
      warning(
        `The clock says ${day(now)}, years after this program was made (${day(madeAt)}): is it right?`,
        line,
      ),
    ];
  if (!SYNCHRONISED.some((file) => machine.facts(file) !== undefined))
    return [warning(`The clock says ${day(now)}, and nothing was found that keeps it right.${ASK}`, line)];
  return [ok(`The clock says ${day(now)}, and is kept right.`)];
}

/** Lays the clock beside that of an NTP server, where the operator named one. */
export async function compareClock(machine: Machine, server: Place | undefined): Promise<readonly Finding[]> {
  if (server === undefined) return [];
  const { ok, warning, fault } = findingsOf("clock");
  const aheadMs = await machine.clockAheadOf(server);
  if (aheadMs === undefined)
    return [
      warning(`The NTP server ${server.host} did not answer within 3 s.`, "timedatectl timesync-status"),
    ];
  const off = Math.abs(aheadMs);
  const amount = off < 10_000 ? `${Math.round(off)} ms` : `${Math.round(off / 1000).toLocaleString("en")} s`;
  const sentence = `The clock is ${amount} ${aheadMs < 0 ? "behind" : "ahead of"} that of ${server.host}`;
  const line = "timedatectl set-ntp true; timedatectl";
  if (off >= WRONG_MS) return [fault(`${sentence}: codes of the second factor are refused.`, line)];
  return off >= LOOSE_MS ? [warning(`${sentence}.`, line)] : [ok(`${sentence}.`)];
}

/** `2026-11-29 18:05 UTC`. */
function day(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
