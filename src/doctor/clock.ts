import { join } from "node:path";
import { type Finding, findingsOf } from "./finding.ts";
import type { Machine } from "./machine.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody runs a release for so long without an upgrade; a clock that says so is more likely wrong. */
const OLD_MS = 3 * 365 * DAY_MS;
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
    return [warning(`The clock says ${day(now)}, and nothing was found that keeps it right.`, line)];
  return [ok(`The clock says ${day(now)}, and is kept right.`)];
}

/** `2026-11-29 18:05 UTC`. */
function day(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
