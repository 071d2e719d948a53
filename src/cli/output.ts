import { printable, printableJson } from "../lib/printable.ts";
import { lineOutput } from "../runtime/line-output.ts";

/** Where a command writes. Whatever the text holds, nothing of it can steer a terminal or begin a line of its own. */
export interface Output {
  /** What was asked for, a line each. */
  out(line: string): void;
  /** What was asked for, as JSON. */
  json(value: unknown): void;
  /** What went wrong or is worth a look. */
  err(line: string): void;
  /** False once whoever reads what was asked for has gone: what would go on for ever ends then. */
  isHeard(): boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Makes an Output of two places that take text; the one way to make one, so that no command has to remember. */
export function createOutput(
  out: (text: string) => void,
  err: (text: string) => void,
  width: number,
  isHeard: () => boolean = () => true,
): Output {
  return {
    out: (line) => out(`${printable(line)}\n`),
    json: (value) => out(`${printableJson(value)}\n`),
    err: (line) => err(`${printable(line)}\n`),
    isHeard,
    width,
  };
}

// Who reads may have heard enough (`| head -1`), or the terminal is closed: what is said after that is lost, and the command
// goes on to its end, so that a call it has placed is hung up. Without a listener the error would be thrown, and end it
// anywhere.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (GONE.has(error.code ?? "")) isReaderGone = true;
  unwritten(error, process.stderr);
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => unwritten(error, undefined));

const GONE: ReadonlySet<string> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** Of standard output, which says of itself that it is not destroyed. */
let isReaderGone = false;

/** A stream whose write failed is told so at each further one. */
let isSaid = false;

/** Of a full disk it is said once where that still can be, and the exit code says so too. */
function unwritten(error: NodeJS.ErrnoException, where: NodeJS.WriteStream | undefined): void {
  if (isSaid || GONE.has(error.code ?? "")) return;
  isSaid = true;
  where?.write(`What there is to say could not be written: ${printable(error.message)}.\n`);
  process.once("exit", () => {
    process.exitCode = ExitCode.unavailable;
  });
}

/** Standard output and standard error of a command: it waits for whoever reads, so that nothing of what it says is lost. */
export const terminal: Output = terminalWith(process.stderr);

/** The same of a server, which waits for nobody: what its reader leaves no room for is lost. */
export const serverTerminal: Output = terminalWith(lineOutput(2));

function terminalWith(standardError: { write(text: string): unknown }): Output {
  return createOutput(
    (text) => void process.stdout.write(text),
    (text) => void standardError.write(text),
    process.stdout.columns ?? 100,
    () => !isReaderGone,
  );
}

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
