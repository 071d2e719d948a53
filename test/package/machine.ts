import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Ended, Program, until } from "../support/process.ts";

/** Mounts what this machine has under a layer that takes all that is written, with a process table of its own. */
const SETUP = `
set -e
mount --make-rprivate /
mount -t tmpfs -o size=1500m layer "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs run "$1/root/run"
touch "$1/root/run/is-up"
exec sleep infinity`;

/**
 * A Debian machine to install packages on: this one's files, and what is changed goes when it ends. Network and time are
 * this one's. Needs root.
 */
export class Machine {
  readonly root: string;
  readonly #folder: string;
  readonly #keeper: ReturnType<typeof spawn>;
  readonly #inside: string;

  private constructor(parts: { folder: string; keeper: ReturnType<typeof spawn>; inside: string }) {
    this.#folder = parts.folder;
    this.#keeper = parts.keeper;
    this.#inside = parts.inside;
    this.root = `/proc/${parts.inside}/root${parts.folder}/root`;
  }

  static async start(): Promise<Machine> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-machine-"));
    const keeper = spawn(
      "unshare",
      ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", SETUP, "sh", folder],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    process.once("exit", () => keeper.kill("SIGKILL"));
    const inside = await until("the machine to be up", () => {
      const children = readFileSync(`/proc/${keeper.pid}/task/${keeper.pid}/children`, "utf8").trim();
      return children !== "" && exists(`/proc/${children}/root${folder}/root/run/is-up`) && children;
    });
    return new Machine({ folder, keeper, inside });
  }

  /** Makes units be started by their own lines (systemctl.py), as if systemd ran here. */
  pretendSystemd(): void {
    mkdirSync(this.file("/run/systemd/system"), { recursive: true });
    rmSync(this.file("/usr/bin/systemctl"), { force: true });
    copyFileSync(path.join(import.meta.dirname, "systemctl.py"), this.file("/usr/bin/systemctl"));
    chmodSync(this.file("/usr/bin/systemctl"), 0o755);
    rmSync(this.file("/usr/sbin/policy-rc.d"), { force: true });
  }

  /** A file of the machine, as it is reached from here. */
  file(name: string): string {
    return path.join(this.root, name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), "utf8");
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
  }

  has(name: string): boolean {
    return exists(this.file(name));
  }

  /** Begins a program on it. */
  begin(...command: readonly string[]): Program {
    const inside = `${this.#folder}/root`;
    const enter = ["--target", this.#inside, "--mount", "--pid", "chroot", inside, ...command];
    return new Program("nsenter", enter, {
      env: { DEBIAN_FRONTEND: "noninteractive", PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
    });
  }

  /** Runs a program on it to its end, however that is. */
  run(...command: readonly string[]): Promise<Ended> {
    return this.begin(...command).ended;
  }

  /** Runs a program on it that must succeed; what it said. */
  async must(...command: readonly string[]): Promise<string> {
    const ended = await this.run(...command);
    assert.equal(ended.code, 0, `${command.join(" ")}: ${ended.stdout}${ended.stderr}`);
    return ended.stdout + ended.stderr;
  }

  /** Ends all that runs on it, and nothing of it is left. */
  async end(): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    this.#keeper.kill("SIGKILL");
    await until("the machine to be gone", () => !exists(`/proc/${this.#inside}`));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}
