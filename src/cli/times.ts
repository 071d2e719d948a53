import type { Home } from "./installation-port.ts";

/** In which time zone a command tells times: the company's, whatever this machine is set to; `utc`: somebody wants UTC. */
export function zoneOf(home: Home | undefined, utc: boolean): string {
  if (utc) return "UTC";
  return home?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What stands over a list of times. */
export function zoneLine(zone: string): string {
  return zone === "UTC" ? "Times are UTC." : `Times are those of ${zone}; --utc for UTC.`;
}

/** `2026-11-29 05:03:50`. */
export function timeIn(zone: string, at: number): string {
  return new Date(at).toLocaleString("sv-SE", { timeZone: zone });
}
