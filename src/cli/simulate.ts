import type { ShownSimulation } from "../api/contract/plans.ts";
import { printable } from "../lib/printable.ts";
import { withStop } from "../lib/sentence.ts";
import { renderEvents } from "../model/story.ts";
import { type PartyState, simulatedCall } from "../simulate/given.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { userPart } from "./sip-address.ts";

export interface SimulateOptions {
  readonly data: string;
  readonly from: string;
  readonly name: string;
  /** In the company's time zone. */
  readonly at?: string;
  readonly digits: readonly string[];
  readonly reply: Readonly<Record<string, readonly { readonly body: string }[]>>;
  readonly ask: readonly string[];
  readonly phone: Readonly<Record<string, PartyState>>;
  readonly plan?: string;
  readonly draft?: string;
  readonly json: boolean;
}

/** Simulates a call and tells of it. */
export async function runSimulate(number: string, options: SimulateOptions, output: Output): Promise<number> {
  const { data, from, name: callerName, at, digits, reply, ask, phone, plan, draft, json } = options;
  const call = simulatedCall.omit({ at: true }).safeParse({
    number: userPart(number),
    from: userPart(from),
    callerName,
    digits,
    replies: reply,
    phones: phone,
    plan,
  });
  if (!call.success) {
    for (const { path, message } of call.error.issues) output.err(`${path.join(".")}: ${message}`);
    return ExitCode.usage;
  }
  const installation = await findInstallation(data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const seen = await installation.value.simulate({ ...call.data, at, ask: [...ask], draft });
  if (!seen.ok) return printFailure(seen.error, output);
  if (json) output.json(seen.value);
  else tell(seen.value, output);
  return ExitCode.ok;
}

function tell({ story, verdict, wanted, problems }: ShownSimulation, output: Output): void {
  for (const { step, message } of problems)
    output.err(printable(`In the way of publishing this draft, step ${step}: ${message}`));
  for (const line of renderEvents(story)) output.out(line);
  output.out("");
  if (verdict !== undefined) {
    const by = verdict.answeredBy === undefined ? "" : `, answered by ${verdict.answeredBy}`;
    output.out(printable(`Result: ${verdict.result}${by}. ${withStop(capital(verdict.reason))}`));
  }
  if (wanted !== undefined)
    output.out(
      printable(`Here the webhook "${wanted.webhook}" has no reply left: give it another one with --reply.`),
    );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
