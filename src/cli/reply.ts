import { closeSync, openSync } from "node:fs";
import type { WebhookValues } from "../dialplan/command.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { correctedLine } from "../webhook/reply/judgement.ts";
import { capturedReply } from "../webhook/reply/pasted.ts";
import { type ReadReply, readReply } from "../webhook/reply/read-reply.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { readStart } from "./standard-input.ts";

export interface ReplyOptions extends Partial<WebhookValues> {
  readonly json: boolean;
}

/** What a call would do with a reply; with `--json` this, as it is. */
interface ReplyAccount {
  readonly branch: "successful" | "failed" | "again";
  readonly destination: string | null;
  readonly callername: string | null;
  readonly notes: readonly ReplyRemark[];
}

interface ReplyRemark {
  readonly code: string;
  readonly sentence: string;
  readonly corrected: string | null;
}

/** What a server takes of a reply is 64 KiB of body; heads come on top. */
const MAX_BYTES = 256 * 1024;

/** `switchhook reply FILE|-`: reads a reply as a call does, and says what would come of it. */
export function runReply(file: string, options: ReplyOptions, output: Output): number {
  const octets = octetsOf(file);
  if (!octets.ok) {
    output.err(octets.error);
    return ExitCode.unavailable;
  }
  const { json, ...sent } = options;
  const account = accountOf(readReply(capturedReply(octets.value), sent), sent.code !== undefined);
  if (json) output.json(account);
  else for (const line of linesOf(account)) output.out(line);
  return account.branch === "failed" ? ExitCode.refused : ExitCode.ok;
}

function accountOf(read: ReadReply, asksForCode: boolean): ReplyAccount {
  const corrected = correctedLine(read) ?? null;
  const { verdict, failure, reason, destination = null, callerName = null } = read;
  const branch =
    verdict === "ack" ? "successful" : verdict === "nak" && asksForCode ? "again" : ("failed" as const);
  const why = failure === undefined ? [] : [{ code: failure, sentence: reason, corrected }];
  const notes = read.notes.map(({ code, text: sentence }) => ({ code, sentence, corrected }));
  return { branch, destination, callername: callerName, notes: [...why, ...notes] };
}

const BRANCHES = {
  successful: 'Successful: the call takes the branch "HTTP and IVR successful".',
  failed: 'Failed: the call takes the branch "HTTP or IVR failed".',
  again: "Not good: the code is asked for again.",
} as const;

function linesOf({ branch, destination, callername, notes }: ReplyAccount): readonly string[] {
  const [first] = notes;
  return [
    BRANCHES[branch],
    ...(destination === null ? [] : [`destination  ${destination}`]),
    ...(callername === null ? [] : [`callername   ${callername}`]),
    ...notes.map(({ code, sentence }) => `${code}: ${sentence}`),
    ...(first === undefined || first.corrected === null ? [] : [`Correct would be: ${first.corrected}`]),
  ];
}

/** The beginning of a file, or of standard input for `-`. */
function octetsOf(file: string): Result<Uint8Array, string> {
  try {
    const descriptor = file === "-" ? 0 : openSync(file, "r");
    try {
      return ok(readStart(descriptor, MAX_BYTES));
    } finally {
      if (descriptor !== 0) closeSync(descriptor);
    }
  } catch (error) {
    return err(`${file} cannot be read: ${reasonOf(error)}.`);
  }
}
