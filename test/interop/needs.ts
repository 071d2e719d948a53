import { hasProgram } from "../../tools/debian.ts";

/**
 * For the `skip` option of a test that talks to real programs (`sipp`, `baresip` …): false where all are here,
 * else the reason. In CI it is always false, so that a missing program fails instead of going unnoticed.
 */
export function needs(...programs: readonly string[]): string | false {
  if (process.env.CI === "true") return false;
  const unwanted = (process.env.SWITCHHOOK_SKIP_INTEROP ?? "").split(/[ ,]+/);
  const absent = programs.filter((program) => unwanted.includes(program) || !hasProgram(program));
  return absent.length === 0 ? false : `needs ${absent.join(" and ")} (npm test installs it where it may)`;
}
