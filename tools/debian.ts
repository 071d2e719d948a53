import { spawnSync } from "node:child_process";
import { accessSync, constants, globSync, readFileSync } from "node:fs";
import path from "node:path";

/** A program that interop tests talk to, and the Debian package that brings it. */
export interface Needed {
  readonly package: string;
  readonly program: string;
  /** What tests start of the same package. */
  readonly also?: readonly string[];
  readonly for: string;
  /** Of what is no program: a file by which it is known to be here, as a glob pattern. */
  readonly file?: string;
}

/** tools/debian-packages.json: the one list of what tests need from Debian. */
export function neededPackages(): readonly Needed[] {
  const text = readFileSync(path.join(import.meta.dirname, "debian-packages.json"), "utf8");
  return JSON.parse(text) as readonly Needed[];
}

/** Whether a program can be run; servers live in /usr/sbin, which a user's PATH may lack. */
export function hasProgram(name: string): boolean {
  const file = neededPackages().find(({ program }) => program === name)?.file;
  if (file !== undefined) return globSync(file).length > 0;
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    if (folder === "") return false;
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** How apt-get may be run here: as it is, through sudo without a password, or not at all. */
function aptGet(): readonly string[] | undefined {
  if (!hasProgram("apt-get")) return undefined;
  if (process.getuid?.() === 0) return ["apt-get"];
  const sudo = hasProgram("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return sudo ? ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"] : undefined;
}

function runLoudly(command: readonly string[]): boolean {
  console.log(`> ${command.join(" ")}`);
  const [program = "", ...args] = command;
  // RUNLEVEL=1: without systemd, packages must not start their servers (Kamailio would take port 5060).
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const ended = spawnSync(program, args, { env, encoding: "utf8", timeout: 600_000 });
  if (ended.status === 0) return true;
  console.log(`${ended.stdout ?? ""}${ended.stderr ?? ""}`.trimEnd().split("\n").slice(-20).join("\n"));
  return false;
}

/**
 * Installs those of the wanted programs that are missing, where we have the right to, and says what it does. What cannot
 * be installed is named with the command to type.
 */
export function installMissing(wanted: readonly string[]): void {
  const missing = neededPackages().filter(({ program }) => wanted.includes(program) && !hasProgram(program));
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.package);
  console.log(`The tests need Debian packages that are not installed: ${names.join(", ")}.`);
  const apt = aptGet();
  if (apt !== undefined) {
    // The lists may be old but good enough, so a failed update is no reason to give up.
    runLoudly([...apt, "update", "-q"]);
    const install = [...apt, "install", "-y", "-q", "--no-install-recommends"];
    // One package that this release does not have must not keep the others out.
    if (!runLoudly([...install, ...names])) for (const name of names) runLoudly([...install, name]);
  }
  const still = missing.filter(({ program }) => !hasProgram(program));
  if (still.length > 0) {
    const list = still.map((entry) => entry.package).join(" ");
    console.log(`Please type:  sudo apt-get update && sudo apt-get install --no-install-recommends ${list}`);
  }
}
