import { capital, withStop } from "../lib/sentence.ts";
import { printFailure } from "./apply.ts";
import { tellCall } from "./follow.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { zoneOf } from "./times.ts";

export interface CallOptions {
  readonly data: string;
  readonly from: string;
  readonly name: string;
  /** Seconds. */
  readonly talk: number;
  /** Typed when a message has been heard: `1234#`. */
  readonly codes: readonly string[];
}

/**
 * `switchhook call NUMBER`: has the running server's own caller place a real SIP call, which no trunk has to take, and tells its
 * story while it happens. Done: the call was answered, or served.
 */
export async function runCall(number: string, options: CallOptions, output: Output): Promise<number> {
  const { data, from, name, talk, codes } = options;
  const installation = await findInstallation(data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  output.out(`Calling ${number} as ${from} …`);
  const placed = await installation.value.testCall({
    number,
    from,
    name,
    codes: [...codes],
    talkSeconds: talk,
  });
  if (!placed.ok) return printFailure(placed.error, output);
  const { id, state, status, reason } = placed.value;
  if (id === undefined) {
    const how = state === "refused" ? `was refused with ${status} ${reason}` : "was answered";
    output.err(`The call ${how}; it left no record. switchhook calls lists those there are.`);
    return state === "refused" ? ExitCode.refused : ExitCode.ok;
  }
  const zone = zoneOf(await installation.value.home(), false);
  const told = await tellCall(id, installation.value, output, { tells: "story", zone });
  if (!told.ok) return printFailure(told.error, output);
  const record = told.value;
  if (record.reason !== "") output.out(`Why: ${withStop(capital(record.reason))}`);
  output.out(`switchhook calls show ${record.id.slice(0, 8)} tells it with its SIP messages.`);
  return SERVED.has(record.result) ? ExitCode.ok : ExitCode.refused;
}

const SERVED: ReadonlySet<string> = new Set(["completed", "handled"]);
