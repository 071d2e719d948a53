import { spawn } from "node:child_process";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";

/** A program to run, and how far it may go. */
export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  /** Written to its standard input, which is closed then. */
  readonly input?: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** Why a program gave nothing: it is not there, or the end of a sentence ("ended with code 1: no such voice"). */
export type ProgramFault =
  | { readonly type: "missing" }
  | { readonly type: "failed"; readonly sentence: string; readonly code?: number };

/**
 * Runs a program without a shell and gives what it wrote to standard output. Killed when it takes or writes too much.
 * Never rejects.
 */
export function runProgram(run: ProgramRun, clock: Clock): Promise<Result<Buffer, ProgramFault>> {
  return new Promise((resolve) => {
    const child = spawn(run.command, run.args, { stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    let length = 0;
    let complaint = "";
    let stopped = "";
    const stop = (why: string): void => {
      stopped = why;
      child.kill("SIGKILL");
      // What it has started itself may hold its pipes open for as long as it likes.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const failed = (sentence: string) => err({ type: "failed" as const, sentence });
    const timer = clock.after(run.timeoutMs, () =>
      stop(`did not finish within ${Math.round(run.timeoutMs / 1000)} s`),
    );
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > run.maxOutputBytes) stop("wrote more than it may");
      else output.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (complaint.length < 1000) complaint += chunk.toString("utf8");
    });
    // A program that ends without reading its input is judged by how it ends.
    child.stdin.on("error", () => {});
    child.stdin.end(run.input ?? "");
    child.on("error", (error) => {
      timer.cancel();
      const isMissing = "code" in error && (error.code === "ENOENT" || error.code === "EACCES");
      resolve(isMissing ? err({ type: "missing" }) : failed(error.message));
    });
    child.on("close", (code, signal) => {
      timer.cancel();
      if (stopped !== "") return resolve(failed(stopped));
      if (code === 0) return resolve(ok(Buffer.concat(output)));
      const said = lastLine(complaint);
      const ended = code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`;
      const sentence = said === "" ? ended : `${ended}: ${said}`;
      resolve(err({ type: "failed", sentence, ...(code === null ? {} : { code }) }));
    });
  });
}

/** What a program complained of at last, in printable characters. */
function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "")
    .replace(/[^\u0020-\u007e\u00a0-\uffff]/g, "")
    .trim()
    .slice(0, 200);
}
