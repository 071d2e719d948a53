/** Where a command writes; tests collect it. */
export interface Output {
  /** What was asked for, a line each. */
  out(line: string): void;
  /** What went wrong or is worth a look. */
  err(line: string): void;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Standard output and standard error of this process. */
export const terminal: Output = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  width: process.stdout.columns ?? 100,
};

/** How a command ends, documented in its help. */
export const ExitCode = {
  ok: 0,
  /** The file has errors, or what was asked for does not exist. */
  refused: 1,
  /** Flags or arguments are wrong. */
  usage: 2,
  /** A file, folder or server cannot be reached. */
  unavailable: 3,
} as const;
