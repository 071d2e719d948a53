import { printable } from "../lib/printable.ts";
import type { CallResult } from "../model/call-record.ts";
import { renderStory, summarise } from "../model/story.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import { renderLadder, renderMessages } from "./ladder.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

export interface CallListOptions {
  readonly data: string;
  readonly limit: number;
  readonly before: string | undefined;
  readonly result: CallResult | undefined;
  readonly party: string | undefined;
  readonly json: boolean;
}

/** `switchhook calls`: the newest calls, one a line. */
export async function runCallList(options: CallListOptions, output: Output): Promise<number> {
  const installation = findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const { limit, before, result, party } = options;
  const calls = await installation.value.calls({ limit, before, result, party });
  if (!calls.ok) return printFailure(calls.error, output);
  if (options.json) {
    output.json(calls.value);
    return ExitCode.ok;
  }
  if (calls.value.length === 0) output.err("No calls.");
  const zone = localTimeZone();
  for (const call of calls.value) output.out(summarise({ ...call, story: [], sip: [] }, zone));
  return ExitCode.ok;
}

export interface CallShowOptions {
  readonly data: string;
  readonly json: boolean;
  /** The SIP messages in full, after the ladder. */
  readonly messages: boolean;
  readonly ascii: boolean;
}

/** `switchhook calls show ID`: the story of one call in plain words, with its SIP ladder. */
export async function runCallShow(id: string, options: CallShowOptions, output: Output): Promise<number> {
  const installation = findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const record = await installation.value.call(id);
  if (!record.ok) return printFailure(record.error, output);
  if (record.value === undefined) {
    output.err(`There is no call ${printable(id)}, or several begin so. switchhook calls lists them.`);
    return ExitCode.refused;
  }
  if (options.json) {
    output.json(record.value);
    return ExitCode.ok;
  }
  for (const line of renderStory(record.value, localTimeZone())) output.out(line);
  output.out("");
  for (const line of renderLadder(record.value, { width: output.width, ascii: options.ascii }))
    output.out(line);
  if (options.messages) for (const line of ["", ...renderMessages(record.value)]) output.out(line);
  return ExitCode.ok;
}

function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
