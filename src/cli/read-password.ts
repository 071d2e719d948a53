import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { terminal } from "./output.ts";

/**
 * Asks for a password on the terminal, which shows nothing of what is typed; where standard input is no terminal its first
 * line is it. Never as an argument: those are seen by everybody on the machine.
 */
export async function readPassword(question: string): Promise<string | undefined> {
  const { isTTY: isTerminal } = process.stdin;
  if (isTerminal) terminal.err(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    return await new Promise((resolve) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(undefined));
      lines.once("SIGINT", () => lines.close());
    });
  } finally {
    lines.close();
  }
}
