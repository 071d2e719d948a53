import { spawnSync } from "node:child_process";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

/** Machines that packages are made for, by their names at Debian. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What is packed, and how. */
export interface Order {
  readonly version: string;
  /** Where the packages go. */
  readonly out: string;
  readonly architectures: readonly Architecture[];
  /** Not compressed: for tests, which unpack it a second later. */
  readonly isFast: boolean;
}

/** Runs a program to its end; throws with its output when it fails. Gives its standard output. */
export function must(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): string {
  const ended = spawnSync(program, args, { ...options, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  if (ended.status === 0) return ended.stdout;
  const why = ended.error?.message ?? `${ended.stdout}${ended.stderr}`;
  throw new Error(`${program} ${args.join(" ")} failed: ${why}`);
}
